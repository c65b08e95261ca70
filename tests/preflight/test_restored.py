"""The exam puts everything back, bit for bit."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrizations, prune, spectral_norm

from torchcheck import UsageError, preflight
from torchcheck.preflight.randomness import Randomness

X, Y = torch.randn(8, 6, generator=torch.Generator().manual_seed(0)), torch.arange(8) % 3


class Counting(nn.Module):
    """Keeps what a module may keep besides parameters and buffers."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.calls, self.seen = nn.Linear(6, 3), 0, []
        self.memory: dict[str, Any] = {"last": None, "sums": [torch.zeros(3)]}
        self.noise, self.array = torch.Generator().manual_seed(3), numpy.zeros(2)
        self.register_buffer("running", torch.zeros(3))

    def forward(self, x: Tensor) -> Tensor:
        out = self.fc(x) + 0.01 * torch.randn(3, generator=self.noise)
        self.calls += 1
        self.seen.append(out.detach())
        self.memory["last"] = out
        self.memory["sums"][0] += out.detach().mean(0)
        self.array += random.random()
        self.running = 0.9 * self.running + out.detach().mean(0)
        return out


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed, self.out = nn.Embedding(9, 6), nn.Linear(6, 9, bias=False)
        self.out.weight = self.embed.weight

    def forward(self, ids: Tensor) -> Tensor:
        return self.out(self.embed(ids))


class Sequences(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn, self.head, self.hidden = nn.LSTM(6, 5), nn.Linear(5, 3), None

    def forward(self, x: Tensor) -> Tensor:
        out, self.hidden = self.rnn(x[None])
        return self.head(out[0])


def net(*middle: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Linear(6, 12), *middle, nn.ReLU(), nn.Linear(12, 3))


def pruned() -> nn.Module:
    model = net()
    prune.l1_unstructured(model[0], "weight", 0.5)
    return model


def old_spectral() -> nn.Module:
    return nn.Sequential(spectral_norm(nn.Linear(6, 12)), nn.ReLU(), nn.Linear(12, 3))


def partly_frozen() -> nn.Module:
    model = net(nn.BatchNorm1d(12))
    model[0].requires_grad_(False)
    model[1].eval()
    return model


def hooked() -> nn.Module:
    model, seen = net(), []
    model[0].register_forward_hook(lambda module, args, output: seen.append(output.detach()))
    model[0].weight.register_hook(lambda grad: grad * 2)
    model.seen_by_hook = lambda: seen  # keeps the list within reach
    return model


MODELS: dict[str, Callable[[], nn.Module]] = {
    "layers": net,
    "dropout": lambda: net(nn.Dropout(0.5)),
    "batch norm": lambda: net(nn.BatchNorm1d(12)),
    "partly frozen": partly_frozen,
    "lazy": lambda: nn.Sequential(nn.LazyLinear(5), nn.LazyBatchNorm1d(), nn.ReLU(), nn.LazyLinear(3)),
    "spectral norm": old_spectral,
    "parametrised": lambda: nn.Sequential(
        parametrizations.spectral_norm(nn.Linear(6, 12)), nn.ReLU(), nn.Linear(12, 3)
    ),
    "weight norm": lambda: nn.Sequential(parametrizations.weight_norm(nn.Linear(6, 12)), nn.Linear(12, 3)),
    "pruned": pruned,
    "recurrent": Sequences,
    "a state of its own": Counting,
    "hooks": hooked,
    "in evaluation mode": lambda: net(nn.Dropout(0.1)).eval(),
    "double": lambda: net().double(),
}

OPTIMIZERS: dict[str, Callable[[Any], torch.optim.Optimizer]] = {
    "SGD": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9),
    "Adam": lambda p: torch.optim.Adam(p, 0.01, amsgrad=True),
    "AdamW": lambda p: torch.optim.AdamW(p, 0.01),
    "Adagrad": lambda p: torch.optim.Adagrad(p, 0.1),
    "RMSprop": lambda p: torch.optim.RMSprop(p, 0.01, centered=True),
    "LBFGS": lambda p: torch.optim.LBFGS(p, 0.5, max_iter=3),
    "capturable rate": lambda p: torch.optim.Adam(p, torch.tensor(0.01)),
    "groups": lambda p: torch.optim.SGD([{"params": [one], "lr": 0.1 / (i + 1)} for i, one in enumerate(p)], lr=0.1),
}


def flat(thing: Any, path: str = "", seen: tuple[int, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Everything in a thing, as comparable values with their paths; tensors with their identity and memory."""
    if id(thing) in seen:
        return
    seen = (*seen, id(thing))
    if isinstance(thing, nn.parameter.UninitializedTensorMixin):
        yield path, (type(thing).__name__, id(thing))
    elif isinstance(thing, Tensor):
        yield path, (id(thing), type(thing), thing.requires_grad, thing._version, thing.data_ptr(), thing.tolist())
        if thing.is_leaf:
            yield from flat(thing.grad, f"{path}.grad", seen)
    elif isinstance(thing, nn.Module):
        yield f"{path}:kind", type(thing)
        yield from flat(vars(thing), path, seen)
    elif isinstance(thing, torch.optim.Optimizer):
        yield from flat(vars(thing), path, seen)
    elif isinstance(thing, dict):
        yield f"{path}:keys", [key if isinstance(key, (str, int)) else id(key) for key in thing]
        for key, part in thing.items():
            yield from flat(part, f"{path}.{key if isinstance(key, (str, int)) else id(key)}", seen)
    elif isinstance(thing, (list, tuple)):
        yield f"{path}:len", len(thing)
        for index, part in enumerate(thing):
            yield from flat(part, f"{path}[{index}]", seen)
    elif isinstance(thing, torch.Generator):
        yield path, thing.get_state().tolist()
    elif isinstance(thing, numpy.ndarray):
        yield path, thing.tolist()
    elif isinstance(thing, (int, float, str, bool, type(None))):
        yield path, thing
    elif callable(thing) and getattr(thing, "__closure__", None):
        for cell in thing.__closure__:
            yield from flat(cell.cell_contents, f"{path}()", seen)


def everything(*things: Any) -> list[tuple[str, str]]:
    numbers = Randomness()
    state = (random.getstate(), numpy.random.get_state()[1].tolist(), torch.get_rng_state().tolist())
    assert numbers is not None
    flags = (torch.is_grad_enabled(), torch.is_autocast_enabled("cpu"), torch.is_inference_mode_enabled())
    return [(path, repr(value)) for thing in things for path, value in flat(thing)] + [("random", repr((state, flags)))]


def trained(model: nn.Module, optimizer: torch.optim.Optimizer, batch: tuple[Any, ...]) -> None:
    """A few steps, so that optimizer, gradients and buffers hold something."""

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        return loss

    for _ in range(3):
        optimizer.step(closure)


def assert_untouched(model: nn.Module, batch: Any, loss_fn: Any, optimizer: Any = None) -> None:
    before = everything(model, batch, loss_fn, optimizer)
    exam = preflight(model, batch, loss_fn, optimizer, seconds=1)
    assert everything(model, batch, loss_fn, optimizer) == before
    assert any(row.data for row in exam.rows)


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_models(make: Callable[[], nn.Module]) -> None:
    torch.manual_seed(1)
    model = make()
    x = X.double() if next(iter(model.parameters())).dtype is torch.float64 else X
    assert_untouched(model, (x, Y), nn.CrossEntropyLoss())


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_optimizers_in_the_midst_of_a_training(make: Callable[[Any], torch.optim.Optimizer]) -> None:
    torch.manual_seed(1)
    model = net(nn.BatchNorm1d(12), nn.Dropout(0.2))
    optimizer = make(list(model.parameters()))
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.9**step)
    trained(model, optimizer, (X, Y))
    scheduler.step()
    assert_untouched(model, (X, Y), nn.CrossEntropyLoss(), optimizer)


def test_tied_weights_and_a_loss_with_parameters() -> None:
    class Centres(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.centres = nn.Parameter(torch.randn(9, 9))

        def forward(self, output: Tensor, target: Tensor) -> Tensor:
            return (output - self.centres[target]).pow(2).mean()

    model, loss_fn = Tied(), Centres()
    optimizer = torch.optim.Adam([*model.parameters(), *loss_fn.parameters()])
    assert_untouched(model, (torch.arange(9), torch.arange(9)), loss_fn, optimizer)


def test_what_the_loss_function_holds() -> None:
    model, teacher, count = net(), net().requires_grad_(False), 0
    history: list[float] = []

    def loss_fn(output: Tensor, target: Tensor) -> Tensor:
        nonlocal count
        count += 1
        loss = functional.cross_entropy(output, target) + (output - teacher(X)).pow(2).mean()
        history.append(float(loss.detach()))
        with torch.no_grad():
            for mine, theirs in zip(teacher.parameters(), model.parameters(), strict=True):
                mine.lerp_(theirs, 0.1)
        return loss

    assert_untouched(model, (X, Y), loss_fn)
    assert (count, history) == (0, [])


def test_mixed_precision_and_its_scaler() -> None:
    model = net()
    optimizer = torch.optim.AdamW(model.parameters())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert_untouched(model, (X, Y), nn.CrossEntropyLoss(), optimizer)
        assert torch.is_autocast_enabled("cpu")


def test_within_no_grad() -> None:
    with torch.no_grad():
        assert_untouched(net(), (X, Y), nn.CrossEntropyLoss())
        assert not torch.is_grad_enabled()


def test_gradients_that_are_there_and_those_that_are_not() -> None:
    model = net()
    functional.cross_entropy(model(X), Y).backward()
    model[0].bias.grad = None
    model[2].weight.grad = torch.full_like(model[2].weight, 7.0)
    assert_untouched(model, (X, Y), nn.CrossEntropyLoss())


def test_optimizers_that_step_in_the_backward() -> None:
    model = net()
    steppers = {p: torch.optim.SGD([p], 0.1, momentum=0.9) for p in model.parameters()}

    def step(parameter: Tensor) -> None:
        steppers[parameter].step()
        parameter.grad = None

    for parameter in model.parameters():
        parameter.register_post_accumulate_grad_hook(step)
    before = everything(model, steppers)
    preflight(model, (X, Y), nn.CrossEntropyLoss(), seconds=1)
    assert everything(model, steppers) == before


def test_a_model_that_writes_into_its_input() -> None:
    class Shifting(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(6, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.fc(x.sub_(1.0))

    assert_untouched(Shifting(), (X.clone(), Y), nn.CrossEntropyLoss())


def test_a_graph_recorded_before_can_be_used_after() -> None:
    model = net()
    loss = functional.cross_entropy(model(X), Y)
    preflight(model, (X, Y), nn.CrossEntropyLoss(), seconds=1)
    loss.backward()
    assert model[0].weight.grad is not None


class Fuse(nn.Module):
    """Breaks at a given call."""

    def __init__(self, calls: int, error: type[BaseException]) -> None:
        super().__init__()
        self.norm, self.fc, self.left, self.error = nn.BatchNorm1d(6), nn.Linear(6, 3), calls, error

    def forward(self, x: Tensor) -> Tensor:
        self.left -= 1
        if self.left < 0:
            raise self.error("enough")
        return self.fc(self.norm(x))


@pytest.mark.parametrize("calls", [0, 1, 2, 5, 40])
def test_after_an_interruption(calls: int) -> None:
    model = Fuse(calls, KeyboardInterrupt)
    optimizer = torch.optim.Adam(model.parameters())
    before = everything(model, optimizer)
    with pytest.raises(KeyboardInterrupt):
        preflight(model, (X, Y), nn.CrossEntropyLoss(), optimizer)
    assert everything(model, optimizer) == before


@pytest.mark.parametrize("calls", [1, 2, 5, 40])
def test_after_an_error_in_the_midst(calls: int) -> None:
    model = Fuse(calls, ValueError)
    before = everything(model)
    exam = preflight(model, (X, Y), nn.CrossEntropyLoss())
    assert everything(model) == before
    assert "stopped by ValueError: enough" in [row.reason for row in exam.rows]


def test_after_an_error_at_the_start() -> None:
    model = Fuse(0, ValueError)
    before = everything(model)
    with pytest.raises(UsageError, match="can't be computed: ValueError: enough"):
        preflight(model, (X, Y), nn.CrossEntropyLoss())
    assert everything(model) == before


def test_a_training_goes_on_as_if_there_had_been_no_exam() -> None:
    def losses(examined: bool) -> list[float]:
        torch.manual_seed(5)
        model = net(nn.BatchNorm1d(12), nn.Dropout(0.3))
        optimizer = torch.optim.Adam(model.parameters())
        seen = []
        for number in range(6):
            if examined and number in (0, 3):
                preflight(model, (X, Y), nn.CrossEntropyLoss(), optimizer, seconds=1)
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(X), Y)
            loss.backward()
            optimizer.step()
            seen.append(loss.item())
        return seen

    assert losses(examined=True) == losses(examined=False)


def test_the_comparison_of_these_tests_can_fail() -> None:
    model = net(nn.BatchNorm1d(12))
    before = everything(model)
    changed = copy.deepcopy(before)
    assert everything(model) == changed
    model(X)
    assert everything(model) != before
