"""The other checks: gradients of functions, parameters reached, evaluation mode, first loss, learning rate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from torchcheck import preflight
from torchcheck.preflight.result import Exam

X, Y = torch.randn(12, 8, generator=torch.Generator().manual_seed(0)), torch.arange(12) % 3


def made(forward: Any, backward: Any) -> Callable[..., Tensor]:
    """The `apply` of a function."""
    kind = type(
        "Made", (torch.autograd.Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    )
    return kind.apply


def saved(function: Callable[[Tensor], Tensor]) -> Any:
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return function(x)

    return forward


def scaled(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
    ctx.save_for_backward(x, weight)
    return x * weight


WRONG = {
    "a factor is missing": made(saved(torch.square), lambda ctx, grad: grad * ctx.saved_tensors[0]),
    "the sign": made(saved(torch.cos), lambda ctx, grad: grad * ctx.saved_tensors[0].sin()),
    "the incoming gradient is forgotten": made(saved(torch.sin), lambda ctx, grad: ctx.saved_tensors[0].cos()),
    "the gradient of another": made(saved(torch.tanh), lambda ctx, grad: grad * (1 - ctx.saved_tensors[0] ** 2)),
}
RIGHT = {
    "a square": made(saved(torch.square), lambda ctx, grad: 2 * grad * ctx.saved_tensors[0]),
    "a rectifier": made(saved(torch.relu), lambda ctx, grad: grad * (ctx.saved_tensors[0] > 0)),
    "straight through": made(lambda ctx, x: x.sign(), lambda ctx, grad: grad),
    "straight through a clamp": made(lambda ctx, x: x.clamp(-0.1, 0.1), lambda ctx, grad: grad),
    "a surrogate of a spike": made(
        saved(lambda x: (x > 0).to(x.dtype)), lambda ctx, grad: grad / (1 + ctx.saved_tensors[0].abs()) ** 2
    ),
    "a reversed gradient": made(lambda ctx, x: x.view_as(x), lambda ctx, grad: -grad),
    "noise": made(lambda ctx, x: x + torch.randn_like(x), lambda ctx, grad: grad),
    "in single precision": made(lambda ctx, x: x.float() * 2, lambda ctx, grad: grad * 2),
}


class Around(nn.Module):
    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.body, self.head, self.function = nn.Linear(8, 16), nn.Linear(16, 3), function

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.function(self.body(x)))


def examined(model: nn.Module, select: str, *rest: Any, batch: Any = (X, Y), **options: Any) -> Exam:
    loss_fn, *rest = rest or (nn.CrossEntropyLoss(),)
    return preflight(model, batch, loss_fn, *rest, select=select, seconds=8, **options)


def codes(model: nn.Module, select: str, *rest: Any, **options: Any) -> set[str]:
    return {finding.code for finding in examined(model, select, *rest, **options).findings}


@pytest.mark.parametrize("function", WRONG.values(), ids=WRONG)
def test_wrong_gradients_are_accused(function: Any) -> None:
    torch.manual_seed(0)
    (finding,) = examined(Around(function), "TCK620").findings
    assert "`Made.backward` gives" in finding.message


@pytest.mark.parametrize("function", RIGHT.values(), ids=RIGHT)
def test_right_ones_and_those_meant_to_be_another_are_not(function: Any) -> None:
    torch.manual_seed(0)
    assert codes(Around(function), "TCK620") == set()


def test_the_forward_of_a_function_is_put_back() -> None:
    function = WRONG["the sign"]
    before = dict(vars(function.__self__))
    examined(Around(function), "TCK620")
    assert dict(vars(function.__self__)) == before


class Sloppy(nn.Module):
    def __init__(self, act: Callable[..., Tensor], **options: Any) -> None:
        super().__init__()
        self.fc, self.act, self.options = nn.Linear(8, 3), act, options

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.act(x, **self.options))


def attended(x: Tensor) -> Tensor:
    return functional.scaled_dot_product_attention(x[:, None], x[:, None], x[:, None], dropout_p=0.3)[:, 0]


class MonteCarlo(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.drop, self.fc = nn.Dropout(0.5), nn.Linear(8, 3)

    def train(self, mode: bool = True) -> nn.Module:
        super().train(mode)
        self.drop.train()
        return self

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.drop(x))


class Sampling(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        out = self.fc(x)
        return out + 0.1 * torch.randn_like(out)


@pytest.mark.parametrize(
    "model", [Sloppy(functional.dropout, p=0.2), Sloppy(functional.alpha_dropout, training=True), Sloppy(attended)]
)
def test_dropout_that_stays_on_is_accused(model: nn.Module) -> None:
    (finding,) = examined(model, "TCK507").findings
    assert finding.filename == __file__
    assert "in evaluation mode, too" in finding.message


@pytest.mark.parametrize("model", [nn.Sequential(nn.Dropout(0.5), nn.Linear(8, 3)), MonteCarlo(), Sampling()])
def test_other_randomness_is_not(model: nn.Module) -> None:
    assert codes(model, "TCK507") == set()


def test_a_model_that_samples_gets_a_remark() -> None:
    row = examined(Sampling(), "TCK507").row("evaluation repeats")
    assert (row.verdict.value, row.reason) == ("remark", "two passes differ: it draws random numbers there")


class Forgetful(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(8, 8), nn.Linear(8, 3), nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.fc1(x).relu())


class Detached(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Linear(8, 16), nn.Linear(16, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body(x).relu().detach())


class Experts(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.experts = nn.ModuleList(nn.Linear(8, 3) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        return self.experts[0](x) + self.experts[2](x)


class Pooled(nn.Module):
    """Gives more than the loss takes."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.head, self.pooler = nn.Linear(8, 8), nn.Linear(8, 3), nn.Linear(8, 8)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        out = self.body(x)
        return {"logits": self.head(out), "pooled": self.pooler(out)}


def sgd(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), 0.1)


def test_a_module_that_nothing_calls() -> None:
    (finding,) = examined(Forgetful(), "TCK511").findings
    assert finding.message == "Neither training nor evaluation calls `fc3`."


def test_a_cut_before_what_the_optimizer_trains() -> None:
    model = Detached()
    (finding,) = examined(model, "TCK205", nn.CrossEntropyLoss(), sgd(model)).findings
    assert finding.module == "body"


def test_a_cut_before_what_may_be_meant_to_stay() -> None:
    model = Detached()
    assert codes(model, "TCK205", nn.CrossEntropyLoss(), sgd(model.head)) == set()
    assert codes(model, "TCK205") == set()


@pytest.mark.parametrize("model", [Experts(), Pooled(), nn.Sequential(nn.Linear(8, 3))])
def test_what_is_not_used_now_is_not_accused(model: nn.Module) -> None:
    assert codes(model, "TCK205,TCK511", nn.CrossEntropyLoss(), sgd(model)) == set()


def test_a_layer_that_took_the_place_of_another() -> None:
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 5))
    optimizer = sgd(model)
    model[2] = nn.Linear(16, 3)
    (finding,) = examined(model, "TCK303", nn.CrossEntropyLoss(), optimizer).findings
    assert finding.message == "`2` is replaced after `optimizer` was built, which still holds the old parameters."


@pytest.mark.parametrize("others", [False, True])
def test_an_optimizer_of_a_part_or_of_more(others: bool) -> None:
    model, other = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3)), nn.Linear(2, 2)
    parameters = [*model.parameters(), *other.parameters()] if others else list(model[2].parameters())
    assert codes(model, "TCK303", nn.CrossEntropyLoss(), torch.optim.SGD(parameters, 0.1)) == set()


def mlp(out: int = 3) -> nn.Module:
    return nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, out))


def test_a_first_loss_of_many_classes() -> None:
    torch.manual_seed(0)
    embedding = nn.Embedding(1000, 256)
    tied = nn.Linear(256, 1000, bias=False)
    tied.weight = embedding.weight
    model = nn.Sequential(embedding, tied)
    (finding,) = examined(model, "TCK113", batch=(torch.arange(64), torch.arange(64) + 9)).findings
    assert finding.evidence["expected"] == pytest.approx(6.9078, abs=1e-3)


@pytest.mark.parametrize(
    "loss_fn",
    [
        nn.CrossEntropyLoss(),
        nn.CrossEntropyLoss(weight=torch.tensor([0.2, 5.0, 1.0])),
        nn.CrossEntropyLoss(reduction="sum"),
        nn.CrossEntropyLoss(ignore_index=1, label_smoothing=0.3),
        lambda output, target: functional.nll_loss(output.log_softmax(1), target),
        lambda output, target: functional.cross_entropy(output, target, reduction="none").mean(),
        lambda output, target: functional.cross_entropy(output, target) + output.pow(2).mean() * 100,
    ],
)
def test_first_losses_that_are_right(loss_fn: Any) -> None:
    torch.manual_seed(0)
    assert codes(mlp(), "TCK113", loss_fn) == set()


def test_first_losses_of_regressions() -> None:
    torch.manual_seed(0)
    for mean, spread, accused in ((0, 1, False), (0.5, 0.01, False), (300, 2, True), (50, 40, False), (0, 1e-4, False)):
        batch = (X, mean + spread * torch.randn(12, 1))
        assert codes(mlp(1), "TCK113", nn.MSELoss(), batch=batch) == ({"TCK113"} if accused else set()), (mean, spread)


@pytest.mark.parametrize(
    ("make", "accused"),
    [
        (lambda p: torch.optim.SGD(p, 1e-7), True),
        (lambda p: torch.optim.SGD(p, 3000.0), True),
        (lambda p: torch.optim.Adam(p, 1e-9), True),
        (lambda p: torch.optim.SGD(p, 0.01, momentum=0.9), False),
        (lambda p: torch.optim.Adam(p, 1e-4), False),
        (lambda p: torch.optim.LBFGS(p), False),
    ],
)
def test_learning_rates(make: Any, accused: bool) -> None:
    torch.manual_seed(0)
    model = mlp()
    optimizer = make(model.parameters())
    found = preflight(model, (X, Y), nn.CrossEntropyLoss(), optimizer, select="TCK616,TCK614", seconds=60)
    assert {finding.code for finding in found.findings} == ({"TCK616"} if accused else set()), found


def test_the_curve_of_the_range_test_is_given() -> None:
    torch.manual_seed(0)
    data = examined(mlp(), "TCK616").row("learning rate").data
    assert data is not None
    assert len(data["rates"]) == len(data["losses"]) > 50
    assert 1e-4 < data["suggestion"] < 1


def test_a_head_that_no_optimizer_has() -> None:
    model = mlp()
    (finding,) = examined(model, "TCK302", nn.CrossEntropyLoss(), sgd(model[0])).findings
    assert finding.message == "`2` takes part in the loss, but no optimizer has the parameters."


class Centres(nn.Module):
    """A loss with parameters of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.randn(3, 3))

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        return functional.cross_entropy(output, target) + (output - self.centres[target]).pow(2).mean()


def test_a_loss_whose_parameters_no_optimizer_has() -> None:
    model = mlp()
    exam = examined(model, "TCK302", Centres(), sgd(model))
    assert [finding.code for finding in exam.findings] == ["TCK302"]
    row = exam.row("parameters reached")
    assert (row.verdict.value, row.codes) == ("failed", ("TCK302",))
    assert row.reason == "all 5 have a gradient; the optimizer does not have 1 of them (loss_fn.centres, …)"


def half_trained() -> tuple[nn.Module, Any, list[torch.optim.Optimizer]]:
    """The body is left as it is: the head alone learns."""
    model = mlp()
    return model, nn.CrossEntropyLoss(), [sgd(model[2])]


def two_optimizers() -> tuple[nn.Module, Any, list[torch.optim.Optimizer]]:
    model = mlp()
    return model, nn.CrossEntropyLoss(), [sgd(model[0]), sgd(model[2])]


def of_the_loss() -> tuple[nn.Module, Any, list[torch.optim.Optimizer]]:
    model, loss_fn = mlp(), Centres()
    return model, loss_fn, [sgd(model), sgd(loss_fn)]


def an_opponent() -> tuple[nn.Module, Any, list[torch.optim.Optimizer]]:
    model = nn.Sequential()
    model.add_module("generator", mlp(8))
    model.add_module("discriminator", nn.Linear(8, 3))
    return model, nn.CrossEntropyLoss(), [sgd(model.generator)]


def frozen() -> tuple[nn.Module, Any, list[torch.optim.Optimizer]]:
    model = mlp()
    model[2].requires_grad_(False)
    return model, nn.CrossEntropyLoss(), [sgd(model[0])]


def most_left_out() -> tuple[nn.Module, Any, list[torch.optim.Optimizer]]:
    model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 3))
    return model, nn.CrossEntropyLoss(), [torch.optim.SGD(model[0].parameters(), 0.1)]


@pytest.mark.parametrize("make", [half_trained, two_optimizers, of_the_loss, an_opponent, frozen, most_left_out])
def test_what_may_be_left_out_on_purpose(make: Callable[[], tuple[nn.Module, Any, list[Any]]]) -> None:
    model, loss_fn, optimizers = make()
    assert codes(model, "TCK302", loss_fn, optimizers[0]) == set()


@pytest.mark.parametrize("rate", [0.3, 1.0])
def test_a_rate_that_kills_a_model_is_the_mistake_and_not_the_model(rate: float) -> None:
    digits = pytest.importorskip("sklearn.datasets").load_digits()
    torch.manual_seed(0)
    kinds = (nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.3), nn.Linear(144, 64))
    model = nn.Sequential(*kinds, nn.ReLU(), nn.Linear(64, 10))
    images = torch.tensor(digits.images[:64], dtype=torch.float32).unsqueeze(1) / 16
    optimizer = torch.optim.Adam(model.parameters(), rate)
    batch = images, torch.tensor(digits.target[:64])
    exam = preflight(model, batch, nn.CrossEntropyLoss(), optimizer, select="TCK614,TCK616", seconds=60)
    assert [finding.code for finding in exam.findings] == ["TCK616"], str(exam)
