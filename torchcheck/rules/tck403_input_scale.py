"""TCK403: inputs far above or below unit scale."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from torchcheck.facts.layer import LayerFed, Moments
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option


class InputScale(Rule):
    """The first layer of a model is fed raw pixels, or data far above or far below unit scale.

    Judged is what reaches the first trained layer, so that a model that scales or normalises its own input is right,
    and so is a first layer with a normalisation after it, which makes the scale of its input irrelevant. Only raw
    pixels into a layer before a batch norm are accused all the same: the weights and running statistics of such a
    network, pretrained or to be shared, are made for scaled images.

    The typical scale is the median over features of the RMS of their non-zero elements, over at least three sampled
    batches: one-hot and sparse inputs count as 1, and one odd batch accuses nobody. Features that differ much in scale
    (polynomials) are another rule's. Embeddings, token ids, frozen layers, audio, and small but sane features
    (scikit-learn's diabetes data, RMS 0.05) are right.
    """

    code = "TCK403"
    name = "input-scale"
    level = Level.WARNING
    why = (
        "Initialisations and learning rates are made for inputs of about unit scale: gradients of the first layer grow "
        "or shrink with its input, so the training is slow or unstable."
    )
    help = "Scale the input: divide pixels by 255, or subtract the training set's mean and divide by its deviation."

    @dataclass(frozen=True)
    class Options(RuleOptions):
        large: float = option(
            50.0,
            "Typical scale from which inputs are too large; torch-audit's limit. Raw pixels have 80 to 200.",
            minimum=0,
        )
        small: float = option(
            1.25 / 255,
            "Typical scale up to which inputs are too small: that of normalised data divided by 255 again.",
            minimum=0,
        )
        small_peak: float = option(
            5 / 255,
            "No value of inputs that are too small exceeds this: normalised data (up to 5) divided by 255 again.",
            minimum=0,
        )
        pixel_scale: float = option(
            16.0,
            "Typical scale from which whole numbers up to 255 count as pixels; word counts stay below it.",
            minimum=0,
        )
        pixel_features: int = option(64, "Numbers a sample that an image has at least: 8 x 8.", minimum=1)
        unlike: float = option(
            30.0, "Ratio of feature scales from which features count as unlike; polynomials reach it.", minimum=1
        )
        batches: int = option(3, "Sampled batches that must be judged together.", minimum=1)

    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Flatten(), nn.Linear(28 * 28, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
images = torch.randint(0, 256, (128, 1, 28, 28), dtype=torch.uint8)
labels = torch.randint(0, 10, (128,))
for i in range(0, 128, 16):
    optimizer.zero_grad()
    F.cross_entropy(model(images[i : i + 16].float()), labels[i : i + 16]).backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 14 * 14, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
images = torch.rand(64, 3, 16, 16)  # already between 0 and 1
labels = torch.randint(0, 10, (64,))
for i in range(0, 64, 8):
    optimizer.zero_grad()
    F.cross_entropy(model(images[i : i + 8] / 255), labels[i : i + 8]).backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.head = nn.Linear(8 * 14 * 14, 10)

    def forward(self, images):
        x = images.float() / 127.5 - 1
        return self.head(F.relu(self.conv(x)).flatten(1))


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
images = torch.randint(0, 256, (64, 3, 16, 16), dtype=torch.uint8)
labels = torch.randint(0, 10, (64,))
for i in range(0, 64, 8):
    optimizer.zero_grad()
    F.cross_entropy(model(images[i : i + 8]), labels[i : i + 8]).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(3, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
x = torch.linspace(-8, 8, 64).unsqueeze(1)
features = torch.cat([x, x**2, x**3], dim=1)
for _ in range(50):
    loss = nn.functional.smooth_l1_loss(model(features), 0.1 * x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )

    def layer(self, fact: LayerFed) -> Iterable[Found]:
        moments = fact.moments
        if fact.batches < self.options.batches or not fact.trainable or not moments.feature_rms:
            return
        if _is_beyond_half(fact):
            return
        typical = statistics.median(moments.feature_rms)
        next_kind = fact.next_kind or ""
        if "norm" in next_kind.lower() and not ("BatchNorm" in next_kind and self._is_pixels(moments, typical)):
            return
        if typical <= self.options.small:
            if max(abs(moments.low), abs(moments.high)) <= self.options.small_peak:
                yield self._found(fact, typical, self._small(moments, typical), _UNSCALE)
        elif self._is_pixels(moments, typical):
            what = f"raw pixel values from {moments.low:.0f} to {moments.high:.0f}"
            yield self._found(
                fact, typical, what, "Divide the images by 255 (or use `ToTensor()` on PIL images) first."
            )
        elif typical >= self.options.large and self._is_large(moments):
            what = f"values from {moments.low:.4g} to {moments.high:.4g}, {typical:.0f} times unit scale"
            yield self._found(fact, typical, what, None)

    def _is_pixels(self, moments: Moments, typical: float) -> bool:
        in_range = moments.low >= 0 and 128 <= moments.high <= 255
        is_image = moments.features >= self.options.pixel_features
        return moments.whole and in_range and is_image and typical >= float(self.options.pixel_scale)

    def _is_large(self, moments: Moments) -> bool:
        """Whether nearly all features are large; where few are, they differ in scale, which is another mistake."""
        scales = sorted(moments.feature_rms)
        low, high = scales[len(scales) // 20], scales[-1 - len(scales) // 20]
        large, unlike = float(self.options.large), float(self.options.unlike)
        return low >= large or high <= low * unlike

    def _small(self, moments: Moments, typical: float) -> str:
        if moments.low >= 0 and 0.3 / 255 <= moments.high <= 1.001 / 255:
            return f"values from 0 to {moments.high:.2g}, as if pixels had been divided by 255 twice"
        return f"values from {moments.low:.2g} to {moments.high:.2g}, {1 / typical:.0f} times below unit scale"

    @staticmethod
    def _found(fact: LayerFed, typical: float, what: str, help: str | None) -> Found:
        return Found(
            message=f"The first layer, `{fact.module}` ({fact.kind}), is fed {what}.",
            at=fact.place,
            help=help,
            module=fact.module,
            step=fact.step,
            evidence={
                "typical_rms": float(f"{typical:.4g}"),
                "low": fact.moments.low,
                "high": fact.moments.high,
                "shape": list(fact.input.shape),
                "batches": fact.batches,
            },
        )


_UNSCALE = "Scale the data once (`ToTensor()` divides by 255 already), to about unit scale."


def _is_beyond_half(fact: LayerFed) -> bool:
    """Whether float16 can't even hold the input, which is TCK404."""
    moments = fact.moments
    in_half = "float16" in (fact.input.dtype, fact.autocast)
    return in_half and (moments.infinite > 0 or max(abs(moments.low), abs(moments.high)) > 65504)
