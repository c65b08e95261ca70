"""What torch raised, in the user's terms: TCK401, TCK402 and TCK404 by crash."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.probe.watched import alarms, codes, watched
from torchcheck.facts.crash import Crash
from torchcheck.finding import Finding, Lens, Position, Span
from torchcheck.rules.judge import Judge
from torchcheck.selection import Selection


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.norm = nn.BatchNorm2d(2)
        self.head = nn.Linear(2 * 36, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.norm(self.conv(x)).flatten(1))


class Mixes(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 3)
        self.mix = nn.Parameter(torch.tensor(np.eye(3)))

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x) @ self.mix


def doubles(*shape: int) -> Tensor:
    return torch.from_numpy(np.ones(shape))


def wrong_positions() -> Tensor:
    scores = torch.randn(2, 3).half()
    return scores.masked_fill(scores > 0, -1e9)


net, fc, embedding = Net(), nn.Linear(4, 3), nn.Embedding(5, 3)
EXPLAINED: dict[str, tuple[Callable[[], object], str, list[str]]] = {
    "float64 into a linear layer": (lambda: fc(doubles(2, 4)), "TCK401", ["float64", "float32", "`fc`"]),
    "float64 into a convolution": (lambda: net(doubles(2, 1, 8, 8)), "TCK401", ["`net.conv` (Conv2d)", "float64"]),
    "uint8 into a convolution": (
        lambda: net(torch.zeros(2, 1, 8, 8, dtype=torch.uint8)),
        "TCK401",
        ["`net.conv`", "uint8"],
    ),
    "ids into a linear layer": (lambda: fc(torch.ones(2, 4, dtype=torch.long)), "TCK401", ["int64"]),
    "float64 into an LSTM": (lambda: nn.LSTM(4, 3)(doubles(1, 2, 4)), "TCK401", ["LSTM", "float64"]),
    "float ids into an embedding": (lambda: embedding(torch.zeros(2)), "TCK401", ["whole-number ids", "float32"]),
    "float class ids": (lambda: F.cross_entropy(fc(torch.rand(2, 4)), torch.zeros(2)), "TCK401", ["target", "int64"]),
    "float64 parameter": (lambda: Mixes()(torch.rand(2, 4)), "TCK401", ["float64", "float32"]),
    "float64 class weights": (
        lambda: F.cross_entropy(fc(torch.rand(2, 4)), torch.zeros(2, dtype=torch.long), weight=doubles(3)),
        "TCK401",
        ["float64", "float32"],
    ),
    "integer BCE target": (
        lambda: F.binary_cross_entropy(torch.rand(2, 3), torch.zeros(2, 3, dtype=torch.long)),
        "TCK401",
        ["int64"],
    ),
    "mean of integers": (lambda: torch.arange(3).mean(), "TCK401", ["floating dtype", "int64"]),
    "input elsewhere": (lambda: fc(torch.rand(2, 4, device="meta")), "TCK402", ["`fc` (Linear)", "input is on meta"]),
    "model elsewhere": (
        lambda: nn.Linear(4, 3, device="meta")(torch.rand(2, 4)),
        "TCK402",
        ["weight is on meta"],
    ),
    "target elsewhere": (
        lambda: nn.CrossEntropyLoss()(fc(torch.rand(2, 4)), torch.zeros(2, dtype=torch.long, device="meta")),
        "TCK402",
        ["target is on meta"],
    ),
    "tensors of one expression": (
        lambda: torch.rand(2) + torch.rand(2, device="meta"),
        "TCK402",
        ["different devices"],
    ),
    "recurrent state": (
        lambda: nn.LSTM(4, 3, device="meta")(torch.rand(1, 2, 4)),
        "TCK402",
        ["LSTM", "input is on cpu"],
    ),
    "a mask of -1e9 in float16": (wrong_positions, "TCK404", ["65504"]),
}


@pytest.mark.parametrize("case", EXPLAINED)
def test_a_crash_is_explained(case: str) -> None:
    train, code, words = EXPLAINED[case]
    findings = watched(train)
    assert codes(findings) == {code}, alarms(findings)
    for word in words:
        assert word in findings[0].message
    assert findings[0].filename == __file__


def test_the_place_is_the_users_innermost_line() -> None:
    finding = watched(lambda: Mixes()(torch.rand(2, 4)))[0]
    with open(__file__) as source:
        assert source.readlines()[finding.row - 1].strip() == "return self.fc(x) @ self.mix"


def test_the_exception_passes_unchanged() -> None:
    from torchcheck import watch

    with pytest.raises(RuntimeError, match="must have the same dtype") as caught, watch() as report:
        fc(doubles(2, 4))
    assert codes(report.findings) == {"TCK401"}
    assert caught.value.__cause__ is None


UNRELATED: dict[str, Callable[[], object]] = {
    "shapes": lambda: fc(torch.rand(2, 5)),
    "the user's own": lambda: (_ for _ in ()).throw(RuntimeError("expected a Float64 of the user's")),
    "index": lambda: torch.rand(3)[5],
    "key": lambda: {}["float64"],
    "assertion": lambda: (_ for _ in ()).throw(AssertionError("devices cuda:0 and cpu")),
    "embedding range": lambda: embedding(torch.tensor([9])),
    "value": lambda: int("float32"),
    "graph freed": lambda: [loss := fc(torch.rand(2, 4)).tanh().sum(), loss.backward(), loss.backward()],
}


@pytest.mark.parametrize("case", UNRELATED)
def test_other_exceptions_are_left_alone(case: str) -> None:
    assert not codes(watched(UNRELATED[case])) & {"TCK401", "TCK402", "TCK404"}


def explained(text: str, function: str = "", module: str | None = None) -> list[Finding]:
    """What the rules say of an exception of a device that is not at hand."""
    place = Span("train.py", Position(3, 1), Position(3, 9))
    fact = Crash(
        kind="RuntimeError",
        text=text,
        place=place,
        function=function,
        module=module,
        module_kind="Linear" if module else None,
        tensors=(),
        step=0,
    )
    return Judge(Selection().rules(), Lens.RUNTIME, lambda rule, error: pytest.fail(str(error))).crash(fact)


OF_OTHER_DEVICES = [
    "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu! (when checking "
    "argument for argument mat1 in method wrapper_CUDA_addmm)",
    "Expected all tensors to be on the same device, but got mat1 is on cpu, different from other tensors on cuda:0",
    "Input type (torch.FloatTensor) and weight type (torch.cuda.FloatTensor) should be the same or input should be a "
    "MKLDNN tensor and weight is a dense tensor",
    "Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same",
    "Input type (MPSFloatType) and weight type (torch.FloatTensor) should be the same",
    "Expected object of device type cuda but got device type cpu for argument #2 'mat1' in call to _th_addmm",
    "Expected object of backend CPU but got backend CUDA for argument #4 'mat1'",
    "indices should be either on cpu or on the same device as the indexed tensor (cpu)",
    "Placeholder storage has not been allocated on MPS device!",
    "Tensor for argument #2 'mat1' is on CPU, but expected it to be on GPU (while checking arguments for addmm)",
]


@pytest.mark.parametrize("text", OF_OTHER_DEVICES)
def test_the_words_of_other_devices_are_known(text: str) -> None:
    assert {finding.code for finding in explained(text)} == {"TCK402"}


def test_state_of_an_optimizer_on_another_device_is_named() -> None:
    finding = explained(OF_OTHER_DEVICES[0], function="torch.optim.adam.Adam.step")[0]
    assert "optimizer's state" in finding.message
    assert "map_location" in finding.help


def test_dtypes_under_cuda_are_not_taken_for_devices() -> None:
    text = "Input type (torch.cuda.HalfTensor) and weight type (torch.cuda.FloatTensor) should be the same"
    assert {finding.code for finding in explained(text)} == {"TCK401"}
