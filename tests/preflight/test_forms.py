"""How model, batch and loss are put together."""

from __future__ import annotations

from collections import OrderedDict, UserDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

import torchcheck
from torchcheck import UsageError, preflight

X, Y = torch.randn(8, 6, generator=torch.Generator().manual_seed(0)), torch.arange(8) % 3


@dataclass
class Output:
    logits: Tensor
    loss: Tensor | None = None


class ModelOutput(OrderedDict[str, Any]):
    """As in Transformers: a dictionary whose keys are attributes, too."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Net(nn.Module):
    def __init__(self, give: Callable[[Tensor], Any] = lambda out: out) -> None:
        super().__init__()
        self.fc, self.out, self.give = nn.Linear(6, 32), nn.Linear(32, 3), give

    def forward(self, x: Tensor) -> Any:
        return self.give(self.out(self.fc(x).relu()))


class OwnLoss(Net):
    def __init__(self, wrap: Callable[[Tensor, Tensor], Any]) -> None:
        super().__init__()
        self.wrap = wrap

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Any:
        out = super().forward(x)
        return {"logits": out} if labels is None else self.wrap(functional.cross_entropy(out, labels), out)


class Two(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.one, self.other, self.out = nn.Linear(6, 16), nn.Linear(2, 16), nn.Linear(16, 3)

    def forward(self, left: Tensor, right: Tensor, scale: float = 1.0) -> Tensor:
        return self.out((self.one(left) + scale * self.other(right)).relu())


class Detector(nn.Module):
    """As in torchvision: losses in training, boxes in evaluation."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.box, self.kind = nn.Conv2d(3, 8, 3), nn.Linear(8, 4), nn.Linear(8, 2)

    def forward(self, images: list[Tensor], targets: list[dict[str, Tensor]] | None = None) -> Any:
        features = torch.stack([self.conv(image[None]).mean((2, 3))[0] for image in images])
        boxes, kinds = self.box(features), self.kind(features)
        if not self.training:
            return [{"boxes": box, "labels": kind.argmax()} for box, kind in zip(boxes, kinds, strict=True)]
        assert targets is not None
        wanted = torch.stack([target["boxes"] for target in targets])
        labels = torch.stack([target["labels"] for target in targets])
        return {"loss_box": functional.l1_loss(boxes, wanted), "loss_kind": functional.cross_entropy(kinds, labels)}


CE = nn.CrossEntropyLoss()
TWO = torch.randn(8, 2)

FORMS: dict[str, Callable[[], tuple[Any, ...]]] = {
    "a pair": lambda: (Net(), (X, Y), CE),
    "a list of two, as a loader gives it": lambda: (Net(), [X, Y], CE),
    "a functional loss": lambda: (Net(), (X, Y), functional.cross_entropy),
    "a loss of the user's": lambda: (Net(), (X, Y), lambda output, target: functional.cross_entropy(output, target)),
    "several inputs": lambda: (Two(), (X, TWO, Y), CE),
    "a tuple of inputs": lambda: (Two(), ((X, TWO), Y), CE),
    "a list of inputs": lambda: (Two(), ([X, TWO], Y), CE),
    "inputs by name": lambda: (Two(), ({"left": X, "right": TWO}, Y), CE),
    "a dictionary with its target": lambda: (Two(), {"left": X, "right": TWO, "label": Y}, CE),
    "a dictionary with more than the model takes": lambda: (
        Net(),
        {"x": X, "index": torch.arange(8), "y": Y},
        CE,
    ),
    "a loss of the whole batch": lambda: (
        Net(),
        {"x": X, "wanted": Y},
        lambda output, batch: functional.cross_entropy(output, batch["wanted"]),
    ),
    "a mapping that is no dictionary": lambda: (Net(), UserDict(x=X, labels=Y), CE),
    "logits in a dictionary": lambda: (Net(lambda out: {"out": out}), (X, Y), CE),
    "logits in an object": lambda: (Net(Output), (X, Y), CE),
    "a tuple with one tensor": lambda: (Net(lambda out: (out, None)), (X, Y), CE),
    "the model's own loss": lambda: (OwnLoss(lambda loss, out: loss), (X, Y)),
    "its loss by name": lambda: (OwnLoss(lambda loss, out: {"loss": loss, "logits": out}), {"x": X, "labels": Y}),
    "its loss in an object": lambda: (OwnLoss(lambda loss, out: Output(out, loss)), {"x": X, "labels": Y}),
    "a model output": lambda: (
        OwnLoss(lambda loss, out: ModelOutput(loss=loss, logits=out)),
        {"x": X, "labels": Y},
    ),
    "its loss first": lambda: (OwnLoss(lambda loss, out: (loss, out)), (X, Y)),
    "a loss of model and batch": lambda: (
        Net(),
        {"anything": X, "at": Y},
        lambda model, batch: functional.cross_entropy(model(batch["anything"]), batch["at"]),
    ),
    "a detector": lambda: (
        Detector(),
        (
            [torch.rand(3, 9, 9), torch.rand(3, 7, 8)],
            [{"boxes": torch.rand(4), "labels": torch.tensor(label)} for label in (0, 1)],
        ),
    ),
    "compiled, not called": lambda: (torch.compile(Net()), (X, Y), CE),
}


@pytest.mark.parametrize("make", FORMS.values(), ids=FORMS)
def test_what_is_understood(make: Callable[[], tuple[Any, ...]]) -> None:
    torch.manual_seed(0)
    exam = preflight(*make(), select="TCK614", seconds=20)
    assert exam.findings == []
    assert exam.row("one batch by heart").verdict.value in ("passed", "remark"), exam
    assert exam.row("one batch by heart").data


WRONG: dict[str, tuple[Callable[[], tuple[Any, ...]], str]] = {
    "no module": (lambda: ("net", (X, Y), CE), "the model must be a torch.nn.Module, not str"),
    "no optimizer": (lambda: (Net(), (X, Y), CE, 0.1), "the optimizer must be a torch.optim.Optimizer, not float"),
    "a loader": (
        lambda: (Net(), DataLoader(TensorDataset(X, Y)), CE),
        "give one batch, not the loader: `next(iter(loader))`",
    ),
    "too many parts": (lambda: (Net(), (X, X, Y), CE), "the batch has 3 parts and the model takes 1"),
    "one part": (lambda: (Net(), (X,), CE), "a batch is (inputs, target), and this one has a single part"),
    "many losses": (
        lambda: (Net(), (X, Y), nn.CrossEntropyLoss(reduction="none")),
        "the loss has the shape (8,) and must be one number: take its mean",
    ),
    "no loss": (lambda: (Net(lambda out: {"logits": out}), (X,)), "there is no loss in what was returned"),
    "wrong names": (lambda: (Net(), {"image": X, "labels": Y}, CE), "the model takes none of `image`, `labels`"),
    "a shape that does not fit": (lambda: (Net(), (X[:, :5], Y), CE), "can't be computed: RuntimeError: mat1 and mat2"),
}


@pytest.mark.parametrize(("make", "told"), WRONG.values(), ids=WRONG)
def test_what_is_not_is_said_in_one_line(make: Callable[[], tuple[Any, ...]], told: str) -> None:
    with pytest.raises(UsageError) as raised:
        preflight(*make())
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_selector_that_matches_nothing() -> None:
    with pytest.raises(UsageError, match="TCK999"):
        preflight(Net(), (X, Y), CE, select="TCK999")


def flat_input() -> tuple[Any, ...]:
    return nn.Sequential(nn.Threshold(1e3, 0.0), Net()), (X, Y), CE


def test_the_result() -> None:
    torch.manual_seed(0)
    exam = preflight(*flat_input(), seconds=10)
    assert {finding.code for finding in exam.findings} == {"TCK614", "TCK617"}
    assert [finding.level.value for finding in exam.findings] == ["error", "warning"]
    with pytest.raises(torchcheck.FindingsError, match="can't learn one batch by heart"):
        exam.raise_for_findings()
    data = exam.to_json()
    assert [row["check"] for row in data["checks"]][:2] == ["first loss", "one batch by heart"]
    assert {finding["lens"] for finding in data["findings"]} == {"exam"}
    assert "✗ failed" in str(exam)
    exam.allow("TCK614", reason="a test")
    exam.raise_for_findings()
    exam.raise_for_findings("never")
    with pytest.raises(torchcheck.FindingsError, match="constant-prediction"):
        exam.raise_for_findings("warning")


def test_a_comment_silences_a_finding() -> None:
    torch.manual_seed(0)
    exam = preflight(*flat_input(), seconds=10)  # torchcheck: ignore[TCK614, TCK617] the input is meant to be lost
    assert exam.findings == []


def test_no_watch_sees_the_exam() -> None:
    model = Net()
    with torchcheck.watch() as report:
        exam = preflight(*flat_input(), seconds=3)
        assert report.steps == 0
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for _ in range(3):
            optimizer.zero_grad()
            functional.cross_entropy(model(X), Y).backward()
            optimizer.step()
    assert report.steps == 3
    assert report.findings == []
    assert exam.findings


def test_the_package_is_a_function() -> None:
    import torchcheck.preflight.task  # the import puts the package in the place of the attribute

    assert callable(torchcheck.preflight)
