"""What feeds a loss, proved by the graph, whatever way it is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.utils.checkpoint import checkpoint  # noqa: E402

from tests.probe.recorder import recorded  # noqa: E402
from torchcheck.facts.loss import Activation, Loss, LossFed  # noqa: E402

HERE = str(Path(__file__).resolve())
x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
hot = torch.rand(8, 3)
net = nn.Linear(4, 3)


def fact_of(loss: Callable[[], Tensor]) -> LossFed:
    recorder, session = recorded(lambda: loss().backward())
    assert session.remarks == []
    (fact,) = recorder.losses
    return fact


class Head(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 3)
        self.act = nn.Softmax(dim=-1)

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.fc(x))


class Functional(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc(x)
        return F.softmax(x, dim=1)


def by_hand(z: Tensor) -> Tensor:
    e = torch.exp(z - z.max(dim=1, keepdim=True).values)
    return e / e.sum(dim=1, keepdim=True)


scaler = torch.amp.GradScaler("cpu")
SOFTMAX: dict[str, Callable[[], Tensor]] = {
    "functional": lambda: F.cross_entropy(F.softmax(net(x), dim=1), y),
    "torch function": lambda: F.cross_entropy(torch.softmax(net(x), 1), y),
    "method": lambda: F.cross_entropy(net(x).softmax(1), y),
    "last layer": lambda: F.cross_entropy(nn.Sequential(net, nn.Softmax(1))(x), y),
    "own module": lambda: nn.CrossEntropyLoss()(Head()(x), y),
    "functional in a module": lambda: nn.CrossEntropyLoss()(Functional()(x), y),
    "by hand": lambda: F.cross_entropy(by_hand(net(x)), y),
    "views": lambda: F.cross_entropy(net(x).softmax(1).view(2, 4, 3).permute(0, 2, 1), y.view(2, 4)),
    "images": lambda: F.cross_entropy(nn.Conv2d(4, 3, 1)(x.view(2, 4, 2, 2)).softmax(1), y.view(2, 2, 2)),
    "upsampled": lambda: F.cross_entropy(
        F.interpolate(nn.Conv2d(4, 3, 1)(x.view(2, 4, 2, 2)).softmax(1), size=(4, 4), mode="bilinear"),
        torch.randint(0, 3, (2, 4, 4)),
    ),
    "no reduction": lambda: F.cross_entropy(net(x).softmax(1), y, reduction="none").mean(),
    "scaled": lambda: scaler.scale(F.cross_entropy(net(x).softmax(1), y)),
    "accumulated with a penalty": lambda: (
        F.cross_entropy(net(x).softmax(1), y) / 4 + 0.1 * sum(p.pow(2).sum() for p in net.parameters())
    ),
    "label smoothing": lambda: F.cross_entropy(net(x).softmax(1), y, label_smoothing=0.1),
    "probability targets": lambda: F.cross_entropy(net(x).softmax(1), hot),
    "cast": lambda: F.cross_entropy(net(x).softmax(1).double(), y),
    "masked": lambda: F.cross_entropy(net(x).softmax(1)[y > 0], y[y > 0]),
    "checkpoint": lambda: F.cross_entropy(checkpoint(Head(), x, use_reentrant=False), y),
    "averaged": lambda: F.cross_entropy((net(x).softmax(1) + net(x).softmax(1)) / 2, y),
    "averaged with weights": lambda: F.cross_entropy(0.3 * net(x).softmax(1) + 0.7 * net(x).softmax(1), y),
    "averaged by sum": lambda: F.cross_entropy(sum(net(x).softmax(1) for _ in range(4)) / 4, y),
    "clamped against zero": lambda: F.cross_entropy(net(x).softmax(1).clamp(1e-7, 1.0), y),
    "clamped below": lambda: F.cross_entropy(torch.clamp(net(x).softmax(1), min=1e-9), y),
    "exponential of log_softmax": lambda: F.cross_entropy(F.log_softmax(net(x), 1).exp(), y),
    "dropout": lambda: F.cross_entropy(F.dropout(net(x).softmax(1)), y),
    "keywords": lambda: F.cross_entropy(target=y, input=net(x).softmax(1)),
    "compiled eagerly": lambda: F.cross_entropy(torch.compile(Head(), backend="eager")(x), y),
}


@pytest.mark.parametrize("loss", SOFTMAX.values(), ids=SOFTMAX)
def test_softmax_before_cross_entropy_is_seen(loss: Callable[[], Tensor]) -> None:
    recorder, _ = recorded(lambda: loss().backward())
    (fact,) = recorder.losses
    assert (fact.loss, fact.activation) == (Loss.CROSS_ENTROPY, Activation.SOFTMAX)
    assert fact.place.filename == HERE


def test_autocast_casts_are_looked_through() -> None:
    def loss() -> Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return F.cross_entropy(net(x).softmax(1), y)

    assert fact_of(loss).activation is Activation.SOFTMAX


LINEAR: dict[str, Callable[[], Tensor]] = {
    "linear": lambda: F.nll_loss(net(x), y),
    "sequence": lambda: F.nll_loss(net(x.view(2, 4, 4)).flatten(0, 1), y),
    "no bias": lambda: F.nll_loss(nn.Linear(4, 3, bias=False)(x), y),
    "matrix by hand": lambda: F.nll_loss(x @ net.weight.T + net.bias, y),
    "convolution": lambda: F.nll_loss(nn.Conv2d(4, 3, 1)(x[..., None, None]).flatten(1), y),
    "pooled": lambda: F.nll_loss(nn.Conv2d(4, 3, 1)(x.view(8, 4, 1, 1)).mean((2, 3)), y),
    "temperature": lambda: F.nll_loss(net(x) / 2.5, y),
    "bias of its own": lambda: F.nll_loss(net(x) + nn.Parameter(torch.zeros(3)), y),
    "two heads added": lambda: F.nll_loss(net(x) + nn.Linear(4, 3)(x), y),
}


@pytest.mark.parametrize("loss", LINEAR.values(), ids=LINEAR)
def test_raw_logits_are_proved(loss: Callable[[], Tensor]) -> None:
    assert fact_of(loss).activation is Activation.LINEAR


UNKNOWN: dict[str, Callable[[], Tensor]] = {
    "scaled softmax": lambda: F.cross_entropy(10 * net(x).softmax(1), y),
    "soft cap": lambda: F.cross_entropy(torch.tanh(net(x)) * 30, y),
    "clamped": lambda: F.binary_cross_entropy(net(x).clamp(0.01, 0.99), hot),
    "softmax clamped in earnest": lambda: F.cross_entropy(net(x).softmax(1).clamp(0.2, 0.8), y),
    "softmax plus a constant": lambda: F.cross_entropy(net(x).softmax(1) + 0.1, y),
    "sum of three softmaxes halved": lambda: F.cross_entropy(sum(net(x).softmax(1) for _ in range(3)) / 2, y),
    "one minus a sigmoid": lambda: F.binary_cross_entropy(1 - net(x).sigmoid(), hot),
    "rectified and pooled": lambda: F.cross_entropy(net(x).relu().view(8, 3, 1).mean(2), y),
    "softmax of two sides": lambda: F.cross_entropy(net(x).softmax(1) - net(x).softmax(1), y),
    "probability mixed by constants": lambda: F.binary_cross_entropy(net(x).softmax(1) @ torch.eye(3), hot),
    "blurred probability": lambda: F.binary_cross_entropy(
        F.conv1d(net(x).sigmoid()[:, None], torch.full((1, 1, 3), 1 / 3), padding=1)[:, 0], hot
    ),
    "mixture": lambda: F.binary_cross_entropy((net(x).softmax(1)[:, None] * torch.eye(3)).sum(1), hot),
    "logits minus logsumexp": lambda: F.nll_loss(net(x) - net(x).logsumexp(1, keepdim=True), y),
    "a parameter": lambda: F.binary_cross_entropy(nn.Parameter(torch.rand(8, 3)), hot),
    "hard sigmoid": lambda: F.binary_cross_entropy(F.hardsigmoid(net(x)), hot),
    "own function": lambda: F.binary_cross_entropy(Squash.apply(net(x)), hot),
}


class Squash(torch.autograd.Function):
    @staticmethod
    def forward(ctx: object, z: Tensor) -> Tensor:
        return z.sigmoid()

    @staticmethod
    def backward(ctx: object, gradient: Tensor) -> Tensor:
        return gradient


@pytest.mark.parametrize("loss", UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_not_proved_is_unknown(loss: Callable[[], Tensor]) -> None:
    assert fact_of(loss).activation is Activation.UNKNOWN


APPLIED: dict[str, tuple[Callable[[], Tensor], Activation]] = {
    "log of softmax": (lambda: F.nll_loss(net(x).softmax(1).log(), y), Activation.LOG_SOFTMAX),
    "log of softmax plus eps": (lambda: F.nll_loss(torch.log(net(x).softmax(1) + 1e-8), y), Activation.LOG_SOFTMAX),
    "log of an average": (
        lambda: F.nll_loss(torch.stack([net(x).softmax(1), net(x).softmax(1)]).mean(0).log(), y),
        Activation.LOG_SOFTMAX,
    ),
    "log_softmax": (lambda: F.cross_entropy(F.log_softmax(net(x), 1), y), Activation.LOG_SOFTMAX),
    "sigmoid": (lambda: F.binary_cross_entropy_with_logits(net(x).sigmoid(), hot), Activation.SIGMOID),
    "sigmoid by hand": (lambda: F.binary_cross_entropy(1 / (1 + torch.exp(-net(x))), hot), Activation.SIGMOID),
    "log of sigmoid": (lambda: F.cross_entropy(net(x).sigmoid().log(), y), Activation.LOG_SIGMOID),
    "relu": (lambda: F.cross_entropy(net(x).relu(), y), Activation.RELU),
    "clamped sigmoid": (
        lambda: F.binary_cross_entropy(net(x).sigmoid().clamp(1e-6, 1 - 1e-6), hot),
        Activation.SIGMOID,
    ),
    "relu and dropout": (lambda: F.cross_entropy(F.dropout(net(x).relu(), 0.1), y), Activation.RELU),
    "relu by clamp": (lambda: F.cross_entropy(net(x).clamp(min=0), y), Activation.RELU),
    "relu in place": (lambda: F.cross_entropy(nn.Sequential(net, nn.ReLU(inplace=True))(x), y), Activation.RELU),
    "relu6": (lambda: F.cross_entropy(F.relu6(net(x)), y), Activation.RELU6),
    "leaky relu": (lambda: F.cross_entropy(F.leaky_relu(net(x)), y), Activation.LEAKY_RELU),
    "elu": (lambda: F.cross_entropy(F.elu(net(x)), y), Activation.ELU),
    "selu": (lambda: F.cross_entropy(F.selu(net(x)), y), Activation.SELU),
    "celu": (lambda: F.cross_entropy(F.celu(net(x)), y), Activation.CELU),
    "gelu": (lambda: F.cross_entropy(F.gelu(net(x)), y), Activation.GELU),
    "silu": (lambda: F.cross_entropy(F.silu(net(x)), y), Activation.SILU),
    "mish": (lambda: F.cross_entropy(F.mish(net(x)), y), Activation.MISH),
    "softplus": (lambda: F.cross_entropy(F.softplus(net(x)), y), Activation.SOFTPLUS),
    "tanh": (lambda: F.cross_entropy(net(x).tanh(), y), Activation.TANH),
    "hardtanh": (lambda: F.cross_entropy(F.hardtanh(net(x)), y), Activation.UNKNOWN),
}


@pytest.mark.parametrize(("loss", "activation"), APPLIED.values(), ids=APPLIED)
def test_the_last_activation_is_named(loss: Callable[[], Tensor], activation: Activation) -> None:
    assert fact_of(loss).activation is activation


def test_softmax_on_the_target_side_does_not_count() -> None:
    teacher = nn.Linear(4, 3)
    assert fact_of(lambda: F.cross_entropy(net(x), teacher(x).softmax(1))).activation is Activation.LINEAR


def test_softmax_beside_the_loss_does_not_count() -> None:
    def loss() -> Tensor:
        logits = net(x)
        confidence = logits.softmax(1).max(1).values
        return F.cross_entropy(logits, y) + 0 * confidence.mean()

    assert fact_of(loss).activation is Activation.LINEAR


def test_a_loss_that_no_backward_uses_is_not_judged() -> None:
    def loss() -> Tensor:
        F.cross_entropy(net(x).softmax(1), y)
        return F.cross_entropy(net(x), y)

    assert fact_of(loss).activation is Activation.LINEAR


def own_weights() -> dict[str, Tensor]:
    return {name: value.detach().clone().requires_grad_() for name, value in net.named_parameters()}


def fast_weights() -> None:
    """The inner loop of meta-learning: what is differentiated are plain tensors."""
    weights = own_weights()
    loss = F.cross_entropy(torch.func.functional_call(net, weights, (x,)).softmax(1), y)
    torch.autograd.grad(loss, list(weights.values()), create_graph=True)


TRAINED_BY_GRAD: dict[str, Callable[[], object]] = {
    "list": lambda: torch.autograd.grad(F.cross_entropy(net(x).softmax(1), y), list(net.parameters())),
    "generator": lambda: torch.autograd.grad(F.cross_entropy(net(x).softmax(1), y), net.parameters()),
    "one weight": lambda: torch.autograd.grad(F.cross_entropy(net(x).softmax(1), y), net.weight),
    "keywords": lambda: torch.autograd.grad(
        outputs=[F.cross_entropy(net(x).softmax(1), y) / 2], inputs=[*net.parameters()], allow_unused=True
    ),
    "fast weights": fast_weights,
}


@pytest.mark.parametrize("train", TRAINED_BY_GRAD.values(), ids=TRAINED_BY_GRAD)
def test_a_loss_that_is_differentiated_without_a_backward_is_judged(train: Callable[[], object]) -> None:
    (fact,) = recorded(train)[0].losses
    assert (fact.loss, fact.activation, fact.step) == (Loss.CROSS_ENTROPY, Activation.SOFTMAX, 0)


def gradient_penalty() -> None:
    critic, real = nn.Linear(4, 1), x.clone().requires_grad_()
    score = critic(real)
    (slope,) = torch.autograd.grad(score, real, grad_outputs=torch.ones_like(score), create_graph=True)
    ((slope.norm(2, dim=1) - 1) ** 2).mean().backward()


def loss_beside_a_penalty() -> None:
    """The gradient is that of a score; a loss that feeds it is none that anything learns from."""
    real = x.clone().requires_grad_()
    torch.autograd.grad(F.cross_entropy(net(real).softmax(1), y) * 2, real)


NO_TRAINING: dict[str, Callable[[], object]] = {
    "gradient penalty": gradient_penalty,
    "no loss among the outputs": loss_beside_a_penalty,
    "jacobian": lambda: torch.autograd.functional.jacobian(net, x[0]),
    "transform": lambda: torch.func.grad(lambda z: F.cross_entropy(net(z).softmax(1), y))(x),
}


@pytest.mark.parametrize("program", NO_TRAINING.values(), ids=NO_TRAINING)
def test_a_gradient_that_trains_nothing_is_not_judged(program: Callable[[], object]) -> None:
    recorder, session = recorded(program)
    assert (recorder.losses, session.step) == ([], 0)


def test_gradients_are_those_without_a_watch() -> None:
    def gradients() -> tuple[Tensor, ...]:
        return torch.autograd.grad(F.cross_entropy(net(x).softmax(1), y), net.parameters())

    bare, seen = gradients(), []
    recorded(lambda: seen.extend(gradients()))
    assert all(torch.equal(a, b) for a, b in zip(bare, seen, strict=True))


def test_every_loss_of_a_sum_is_judged() -> None:
    def run() -> None:
        (F.cross_entropy(net(x), y) + 0.5 * F.mse_loss(net(x), hot)).backward()

    assert {fact.loss for fact in recorded(run)[0].losses} == {Loss.CROSS_ENTROPY, Loss.MSE}


def test_module_and_line_of_the_activation_are_known() -> None:
    model = Head()
    fact = fact_of(lambda: F.cross_entropy(model(x), y))
    assert fact.module == "model.act"
    assert fact.applied_at is not None
    assert "self.act(self.fc(x))" in _line(fact.applied_at)


def test_a_functional_activation_is_found_in_forward() -> None:
    model = Functional()
    fact = fact_of(lambda: F.cross_entropy(model(x), y))
    assert fact.module == "model"
    assert fact.applied_at is not None
    assert "F.softmax(x, dim=1)" in _line(fact.applied_at)


def _line(place: object) -> str:
    span = place.span()  # type: ignore[attr-defined]
    return Path(span.filename).read_text().splitlines()[span.start.row - 1]


class MyLoss(nn.CrossEntropyLoss):
    pass


SPELLINGS: dict[str, tuple[Callable[[], Tensor], str]] = {
    "module": (lambda: nn.CrossEntropyLoss()(net(x), y), "nn.CrossEntropyLoss"),
    "functional": (lambda: F.cross_entropy(net(x), y), "F.cross_entropy"),
    "long": (lambda: torch.nn.functional.cross_entropy(net(x), y), "torch.nn.functional.cross_entropy"),
    "subclass": (lambda: MyLoss()(net(x), y), "MyLoss"),
    "with logits": (lambda: nn.BCEWithLogitsLoss()(net(x), hot), "nn.BCEWithLogitsLoss"),
}


@pytest.mark.parametrize(("loss", "spelling"), SPELLINGS.values(), ids=SPELLINGS)
def test_a_loss_is_called_what_the_user_calls_it(loss: Callable[[], Tensor], spelling: str) -> None:
    assert fact_of(loss).spelling == spelling


def test_the_input_has_its_name() -> None:
    criterion = nn.CrossEntropyLoss()

    def loss() -> Tensor:
        output = net(x)
        return criterion(output, y)

    assert fact_of(loss).input_name == "output"
    assert fact_of(lambda: criterion(net(x), y)).input_name is None


def test_a_late_stage_is_judged_though_its_steps_are_not_sampled() -> None:
    def run() -> None:
        optimizer = torch.optim.SGD(net.parameters(), lr=0.0)
        for step in range(14):
            if step < 11:
                F.cross_entropy(net(x), y).backward()
            else:
                F.cross_entropy(net(x).softmax(1), y).backward()
            optimizer.step()

    assert [fact.activation for fact in recorded(run)[0].losses] == [Activation.LINEAR, Activation.SOFTMAX]


def test_shapes_of_prediction_and_target() -> None:
    one, target = nn.Linear(4, 1), torch.randn(8)
    with pytest.warns(UserWarning, match="target size") as caught:
        fact = fact_of(lambda: F.mse_loss(one(x), target))
    assert (fact.input_shape, fact.target_shape) == ((8, 1), (8,))
    assert caught[0].filename == HERE  # torch's own warning still points at the user's line


one = nn.Linear(4, 1)
flat, column, square = torch.randn(8), torch.randn(8, 1), torch.randn(8, 8)
BROADCAST: dict[str, Callable[[], Tensor]] = {
    "squared": lambda: ((one(x) - flat) ** 2).mean(),
    "the other way round": lambda: ((flat - one(x)) ** 2).mean(),
    "pow": lambda: (one(x) - flat).pow(2).sum() / 8,
    "absolute": lambda: (one(x) - flat).abs().mean(),
    "root": lambda: torch.sqrt(((one(x) - flat) ** 2).mean()),
    "times itself": lambda: _times_itself(),
    "squeezed prediction": lambda: ((one(x).squeeze(1) - column) ** 2).mean(),
    "norm": lambda: torch.norm(one(x) - flat),
}


def _times_itself() -> Tensor:
    error = one(x) - flat
    return (error * error).mean()


@pytest.mark.parametrize("loss", BROADCAST.values(), ids=BROADCAST)
def test_a_broadcast_in_a_loss_by_hand_is_seen(loss: Callable[[], Tensor]) -> None:
    fact = fact_of(loss)
    assert fact.loss is Loss.BY_HAND
    assert {fact.input_shape, fact.target_shape} == {(8, 1), (8,)}


def test_a_broadcast_is_shown_where_the_difference_is_written() -> None:
    def train() -> None:
        for _ in range(3):
            loss = _times_itself()
            loss.backward()

    (fact,) = recorded(train)[0].losses
    assert "error = one(x) - flat" in _line(fact.place)


NO_BROADCAST: dict[str, Callable[[], Tensor]] = {
    "same shape": lambda: ((one(x) - column) ** 2).mean(),
    "matrix target": lambda: ((one(x) - square) ** 2).mean(),
    "pairwise of predictions": lambda: ((one(x) - one(x).T) ** 2).mean(),
    "pairwise on purpose": lambda: ((one(x).squeeze(1)[:, None] - flat[None, :]) ** 2).mean(),
    "square prediction": lambda: ((nn.Linear(4, 8)(x) - square) ** 2).mean(),
    "penalty": lambda: (net.weight**2).sum() + ((net(x) - hot) ** 2).mean(),
    "scalar target": lambda: ((one(x) - 1.0) ** 2).mean(),
    "kernel": lambda: torch.exp(-((one(x) - flat) ** 2)).mean(),
    "nearest of the targets": lambda: ((one(x) - flat) ** 2).min(dim=1).values.mean(),
}


@pytest.mark.parametrize("loss", NO_BROADCAST.values(), ids=NO_BROADCAST)
def test_a_difference_without_a_broadcast_is_none(loss: Callable[[], Tensor]) -> None:
    recorder, session = recorded(lambda: loss().backward())
    assert recorder.losses == []
    assert session.remarks == []


def test_a_column_that_meets_a_row_is_on_purpose() -> None:
    def train() -> None:
        for _ in range(4):
            (one(x) - column.T).abs().mean().backward()

    assert recorded(train)[0].losses == []


def test_a_compiled_model_gives_a_remark_and_no_fact_that_accuses() -> None:
    model = torch.compile(Head(), backend="aot_eager")
    recorder, session = recorded(lambda: F.cross_entropy(model(x), y).backward())
    assert [fact.activation for fact in recorder.losses] == [Activation.UNKNOWN]
    assert any("not seen" in remark for remark in session.remarks)


def test_a_reentrant_checkpoint_gives_a_remark() -> None:
    model = Head()
    run = lambda: F.cross_entropy(checkpoint(model, x.clone().requires_grad_(), use_reentrant=True), y)  # noqa: E731
    recorder, session = recorded(lambda: run().backward())
    assert [fact.activation for fact in recorder.losses] == [Activation.UNKNOWN]
    assert any("hidden by a checkpoint" in remark for remark in session.remarks)
