"""TCK601: updates far too small for the weights to go anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torchcheck.facts.scales import Sample, ScaleWindow
from torchcheck.finding import JSON, Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option


class UpdateTooSmall(Rule):
    """No weight moves by more than a sliver of its size, from the first steps on, and the loss stands still.

    The ratio of an update to the weight it changes is around 1e-3 in a training that works. Accused is a training
    whose largest ratio over all weight matrices stays under `ratio` from its first steps on, at a learning rate that
    is neither in warm-up nor in decay, while the loss does not fall; and one whose schedule has taken the learning rate
    away for more than two fifths of the run. Trainings that have converged, late steps of a
    cosine schedule, warm-up, fine-tuning with small rates, and weights that start at zero (LoRA) are right.

    Measured on 18 models that train (perceptrons, CNNs, residual nets, transformers, recurrent nets, embedding bags)
    with SGD at 0.01 to 0.1 and AdamW at 1e-5 to 1e-2: the largest ratio of the first 60 steps lies between 8e-5
    (AdamW at 1e-5) and 0.74; a healthy training has about 1e-3 to 1e-2.
    """

    code = "TCK601"
    name = "update-too-small"
    level = Level.WARNING
    why = "Weights that change by a millionth a step need a million steps to become others: the model hardly trains."
    help = (
        "Raise the learning rate until updates are about 1e-3 of the weights, or look for what shrinks the gradients."
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        ratio: float = option(
            3e-5,
            "Largest update-to-weight ratio that counts as too small. A healthy ratio is about 1e-3 (TheDeepChecker "
            "accepts 1e-4 to 0.1); AdamW fine-tuning at 1e-5 has 8e-5 and more.",
            minimum=0,
            maximum=1,
        )
        gone: float = option(
            1e-4, "Part of its peak below which a schedule has taken the learning rate away.", minimum=0, maximum=1
        )
        steps: int = option(
            15, "Steps that it must last, from the first ones on; a shorter run proves nothing.", minimum=1
        )
        patience: int = option(
            300, "Steps after which it is said while the run goes on; small rates may just be slow.", minimum=1
        )
        fall: float = option(
            0.05,
            "A loss that has fallen by more than this part is evidence that the rate will do.",
            minimum=0,
            maximum=1,
        )
        samples: int = option(8, "Samples that must agree.", minimum=1)

    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
x, y = torch.randn(64, 8), torch.randint(0, 3, (64,))
for _ in range(30):
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-7)
criterion = nn.MSELoss()
for step in range(60):
    x = torch.randn(64, 8)
    loss = criterion(model(x), x[:, :1].sin())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
warm_up = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1e-4, total_iters=1000)
x, y = torch.randn(64, 8), torch.randint(0, 3, (64,))
for _ in range(60):
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
    warm_up.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(64, 4)
y = x @ torch.tensor([[1.0], [2.0], [-1.0], [0.5]])
for _ in range(300):
    loss = nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )

    def scales(self, fact: ScaleWindow) -> Iterable[Found]:
        everything = [sample for samples in fact.samples.values() for sample in samples]
        if not any(sample.gradient > 0 for sample in everything):
            return
        yield from self._never_moves(fact, everything)
        yield from self._stands_still(fact)

    def _never_moves(self, fact: ScaleWindow, everything: list[Sample]) -> Iterable[Found]:
        """Updates are too small from the first steps on."""
        if fact.loss_change is None or not self._is_long(fact) or _is_at_the_optimum(everything):
            return
        name, samples = max(fact.samples.items(), key=lambda item: max(s.update_ratio for s in item[1]))
        ratio, rate = max(s.update_ratio for s in samples), max(s.learning_rate for s in samples)
        travel = ratio * (fact.step - fact.first_step)
        if fact.loss_change < -(self.options.fall if travel > _NOWHERE else _BY_CHANCE):
            return
        if ratio < self.options.ratio:
            yield Found(
                message=(
                    f"Every update of `{fact.optimizer}` is under {self.options.ratio:.0e} of the weights: `{name}`, "
                    f"which moves most, changes by at most {ratio:.1e} of its size a step (learning rate {rate:g}), "
                    "and the loss does not fall."
                ),
                at=fact.place,
                step=fact.step,
                evidence=_evidence(name, ratio, samples),
            )

    def _stands_still(self, fact: ScaleWindow) -> Iterable[Found]:
        """A schedule has taken the learning rate away long before the end."""
        longest = max(fact.samples.values(), key=len)
        tail = {name: list(samples)[-_TAIL:] for name, samples in fact.samples.items()}
        newest = [sample for samples in tail.values() for sample in samples]
        first, last = longest[-_TAIL:][0], longest[-1]
        if len(longest) <= _TAIL or last.step - first.step < max(100, _LONG_GONE * (fact.step - fact.first_step)):
            return
        ratio, rate = max(s.update_ratio for s in newest), max(s.learning_rate for s in newest)
        if ratio < self.options.ratio / 10 and rate < self.options.gone * fact.peak_learning_rate:
            name = max(tail, key=lambda n: max(s.update_ratio for s in tail[n]))
            yield Found(
                message=(
                    f"The schedule has taken the learning rate of `{fact.optimizer}` from {fact.peak_learning_rate:g} "
                    f"to {last.learning_rate:.1e}: no weight has moved by more than {ratio:.1e} of its size a step "
                    f"since step {first.step}."
                ),
                at=fact.place,
                step=fact.step,
                help="Step a schedule that is meant for epochs once an epoch, or make its decay slower.",
                evidence=_evidence(name, ratio, tail[name]),
            )

    def _is_long(self, fact: ScaleWindow) -> bool:
        longest = max(fact.samples.values(), key=len)
        risen = _risen(longest)
        if not risen or longest[0].step >= fact.first_step + 5:
            return False
        first, last = risen[0].step, risen[-1].step
        if fact.final:  # the steps after the last sample, up to where the next would have been
            last = max(last, min(fact.step, last + 10))
        steps = self.options.steps if fact.final else self.options.patience
        return len(risen) >= int(self.options.samples) and last - first >= int(steps)


_TAIL = 12
_LONG_GONE = 0.4  # part of the run; the newest samples reach no farther back
_NOWHERE, _BY_CHANCE = 1e-3, 0.3
"""Weights that have gone less than a thousandth of their size are where they were: batches of another kind, not the
training, make the loss fall then, and by less than a third."""


def _evidence(name: str, ratio: float, samples: Sequence[Sample]) -> dict[str, JSON]:
    return {
        "parameter": name,
        "largest_update_ratio": ratio,
        "learning_rate": samples[-1].learning_rate,
        "from_step": samples[0].step,
        "to_step": samples[-1].step,
    }


def _is_at_the_optimum(samples: list[Sample]) -> bool:
    """Whether the gradients are mere rounding errors: below 1e-8 of the weights, under float32's 6e-8 of one number."""
    return all(sample.gradient <= 1e-8 * sample.weight for sample in samples)


def _risen(samples: Sequence[Sample]) -> list[Sample]:
    """The samples with at least half of the highest learning rate; none while it still rises."""
    highest = max(sample.learning_rate for sample in samples)
    risen = [sample for sample in samples if sample.learning_rate >= highest / 2]
    middle = risen[len(risen) // 2].learning_rate
    return risen if highest > 0 and samples[-1].learning_rate <= 1.01 * middle else []
