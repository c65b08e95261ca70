"""The three promises: nothing that a run computes changes, the random state is untouched, and nothing stays behind."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from tests.probe.loops import CLEAN, Loop, net  # noqa: E402
from tests.probe.recorder import Accuser, Broken, Recorder, recorded  # noqa: E402
from torchcheck import watch  # noqa: E402
from torchcheck.finding import Span  # noqa: E402
from torchcheck.probe.patches import HUB, _targets  # noqa: E402
from torchcheck.probe.session import Observer, Session  # noqa: E402


def state_of_torch() -> list[Any]:
    """Everything that a watch may replace or add to, by identity."""
    module = torch.nn.modules.module
    hooks = [name for name in vars(module) if name.startswith("_global_")]
    optimizer = torch.optim.Optimizer.profile_hook_step.__globals__
    return [
        *(vars(owner)[name] for owner, name, _ in _targets()),
        *(vars(torch.Tensor).get(name) for name in ("__sub__", "__rsub__", "sub", "backward")),
        torch.sub,
        *(dict(getattr(module, name) or {}) for name in hooks),
        dict(optimizer["_global_optimizer_pre_hooks"]),
        dict(optimizer["_global_optimizer_post_hooks"]),
    ]


@pytest.fixture(autouse=True)
def nothing_stays_behind() -> Iterator[None]:
    before = state_of_torch()
    yield
    after = state_of_torch()
    assert [id(a) for a in before if callable(a)] == [id(a) for a in after if callable(a)]
    assert before == after
    assert HUB.sessions == []


def train(seed: int = 0) -> tuple[list[float], list[Tensor], Tensor]:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(4, 16), nn.Dropout(0.3), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 30)
    losses = []
    for _ in range(30):
        x, y = torch.randn(16, 4), torch.randint(0, 3, (16,))
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    return losses, [p.detach().clone() for p in model.parameters()], torch.get_rng_state()


@pytest.mark.parametrize("every", [None, 1, 7])
def test_losses_weights_and_random_state_are_bit_identical(every: int | None) -> None:
    random.seed(1)
    bare = train()
    python = random.getstate()
    random.seed(1)
    with watch(select=["ALL"], every=every) as report:
        watched = train()
    assert report.remarks == []
    assert report.steps == 30
    assert bare[0] == watched[0]
    assert all(torch.equal(a, b) for a, b in zip(bare[1], watched[1], strict=True))
    assert torch.equal(bare[2], watched[2])
    assert random.getstate() == python


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_torch_is_restored_after_an_exception(error: type[BaseException]) -> None:
    @watch
    def train() -> None:
        net()(torch.randn(2, 4)).mean().backward()
        raise error

    with pytest.raises(error):
        train()


def test_torch_is_restored_after_nested_and_repeated_watches() -> None:
    for _ in range(3):
        with watch() as outer:
            CLEAN["plain"]()
            with watch() as inner:
                CLEAN["plain"]()
            CLEAN["plain"]()
    assert (outer.steps, inner.steps) == (18, 6)


def test_subtraction_is_restored_while_a_broadcast_is_searched() -> None:
    session = Session([Recorder()])
    session.start()
    w = torch.ones(3, 1, requires_grad=True)
    ((w - torch.zeros(3)) ** 2).mean().backward()
    assert "__sub__" in vars(torch.Tensor)
    session.end()
    assert "__sub__" not in vars(torch.Tensor)


def test_a_gradient_keeps_no_mark() -> None:
    model = net()
    with watch():
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(6):
            optimizer.zero_grad()
            model(torch.randn(2, 4)).mean().backward()
            optimizer.step()
    assert all(not vars(p.grad) for p in model.parameters() if p.grad is not None)


def test_no_module_hook_stands_between_samples() -> None:
    hooked = []

    def look(*_: Any) -> None:
        hooked.append(bool(torch.nn.modules.module._global_forward_hooks))

    with watch(every=5):
        model = net()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(10):
            optimizer.zero_grad()
            model(torch.randn(2, 4)).mean().backward()
            look()
            optimizer.step()
    assert hooked == [True, False, False, False, False] * 2


def test_evaluation_after_a_sampled_step_is_soon_left_alone() -> None:
    with watch():
        model = net()
        for _ in range(70):
            model(torch.randn(2, 4))
        assert not torch.nn.modules.module._global_forward_hooks


class Raises(Observer):
    def before_backward(self, loss: Tensor) -> None:
        raise ZeroDivisionError("in a probe")

    def after_step(self, optimizer: Any, place: Span) -> None:
        raise AssertionError("is not asked again")


class Counts(Observer):
    steps = 0

    def after_step(self, optimizer: Any, place: Span) -> None:
        self.steps += 1


def run_with(session: Session, loop: Loop) -> None:
    session.start()
    try:
        loop()
    finally:
        session.end()


def test_a_broken_observer_is_switched_off_and_the_training_goes_on() -> None:
    counts = Counts()
    session = Session([], observers=[Raises(), counts])
    run_with(session, CLEAN["plain"])
    assert counts.steps == 6
    (remark,) = session.remarks
    assert "the probe `Raises` broke" in remark.replace("The", "the")
    assert "ZeroDivisionError: in a probe" in remark
    assert "report this" in remark


def test_a_broken_rule_is_switched_off_and_the_others_go_on() -> None:
    session = Session([Broken(), Accuser()])
    run_with(session, CLEAN["plain"])
    assert [finding.code for finding in session.findings] == ["TCK997"]
    (remark,) = session.remarks
    assert "TCK999 (broken)" in remark


def test_what_a_probe_computes_is_no_event() -> None:
    class Computes(Observer):
        calls = 0

        def before_backward(self, loss: Tensor) -> None:
            Computes.calls += 1
            with torch.enable_grad():
                nn.Linear(1, 1)(torch.ones(1, 1)).sum().backward()

    run_with(Session([], observers=[Computes()]), CLEAN["plain"])
    assert Computes.calls == 6


def test_a_finding_stands_once_and_says_how_often() -> None:
    def loop() -> None:
        for i in range(4):
            for size in (2 + i, 9 + i):  # two facts a step are one look
                w = torch.ones(size, requires_grad=True)
                F.mse_loss(w, torch.zeros(size)).backward()
            torch.optim.SGD([w], lr=0.1).step()

    session = Session([Accuser()])
    run_with(session, loop)
    (finding,) = session.findings
    assert finding.evidence["times"] == 4


def test_a_comment_silences_a_finding() -> None:
    def loop() -> None:
        F.mse_loss(
            torch.ones(2, requires_grad=True), torch.zeros(2)
        ).backward()  # torchcheck: ignore[TCK997] on purpose

    session = Session([Accuser()])
    run_with(session, loop)
    assert session.findings == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_leaves_the_watch() -> None:
    bare = torch.optim.Optimizer.zero_grad
    with watch() as report:
        CLEAN["plain"]()
        child = os.fork()
        if child == 0:  # pragma: no cover
            os._exit(0 if HUB.sessions == [] and torch.optim.Optimizer.zero_grad is bare else 1)
        assert torch.optim.Optimizer.zero_grad is not bare
        assert os.waitpid(child, 0)[1] == 0
        CLEAN["plain"]()
    assert report.steps == 12


def test_torchscript_compiles_a_watched_loss() -> None:
    def criterion(a: Tensor, b: Tensor) -> Tensor:
        return F.mse_loss(a, b)

    with watch():
        scripted = torch.jit.script(criterion)
        assert scripted(torch.ones(2), torch.zeros(2)).item() == 1


def test_torchscript_compiles_a_gradient() -> None:
    def force(position: Tensor) -> Tensor | None:
        return torch.autograd.grad([position.pow(2).sum()], [position])[0]

    with watch():
        scripted = torch.jit.script(force)
        assert scripted(torch.ones(2, requires_grad=True)).tolist() == [2, 2]
        operators = len(torch.jit._builtins._get_builtin_table())
    assert len(torch.jit._builtins._get_builtin_table()) < operators


def test_a_full_graph_compiles_once() -> None:
    graphs = []

    def backend(graph: Any, inputs: Any) -> Any:
        graphs.append(graph)
        return graph.forward

    with watch():
        model = net()

        @torch.compile(backend=backend, fullgraph=True)
        def loss_of(x: Tensor) -> Tensor:
            return F.mse_loss(model(x), torch.zeros(2, 1))

        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(15):
            optimizer.zero_grad()
            loss_of(torch.randn(2, 4)).backward()
            optimizer.step()
    assert len(graphs) == 1


def test_a_step_that_calls_its_parents_is_one_step() -> None:
    class Mine(torch.optim.SGD):
        def step(self, closure: Any = None) -> Any:
            return super().step(closure)

    def loop() -> None:
        model = net()
        optimizer = Mine(model.parameters(), lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            model(torch.randn(2, 4)).mean().backward()
            optimizer.step()

    assert recorded(loop)[1].step == 3


def test_a_step_that_raised_does_not_hide_later_ones() -> None:
    class Fails(torch.optim.SGD):
        def step(self, closure: Any = None) -> Any:
            if self.param_groups[0]["lr"] == 0:
                raise RuntimeError
            return super().step(closure)

    def loop() -> None:
        model = net()
        optimizer = Fails(model.parameters(), lr=0.0)
        model(torch.randn(2, 4)).mean().backward()
        with pytest.raises(RuntimeError):
            optimizer.step()
        optimizer.param_groups[0]["lr"] = 0.1
        optimizer.step()
        optimizer.step()

    assert recorded(loop)[1].step == 2


def test_memory_of_a_dead_model_is_free() -> None:
    import gc
    import weakref

    with watch():
        model = net()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model(torch.randn(2, 4)).mean().backward()
        optimizer.step()
        alive = weakref.ref(model[0].weight)
        del model, optimizer
        gc.collect()
        assert alive() is None
