"""What the exam of one batch measures, before the run."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class FirstLoss:
    """The loss of the model as it is given, where it is one loss of torch's own and nothing else.

    Attributes:
        place: of the exam.
        loss: the loss as a user writes it, `F.cross_entropy`.
        value: what it is.
        unknowing: what it is for an answer that knows nothing: all classes alike, or zero everywhere.
        constant: what it is for the best answer that does not look at the input; None where not known.
        classes: how many classes it tells apart; None for a regression.
        output_scale: root of the mean square of the model's outputs.
        target_mean, target_spread: mean and standard deviation of the targets of a regression; None otherwise.
    """

    place: Place
    loss: str
    value: float
    unknowing: float
    constant: float | None
    classes: int | None
    output_scale: float
    target_mean: float | None = None
    target_spread: float | None = None


def sentence(text: str) -> str:
    """The text with a capital letter."""
    return text[:1].upper() + text[1:]


class Learned(enum.Enum):
    """What became of an attempt to learn one batch by heart."""

    BY_HEART = "by heart"
    FALLS = "falls"  # lower than before, and how low it can get is not known, or not yet reached
    AS_A_CONSTANT = "as a constant"  # no better than an answer that does not look at the input
    SHORT = "short"  # it stands still far above the least that it can be
    STUCK = "stuck"  # it does not fall at all
    UNTRIED = "untried"  # too slow, or nothing to learn


@frozen(kw_only=True)
class Attempt:
    """A short training on one batch.

    Attributes:
        optimizer: how a message calls it, "`optimizer`"; "Adam" for one of the exam's own.
        rate: its largest learning rate.
        steps: how many there were.
        first, best: the loss at the start, and the smallest.
        learned: what became of it.
        finite: whether every loss was a number.
        exploded: whether it ended with no number, or far above where it began.
    """

    optimizer: str
    rate: float
    steps: int
    first: float
    best: float
    learned: Learned
    finite: bool = True
    exploded: bool = False

    @property
    def fell(self) -> float:
        """How much the loss fell, as a part of what it was."""
        return (self.first - self.best) / max(abs(self.first), 1e-12)


@frozen(kw_only=True)
class OneBatch:
    """Whether a model can learn one batch by heart.

    Attributes:
        place: of the exam.
        model: how a message calls it, "`net`" or "the model".
        attempts: in order; the first is with the user's own optimizer, if there is one.
        own: whether that is so.
        floor: the least that the loss can be; None where not known.
        constant: as in `FirstLoss`.
        parameters, targets: how many numbers learn, and how many are to be learned; None where not known.
        varied: whether the inputs differ enough that they can be told apart.
        gradient: norm of the gradient at the start; 0 where there is none.
    """

    place: Place
    model: str
    attempts: tuple[Attempt, ...]
    own: bool
    floor: float | None
    constant: float | None
    parameters: int
    targets: int | None
    varied: bool
    gradient: float

    @property
    def best(self) -> Attempt:
        """The attempt that got farthest."""
        return min(self.attempts, key=lambda attempt: (attempt.learned is not Learned.BY_HEART, attempt.best))

    @property
    def stands(self) -> bool:
        """Whether the lowest loss is where attempts with unlike learning rates come to a stand."""
        if not self.gradient and self.attempts[0].learned is Learned.STUCK:
            return all(attempt.learned is not Learned.BY_HEART for attempt in self.attempts)
        return stand(self.attempts, self.floor)


STANDS = (Learned.STUCK, Learned.AS_A_CONSTANT, Learned.SHORT)


def stand(attempts: Sequence[Attempt], floor: float | None) -> bool:
    """Whether attempts have come to a stand: none has moved the loss, or two at the same loss, and no other came lower.

    Those whose rate was so large that the loss exploded say nothing, and a user's rate and a larger one prove nothing:
    both may have killed the model, which then answers with a constant.
    """
    if any(attempt.learned is Learned.BY_HEART for attempt in attempts):
        return False
    first = attempts[0]
    if first.optimizer != "Adam" and all(
        attempt.optimizer == first.optimizer and attempt.rate >= first.rate for attempt in attempts
    ):
        return False
    calm = [attempt for attempt in attempts if not attempt.exploded]
    if len(calm) > 2 and all(attempt.learned is Learned.STUCK for attempt in calm):
        return True
    lowest = min(attempts, key=lambda attempt: attempt.best)
    return lowest.learned in STANDS and _agree([attempt for attempt in calm if attempt.learned in STANDS], floor)


def _agree(still: Sequence[Attempt], floor: float | None) -> bool:
    """Whether the two lowest lie at one height, well below where they began."""
    moved = sorted((attempt for attempt in still if attempt.learned is not Learned.STUCK), key=lambda one: one.best)
    if len(moved) < 2 or floor is None:
        return False
    return moved[1].best - moved[0].best <= 0.1 * (moved[0].best - floor)


@frozen(kw_only=True)
class RateTried:
    """Where a learning rate lies on the curve of a range test: the loss over learning rates that grow step by step.

    Attributes:
        place: of the exam.
        optimizer: how a message calls it, "`optimizer`" or "the optimizer".
        rate: the largest of its groups.
        own: how the model learns the batch with it.
        works: a rate with which it learns it, or learns far more of it; None where the own one does, or none does.
        diverges: the rate from which the loss explodes; None where it does not.
        steepest: the rate at which the loss falls fastest; None where it does not fall.
    """

    place: Place
    optimizer: str
    rate: float
    own: Attempt
    works: float | None
    diverges: float | None
    steepest: float | None


@frozen(kw_only=True)
class SamplesMixed:
    """The output of one sample changes with another sample, in evaluation mode.

    Attributes:
        place: of the exam.
        model: how a message calls it, "`net`" or "the model".
        effect: how much outputs change when other samples do, as a part of their spread.
        module: path of the module in which the first sample meets another; None where not known, empty for the model.
        kind: class of that module; None where not known.
    """

    place: Place
    model: str
    effect: float
    module: str | None
    kind: str | None


@frozen(kw_only=True)
class InputIgnored:
    """The outputs of the samples of a batch, before and after some training, and with other inputs.

    Attributes:
        place: of the exam.
        model: how a message calls it, "`net`" or "the model".
        spread: how far outputs lie apart, or move when the inputs are changed, at most, as a part of the largest; the
            most of all the states that were looked at.
        input_spread: how far the inputs lie apart.
        steps: of training in between.
    """

    place: Place
    model: str
    spread: float
    input_spread: float
    steps: int


@frozen(kw_only=True)
class OwnGradient:
    """The gradient of an `autograd.Function` of the user's, beside finite differences in float64.

    Attributes:
        place: its class.
        function: the name of the class.
        argument: which argument of `forward` it belongs to, as it is called there.
        given, measured: its gradient and the finite difference where they differ most.
        wrong, looked_at: how many of the numbers that were looked at differ.
    """

    place: Place
    function: str
    argument: str
    given: float
    measured: float
    wrong: int
    looked_at: int


@frozen(kw_only=True)
class StillDrops:
    """A dropout that draws though every module is in evaluation mode.

    Attributes:
        place: its call.
        function: as a user writes it, `F.dropout`.
        module: path of the module that called it.
        rate: its probability.
    """

    place: Place
    function: str
    module: str
    rate: float


class Reach(enum.Enum):
    """Why no gradient reaches a parameter."""

    CUT = "cut"  # the loss depends on it, and no gradient comes back
    NEVER_CALLED = "never called"  # its module takes no part in the pass
    UNUSED = "unused"  # its module runs, and nothing of it is in the loss


@frozen(kw_only=True)
class Unreached:
    """Trainable parameters without a gradient after a backward.

    Attributes:
        place: of the exam.
        name: of the module whose parameters they are, or of the one parameter.
        reach: why.
        count: how many parameters.
        optimizer: whether an optimizer is known to train them; None where none is known.
    """

    place: Place
    name: str
    reach: Reach
    count: int
    optimizer: bool | None
