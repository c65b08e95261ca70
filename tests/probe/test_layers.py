"""What the first layer is fed: TCK401, TCK402, TCK403 and TCK404 without a crash."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.probe.watched import alarms, codes, watched
from torchcheck.finding import Finding


def fit(
    model: nn.Module, batches: Callable[[int], Tensor], steps: int = 8, lr: float = 1e-3, classes: int = 4
) -> Callable[[], None]:
    """A classifier trained on what `batches(step)` gives; targets are noise."""

    def train() -> None:
        optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=lr)
        for step in range(steps):
            x = batches(step)
            logits = model(x).float()
            loss = F.cross_entropy(logits, torch.randint(0, classes, (len(x),)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return train


def pixels(*shape: int) -> Tensor:
    return torch.randint(0, 256, shape).float()


def only(findings: list[Finding], code: str) -> Finding:
    assert alarms(findings)
    assert codes(findings) == {code}, alarms(findings)
    return findings[0]


def mlp(inputs: int, classes: int = 4) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(inputs, 16), nn.ReLU(), nn.Linear(16, classes))


def cnn(channels: int = 3) -> nn.Module:
    return nn.Sequential(nn.Conv2d(channels, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8 * 3 * 3, 4))


class LastState(nn.Module):
    """A recurrent classifier."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.rnn = nn.LSTM(inputs, 8, batch_first=True)
        self.head = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.rnn(x)[0][:, -1])


class ByHand(nn.Module):
    """A layer of the user's own."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, 4) * 0.1)

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight


class Patches(nn.Module):
    """A small vision transformer; the container has parameters of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, 16, 4, stride=4)
        self.position = nn.Parameter(torch.zeros(1, 4, 16))
        self.block = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.head = nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.patch(x).flatten(2).transpose(1, 2) + self.position
        return self.head(self.block(tokens).mean(1))


WRONG_SCALE = {
    "raw pixels, flattened": (mlp(64), lambda i: pixels(16, 1, 8, 8), "raw pixel values"),
    "raw pixels, convolution": (cnn(), lambda i: pixels(8, 3, 8, 8), "raw pixel values"),
    "raw pixels, convolution and batch norm": (
        nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(288, 4)),
        lambda i: pixels(8, 3, 8, 8),
        "raw pixel values",
    ),
    "raw pixels, own layer": (ByHand(64), lambda i: pixels(16, 64), "raw pixel values"),
    "raw pixels, rows as a sequence": (LastState(8), lambda i: pixels(16, 8, 8), "raw pixel values"),
    "raw pixels, vision transformer": (Patches(), lambda i: pixels(4, 3, 8, 8), "raw pixel values"),
    "centred but not divided": (cnn(), lambda i: pixels(8, 3, 8, 8) - 127.5, "times unit scale"),
    "prices": (mlp(3), lambda i: torch.rand(16, 3) * 400_000 + 50_000, "times unit scale"),
    "years": (mlp(1), lambda i: torch.randint(1950, 2024, (16, 1)).float(), "times unit scale"),
    "sensor counts in a sequence": (LastState(3), lambda i: torch.rand(16, 10, 3) * 4096, "times unit scale"),
    "divided by 255 twice": (cnn(), lambda i: pixels(8, 3, 8, 8) / 255 / 255, "divided by 255 twice"),
    "normalised, then divided by 255": (mlp(64), lambda i: torch.randn(16, 64) / 255, "below unit scale"),
    "metres where millimetres are meant": (mlp(2), lambda i: torch.rand(16, 2) * 5e-4, "below unit scale"),
}


@pytest.mark.parametrize("case", WRONG_SCALE)
def test_inputs_of_a_wrong_scale_are_found(case: str) -> None:
    model, batches, words = WRONG_SCALE[case]
    finding = only(watched(fit(model, batches)), "TCK403")
    assert words in finding.message
    assert finding.module
    assert finding.evidence["batches"] >= 3


def test_the_message_names_layer_and_range() -> None:
    net = cnn()
    finding = only(watched(fit(net, lambda i: pixels(8, 3, 8, 8))), "TCK403")
    assert finding.message == "The first layer, `model.0` (Conv2d), is fed raw pixel values from 0 to 255."
    assert "255" in finding.help


class ScalesItself(nn.Module):
    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x / 127.5 - 1)


class Embedded(nn.Module):
    def __init__(self, frozen: bool = False) -> None:
        super().__init__()
        self.embedding = nn.Embedding(5000, 8)
        self.embedding.weight.requires_grad_(not frozen)
        nn.init.normal_(self.embedding.weight, std=200.0 if frozen else 1.0)
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 4)

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(self.norm(self.embedding(ids)).mean(1))


class FrozenBackbone(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten()).requires_grad_(False)
        self.head = nn.Linear(8 * 36, 4)

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            features = self.backbone(x)
        return self.head(features / features.std())


class Features(nn.Module):
    """The head of a pipeline whose frozen backbone runs beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(8 * 36, 4)
        backbone = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU()).requires_grad_(False)
        nn.init.constant_(backbone[0].weight, 30.0)
        self.__dict__["backbone"] = backbone


def test_features_of_a_frozen_model_are_not_data() -> None:
    def train() -> None:
        parts = Features()
        optimizer = torch.optim.AdamW(parts.head.parameters(), lr=1e-5)
        for _ in range(8):
            with torch.no_grad():
                features = parts.backbone(torch.rand(8, 3, 8, 8))
            loss = F.cross_entropy(parts.head(features.flatten(1)), torch.randint(0, 4, (8,)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    assert "TCK403" not in codes(watched(train))


class TwoTowers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.user, self.item = nn.Linear(4, 8), nn.Linear(6, 8)
        self.head = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.user(x[:, :4]) * self.item(x[:, 4:]))


def polynomials(i: int) -> Tensor:
    x = torch.linspace(-9, 9, 32).unsqueeze(1)
    return torch.cat([x, x**2, x**3], dim=1)


def one_odd_batch(i: int) -> Tensor:
    return torch.randn(16, 8) * (5000 if i == 2 else 1)


def diabetes(i: int) -> Tensor:
    from sklearn.datasets import load_diabetes

    return torch.tensor(load_diabetes().data[i * 32 : i * 32 + 32], dtype=torch.float32)


def digits(i: int) -> Tensor:
    from sklearn.datasets import load_digits

    return torch.tensor(load_digits().data[i * 32 : i * 32 + 32], dtype=torch.float32)


def breast_cancer(i: int) -> Tensor:
    from sklearn.datasets import load_breast_cancer

    return torch.tensor(load_breast_cancer().data[i * 32 : i * 32 + 32], dtype=torch.float32)


RIGHT_SCALE = {
    "unit scale": (mlp(8), lambda i: torch.randn(16, 8)),
    "the model scales": (ScalesItself(cnn()), lambda i: pixels(8, 3, 8, 8)),
    "uint8 that the model scales": (ScalesItself(cnn()), lambda i: pixels(8, 3, 8, 8).byte()),
    "batch norm first": (nn.Sequential(nn.BatchNorm2d(3), cnn()), lambda i: pixels(8, 3, 8, 8)),
    "layer norm first": (nn.Sequential(nn.LayerNorm(3), mlp(3)), lambda i: torch.rand(16, 3) * 9e5),
    "instance norm without parameters": (nn.Sequential(nn.InstanceNorm2d(3), cnn()), lambda i: pixels(8, 3, 8, 8)),
    "convolution, then batch norm": (
        nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(288, 4)),
        lambda i: 100 * torch.randn(8, 3, 8, 8),
    ),
    "convolution, pooling, then instance norm": (
        nn.Sequential(nn.Conv2d(3, 8, 3), nn.MaxPool2d(2), nn.InstanceNorm2d(8), nn.Flatten(), nn.Linear(72, 4)),
        lambda i: pixels(8, 3, 8, 8),
    ),
    "token ids": (Embedded(), lambda i: torch.randint(0, 5000, (16, 12))),
    "frozen embedding of large scale": (Embedded(frozen=True), lambda i: torch.randint(0, 5000, (16, 12))),
    "one-hot": (mlp(30), lambda i: F.one_hot(torch.randint(0, 30, (16,)), 30).float()),
    "sparse word counts": (mlp(500), lambda i: torch.poisson(torch.full((16, 500), 0.02)) * 2),
    "polynomial features": (mlp(3), polynomials),
    "diabetes of scikit-learn": (mlp(10), diabetes),
    "digits from 0 to 16": (mlp(64), digits),
    "quiet audio": (
        nn.Sequential(nn.Conv1d(1, 4, 9, stride=4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 62, 4)),
        lambda i: torch.randn(8, 1, 256) * 0.01,
    ),
    "one odd batch": (mlp(8), one_odd_batch),
    "frozen backbone fed pixels": (FrozenBackbone(), lambda i: pixels(8, 3, 8, 8)),
    "two towers": (TwoTowers(), lambda i: torch.randn(16, 10)),
    "images of Caffe in a frozen first layer": (
        nn.Sequential(nn.Conv2d(3, 4, 3).requires_grad_(False), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(144, 4)),
        lambda i: pixels(8, 3, 8, 8) - 110,
    ),
}


@pytest.mark.parametrize("case", RIGHT_SCALE)
def test_inputs_of_a_right_scale_are_not_accused(case: str) -> None:
    model, batches = RIGHT_SCALE[case]
    assert alarms(watched(fit(model, batches))) == []


def test_features_of_unlike_scale_are_another_rules() -> None:
    only(watched(fit(mlp(30), breast_cancer)), "TCK418")


BARE = {
    "F.linear": lambda x, w: F.linear(x, w),
    "matrix product": lambda x, w: x @ w.t(),
    "affine": lambda x, w: torch.addmm(torch.zeros(4), x, w.t()),
}


@pytest.mark.parametrize("case", BARE)
@pytest.mark.parametrize(("scale", "expected"), [(1.0, set()), (3000.0, {"TCK403"})])
def test_layers_without_a_module_are_judged_too(case: str, scale: float, expected: set[str]) -> None:
    def train() -> None:
        weight = (torch.randn(4, 8) * 0.1).requires_grad_()
        optimizer = torch.optim.Adam([weight], lr=1e-3)
        for _ in range(6):
            logits = BARE[case](torch.randn(16, 8) * scale, weight)
            loss = F.cross_entropy(logits, torch.randint(0, 4, (16,)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    assert codes(watched(train)) == expected


def test_evaluation_batches_are_not_judged() -> None:
    """Only what is trained on counts: nothing is recorded without gradients."""

    def train() -> None:
        net = mlp(8)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        for _ in range(6):
            optimizer.zero_grad()
            F.cross_entropy(net(torch.randn(8, 8)), torch.zeros(8, dtype=torch.long)).backward()
            optimizer.step()
            with torch.no_grad():
                net.eval()(torch.randn(8, 8) * 1e4)
                net.train()

    assert alarms(watched(train)) == []


class FromNumpy(nn.Module):
    """A float64 parameter, born from numpy, in a float32 model."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(8, 4)
        self.temperature = nn.Parameter(torch.tensor(np.ones(4)))

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x) / self.temperature


class LinearByHand(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(8, 4) * 0.1)

    def forward(self, x: Tensor) -> Tensor:
        return (x[:, :, None] * self.weights).sum(1)


class Deep(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Linear(8, 8), nn.ReLU())
        self.inner = FromNumpy()

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(self.stem(x))


class FloatInDouble(nn.Module):
    """A float32 parameter left over in a model that computes in float64."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 4)).double()
        self.shift = nn.Parameter(torch.zeros(4))

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x) + self.shift


WRONG_DTYPE = {
    "parameter from numpy": (FromNumpy(), lambda i: torch.randn(16, 8), "temperature"),
    "the same, nested": (Deep(), lambda i: torch.randn(16, 8), "inner.temperature"),
    "float64 data into an own layer": (
        LinearByHand(),
        lambda i: torch.from_numpy(np.random.default_rng(i).normal(size=(16, 8))),
        "float64",
    ),
    "float32 parameter in a float64 model": (FloatInDouble(), lambda i: torch.randn(16, 8).double(), "shift"),
}


@pytest.mark.parametrize("case", WRONG_DTYPE)
def test_a_stray_dtype_is_found_without_a_crash(case: str) -> None:
    model, batches, words = WRONG_DTYPE[case]
    assert words in only(watched(fit(model, batches)), "TCK401").message


class DoubleHead(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Linear(8, 8), nn.Linear(8, 4).double()

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body(x).relu().double()).float()


class CastsInside(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(8, 4) * 0.1)

    def forward(self, x: Tensor) -> Tensor:
        return x.float() @ self.weights


class MixedPrecision(nn.Module):
    """bfloat16 matrices beside a float32 norm, as large models are trained."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(8, 8).bfloat16()
        self.norm = nn.LayerNorm(8)
        self.scale = nn.Parameter(torch.ones(8))
        self.head = nn.Linear(8, 4).bfloat16()

    def forward(self, x: Tensor) -> Tensor:
        h = self.norm(self.body(x.bfloat16()).float()) * self.scale
        return self.head(h.bfloat16())


RIGHT_DTYPE = {
    "float64 throughout": (mlp(8).double(), lambda i: torch.randn(16, 8, dtype=torch.float64)),
    "float64 head on purpose": (DoubleHead(), lambda i: torch.randn(16, 8)),
    "the layer casts itself": (
        CastsInside(),
        lambda i: torch.from_numpy(np.random.default_rng(i).normal(size=(16, 8))),
    ),
    "bfloat16 and float32": (MixedPrecision(), lambda i: torch.randn(16, 8)),
    "bfloat16 throughout": (mlp(8).bfloat16(), lambda i: torch.randn(16, 8).bfloat16()),
    "int32 ids": (Embedded(), lambda i: torch.randint(0, 5000, (16, 12)).int()),
    "lazy layers": (nn.Sequential(nn.LazyLinear(8), nn.ReLU(), nn.LazyLinear(4)), lambda i: torch.randn(16, 8)),
    "uint8 that the model scales": (ScalesItself(mlp(64)), lambda i: pixels(16, 64).byte()),
}


@pytest.mark.parametrize("case", RIGHT_DTYPE)
def test_intended_dtypes_are_not_accused(case: str) -> None:
    model, batches = RIGHT_DTYPE[case]
    assert alarms(watched(fit(model, batches))) == []


def half_fit(model: nn.Module, batches: Callable[[], Tensor], dtype: torch.dtype, steps: int = 1) -> Callable[[], None]:
    """A regression in half precision by autocast, guarded against its own NaNs."""

    def train() -> None:
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
        for _ in range(steps):
            with torch.autocast("cpu", dtype=dtype):
                prediction = model(batches())
            loss = prediction.float().clamp(-1, 1).nan_to_num().mean()
            optimizer.zero_grad()
            loss.backward()
            if all(bool(torch.isfinite(p.grad).all()) for p in model.parameters()):
                optimizer.step()

    return train


def large() -> Tensor:
    return torch.rand(16, 8) * 3e5


TOO_LARGE_FOR_HALF = {
    "autocast, linear": (lambda: nn.Linear(8, 1), large),
    "autocast, convolution": (
        lambda: nn.Sequential(nn.Conv1d(1, 4, 3), nn.Flatten(), nn.Linear(24, 1)),
        lambda: large().unsqueeze(1),
    ),
    "autocast, deep": (lambda: nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1)), large),
    "autocast, one value": (
        lambda: nn.Linear(8, 1),
        lambda: torch.cat([torch.randn(15, 8), torch.full((1, 8), 7e4)]),
    ),
}


@pytest.mark.parametrize("case", TOO_LARGE_FOR_HALF)
def test_inputs_beyond_float16_are_found(case: str) -> None:
    make, batches = TOO_LARGE_FOR_HALF[case]
    finding = only(watched(half_fit(make(), batches, torch.float16)), "TCK404")
    assert "65504" in finding.message


def test_inputs_that_were_cast_to_inf_are_found() -> None:
    def train() -> None:
        net = nn.Linear(8, 1).half()
        prediction = net(large().half())
        prediction.float().clamp(-1, 1).nan_to_num().mean().backward()

    finding = only(watched(train), "TCK404")
    assert "infinite" in finding.message


def test_an_activation_that_overflows_float16_is_found() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body, self.head = nn.Linear(8, 8), nn.Linear(8, 1)

        def forward(self, x: Tensor) -> Tensor:
            return self.head(self.body(x) * 3e4)

    def train() -> None:
        net = Net().half()
        optimizer = torch.optim.SGD(net.parameters(), lr=1e-6)
        for _ in range(3):
            loss = net(torch.randn(16, 8).half() * 10).float().pow(2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    finding = only(watched(train), "TCK404")
    assert "multiplication" in finding.message
    assert "overflowed float16" in finding.message


FITS_IN_HALF = {
    "unit scale": (lambda: nn.Linear(8, 1), lambda: torch.randn(16, 8), torch.float16),
    "bfloat16": (lambda: nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 1)), large, torch.bfloat16),
    "norm first": (lambda: nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 1)), large, torch.float16),
    "scaled in the model": (lambda: ScalesItself(nn.Linear(8, 1)), lambda: pixels(16, 8), torch.float16),
}


@pytest.mark.parametrize("case", FITS_IN_HALF)
def test_values_that_fit_are_not_accused(case: str) -> None:
    make, batches, dtype = FITS_IN_HALF[case]
    assert alarms(watched(half_fit(make(), batches, dtype, steps=6))) == []


def test_a_device_mismatch_that_torch_lets_pass_is_found() -> None:
    """Convolutions of the meta device take an input from elsewhere."""

    def train() -> None:
        net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten())
        net(torch.rand(1, 1, 8, 8, device="meta"))

    finding = only(watched(train), "TCK402")
    assert "`net.0` (Conv2d)" in finding.message
    assert "input is on meta" in finding.message


def test_a_model_that_is_only_a_skeleton_is_not_accused() -> None:
    def train() -> None:
        net = mlp(8).to("meta")
        net(torch.rand(2, 8, device="meta"))

    assert alarms(watched(train)) == []
