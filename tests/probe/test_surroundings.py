"""Torch does more than train eagerly; the probes neither break it nor break in it."""

from __future__ import annotations

import copy
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from tests.probe.loops import net  # noqa: E402
from torchcheck import watch  # noqa: E402
from torchcheck.finding import Level  # noqa: E402
from torchcheck.probe.forwards import NOT_UNDER_COMPILE  # noqa: E402
from torchcheck.probe.transformed import NOT_SEEN  # noqa: E402

x, y = torch.randn(8, 4), torch.randn(8, 1)


def train(model: nn.Module, steps: int = 12, step: Callable[[Any], Any] = lambda optimizer: optimizer.step()) -> None:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        F.mse_loss(model(x), y).backward()
        step(optimizer)


def compiled_step() -> None:
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    step = torch.compile(lambda: optimizer.step(), backend="eager")
    for _ in range(6):
        optimizer.zero_grad()
        F.mse_loss(model(x), y).backward()
        step()


def whole_step_compiled() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

    @torch.compile(backend="eager")
    def step() -> Tensor:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    for _ in range(6):
        step()


def gradients_of_single_samples() -> None:
    model = net()
    parameters = dict(model.named_parameters())

    def loss(parameters: dict[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
        return F.mse_loss(torch.func.functional_call(model, parameters, (x[None],)), y[None])

    torch.func.vmap(torch.func.grad(loss), (None, 0, 0))(parameters, x, y)


def traced() -> None:
    train(torch.jit.trace(net(), x))


def scripted() -> None:
    train(torch.jit.script(net()))


def fake() -> None:
    from torch._subclasses.fake_tensor import FakeTensorMode

    with FakeTensorMode():
        model = nn.Linear(4, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for _ in range(4):
            optimizer.zero_grad()
            F.mse_loss(model(torch.randn(8, 4)), torch.randn(8, 1)).backward()
            optimizer.step()


def without_memory() -> None:
    with torch.device("meta"):
        model = nn.Linear(4, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for _ in range(4):
            optimizer.zero_grad()
            F.mse_loss(model(torch.randn(8, 4)), torch.randn(8, 1)).backward()
            optimizer.step()


def inference_mode() -> None:
    with torch.inference_mode():
        F.mse_loss(net()(x), y)


def exported() -> None:
    torch.export.export(net(), (x,))


def threads() -> None:
    workers = [threading.Thread(target=lambda: train(net(), 20)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def parametrised() -> None:
    norms = nn.utils.parametrizations
    train(nn.Sequential(norms.weight_norm(nn.Linear(4, 8)), nn.Tanh(), norms.spectral_norm(nn.Linear(8, 1))))


def lazy() -> None:
    model = nn.Sequential(nn.LazyLinear(8), nn.ReLU(), nn.LazyLinear(1))
    model(x)
    train(model)


def copied_with_gradients() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(6):
        optimizer.zero_grad()
        F.mse_loss(model(x), y).backward()
        twin = copy.deepcopy(model)
        for p, q in zip(model.parameters(), twin.parameters(), strict=True):
            q.grad = copy.deepcopy(p.grad)
        optimizer.step()
        torch.optim.SGD(twin.parameters(), lr=0.01).step()


def anomaly_detection() -> None:
    with torch.autograd.set_detect_anomaly(True):
        train(net())


def schedulers() -> None:
    model = net()
    rates = torch.optim.lr_scheduler
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    warm_up = rates.SequentialLR(optimizer, [rates.LinearLR(optimizer), rates.ExponentialLR(optimizer, 0.9)], [3])
    plateau = rates.ReduceLROnPlateau(optimizer)
    for _ in range(6):
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        warm_up.step()
        plateau.step(loss.item())


ALL = (
    *(compiled_step, whole_step_compiled, gradients_of_single_samples, traced, scripted, fake, without_memory),
    *(inference_mode, exported, threads, parametrised, lazy, copied_with_gradients, anomaly_detection, schedulers),
)


@pytest.mark.parametrize("program", ALL, ids=lambda program: program.__name__)
def test_a_right_program_runs_and_is_silent(program: Callable[[], None]) -> None:
    with warnings.catch_warnings(), watch(select=["TCK1", "TCK2", "TCK3", "TCK4"]) as report:
        warnings.simplefilter("ignore")
        program()
    assert [str(f.message) for f in report.findings if f.level is not Level.INFO] == []
    assert set(report.remarks) <= {NOT_UNDER_COMPILE, NOT_SEEN}


def test_a_gradient_can_be_saved_and_loaded(tmp_path: Path) -> None:
    with watch():
        model = net()
        train(model, 2)
        F.mse_loss(model(x), y).backward()
        gradients = [p.grad for p in model.parameters()]
        torch.save(gradients, tmp_path / "gradients.pt")
        loaded = torch.load(tmp_path / "gradients.pt")
    assert all(torch.equal(a, b) for a, b in zip(gradients, loaded, strict=True))


@pytest.mark.slow
def test_distributed_wrappers_on_one_process(tmp_path: Path) -> None:
    import torch.distributed as distributed
    from torch.nn.parallel import DistributedDataParallel

    distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/rendezvous", rank=0, world_size=1)
    try:
        with watch(select=["TCK1", "TCK2"]) as report:
            for options in ({}, {"gradient_as_bucket_view": True}, {"find_unused_parameters": True}):
                train(DistributedDataParallel(net(), **options))
        assert (report.findings, report.remarks) == ([], [])
        with watch(select=["TCK2"]) as report:
            model = DistributedDataParallel(net(), gradient_as_bucket_view=True)
            optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
            for _ in range(6):
                F.mse_loss(model(x), y).backward()
                optimizer.step()
        assert [finding.code for finding in report.findings] == ["TCK201"]
    finally:
        distributed.destroy_process_group()
