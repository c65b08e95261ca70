"""TCK602: updates about as large as the weights themselves."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass

from torchcheck.facts.scales import Sample, ScaleWindow
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option
from torchcheck.rules.flow import swells


class UpdateTooLarge(Rule):
    """Steps replace a weight rather than adjust it, and the loss does not fall.

    Two signs, each with a loss that has not fallen: two steps that change a weight matrix by half its own size, or one
    that changes it by all of it (the initialisation is thrown away), or a ratio above 0.1 that lasts after the first
    ten steps. Weights that start at or near zero and still grow have large ratios by nature and are left out, as are
    first large steps that a falling loss justifies (a single linear layer takes Adam at 0.1 well).

    Measured on 18 models: Adam at 0.01 starts with ratios of 0.07 to 0.7 and is below 0.1 by step ten, and the loss
    falls; Adam at 0.1 starts at 0.6 to 7 and Adam at 1 above 5, and where the loss had not fallen after 40 steps (in
    most of these trainings) it stayed bad. Weights grow under such steps, so the ratio itself soon looks sane.
    """

    code = "TCK602"
    name = "update-too-large"
    level = Level.WARNING
    why = "A step as large as the weights throws away what they have learned, so the loss jumps about or blows up."
    help = "Lower the learning rate tenfold, start with a warm-up, or clip the gradients."

    @dataclass(frozen=True)
    class Options(RuleOptions):
        ratio: float = option(
            0.1, "Update-to-weight ratio that must not last; upper end of TheDeepChecker's band.", minimum=0
        )
        hard_ratio: float = option(
            0.5, "Ratio that throws the weights away; hard limit of the peers that judge one step.", minimum=0
        )
        huge_ratio: float = option(4.0, "Ratio that only a loss which has fallen by much can excuse.", minimum=0)
        fall: float = option(
            0.05, "Part by which the loss must have fallen to excuse large ratios.", minimum=0, maximum=1
        )
        large_fall: float = option(0.2, "Part by which it must have fallen to excuse huge ones.", minimum=0, maximum=1)
        settled: int = option(10, "Steps after which a ratio counts as lasting.", minimum=1)
        patience: int = option(
            40, "Steps in which the loss may recover from too large first steps; it then mostly has.", minimum=1
        )
        lasting: int = option(
            120, "Steps after which a lasting ratio is said while the run goes on; a plateau may end.", minimum=1
        )
        samples: int = option(4, "Samples that must agree.", minimum=1)
        blow_up: float = option(9.0, "Relative growth of the loss at which nobody waits for it to recover.", minimum=0)
        near_zero: float = option(
            0.1,
            "Weights whose RMS x sqrt(fan-in) is below this have grown from zero; default initialisations have 0.58.",
            minimum=0,
        )

    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 64), nn.GELU(), nn.Linear(64, 64), nn.GELU(), nn.Linear(64, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1.0)
for _ in range(40):
    x = torch.randn(64, 8)
    optimizer.zero_grad()
    F.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 64), nn.GELU(), nn.Linear(64, 64), nn.GELU(), nn.Linear(64, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=10.0)
x = torch.randn(64, 8)
y = x[:, :3].argmax(1)
for _ in range(30):
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Linear(8, 3)
nn.init.zeros_(model.weight)
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
x = torch.randn(64, 8)
y = x[:, :3].argmax(1)
for _ in range(40):
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
x = torch.randn(64, 8)
y = x[:, :3].argmax(1)
for _ in range(40):
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
    )

    def scales(self, fact: ScaleWindow) -> Iterable[Found]:
        if fact.loss_change is None or fact.loss_change < -self.options.large_fall:
            return
        if swells(fact):  # no step would be small enough: TCK604
            return
        for name, samples in fact.samples.items():
            grown = [s for s in samples if self._is_grown(s, fact.fan_in.get(name))]
            verdict = self._verdict(grown, fact, fact.loss_change)
            if verdict:
                worst = max(grown, key=lambda s: s.update_ratio)
                yield Found(
                    message=(
                        f"`{name}` changes by {worst.update_ratio:.2g} times its own size in one step (step "
                        f"{worst.step}, learning rate {worst.learning_rate:g}): {verdict}."
                    ),
                    at=fact.place,
                    step=fact.step,
                    evidence={
                        "parameter": name,
                        "update_ratios": [float(f"{s.update_ratio:.3g}") for s in grown],
                        "steps": [s.step for s in grown],
                        "learning_rate": worst.learning_rate,
                    },
                )
                return

    def _is_grown(self, sample: Sample, fan_in: int | None) -> bool:
        return fan_in is not None and sample.weight * math.sqrt(fan_in) >= self.options.near_zero

    def _verdict(self, samples: list[Sample], fact: ScaleWindow, loss_change: float) -> str | None:
        """What the ratios of one weight show; None when they are fine."""
        options = self.options
        largest = max((s.update_ratio for s in samples), default=0.0)
        if loss_change < -(options.large_fall if largest >= options.huge_ratio else options.fall):
            return None
        late = [s for s in samples if s.step - fact.first_step >= options.settled]
        long = late and (fact.final or late[-1].step - fact.first_step >= options.lasting)
        stayed = list(itertools.takewhile(lambda s: s.update_ratio > options.ratio, late))
        if long and len(stayed) >= options.samples:
            until = "has stayed" if len(stayed) == len(late) else f"stayed until step {stayed[-1].step}"
            return f"its ratio {until} above {options.ratio:g} since step {late[0].step}, and the loss does not fall"
        replaced = [s for s in samples if s.update_ratio >= 2 * options.hard_ratio]
        if len(replaced) >= options.samples and loss_change > options.blow_up:
            return f"{len(replaced)} steps changed it by more than all of its size, and the loss blows up"
        huge = [s.update_ratio for s in samples if s.update_ratio >= options.hard_ratio]
        thrown_away = len(huge) >= 2 or any(ratio >= 2 * options.hard_ratio for ratio in huge)
        if thrown_away and late and (fact.final or late[-1].step - fact.first_step >= options.patience):
            return "the initial weights are thrown away, and the loss does not fall"
        return None
