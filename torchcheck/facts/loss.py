"""How a loss is fed: what its input went through last, and in which shape it meets its target."""

from __future__ import annotations

import enum

from torchcheck.facts.place import FixMaker, Place, no_fix
from torchcheck.records import frozen

Shape = tuple[int | None, ...]
"""Sizes of a tensor, batch first; None is a size that is not known."""


def show_shape(shape: Shape) -> str:
    """A shape as numpy shows it, `(32, 1)`; an unknown size is N."""
    sizes = ["N" if size is None else str(size) for size in shape]
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"


class Loss(enum.Enum):
    """The losses that are judged. The value is the functional's name in `torch.nn.functional`."""

    CROSS_ENTROPY = "cross_entropy"
    NLL = "nll_loss"
    BCE = "binary_cross_entropy"
    BCE_WITH_LOGITS = "binary_cross_entropy_with_logits"
    MULTILABEL_SOFT_MARGIN = "multilabel_soft_margin_loss"
    MSE = "mse_loss"
    L1 = "l1_loss"
    SMOOTH_L1 = "smooth_l1_loss"
    HUBER = "huber_loss"
    POISSON_NLL = "poisson_nll_loss"
    GAUSSIAN_NLL = "gaussian_nll_loss"
    KL_DIV = "kl_div"
    BY_HAND = "a loss written by hand"

    @property
    def takes_logits(self) -> bool:
        """Whether the loss applies its own softmax or sigmoid."""
        return self in _LOGIT_LOSSES

    @property
    def is_elementwise(self) -> bool:
        """Whether prediction and target meet element by element, so that unlike shapes broadcast."""
        return self in _ELEMENTWISE_LOSSES


_LOGIT_LOSSES = {Loss.CROSS_ENTROPY, Loss.BCE_WITH_LOGITS, Loss.MULTILABEL_SOFT_MARGIN}
_ELEMENTWISE_LOSSES = {Loss.MSE, Loss.L1, Loss.SMOOTH_L1, Loss.HUBER, Loss.POISSON_NLL, Loss.BY_HAND}


class Activation(enum.Enum):
    """The last thing a value went through, views and casts aside. The value is how messages call it."""

    UNKNOWN = "unknown"
    LINEAR = "no activation"  # straight from a linear, convolution or similar layer: logits
    SOFTMAX = "softmax"
    LOG_SOFTMAX = "log_softmax"
    SIGMOID = "sigmoid"
    LOG_SIGMOID = "logsigmoid"
    RELU = "ReLU"
    RELU6 = "ReLU6"
    LEAKY_RELU = "LeakyReLU"
    ELU = "ELU"
    SELU = "SELU"
    CELU = "CELU"
    GELU = "GELU"
    SILU = "SiLU"
    MISH = "Mish"
    SOFTPLUS = "softplus"
    TANH = "tanh"


@frozen(kw_only=True)
class LossFed:
    """One loss call and what it was given.

    Attributes:
        loss: which loss.
        spelling: the loss as the user writes it, `nn.CrossEntropyLoss` or `F.cross_entropy`.
        place: the loss call.
        activation: what the input went through last.
        beneath: what it went through right before that activation; the linter knows it.
        applied_at: where that activation was applied, if it is known.
        module: dotted path of the module that applied it, if a module did (`net.head.2`).
        input_name: the input as the user writes it, where the lens can tell.
        input_shape, target_shape: None when not known.
        classes: size of the input's class axis, where it is known though the shape is not.
        target_activation: what the target went through last.
        target_name: the target as the user writes it, where the lens can tell.
        log_target: the target is meant to be log-probabilities (`kl_div`); None when not known.
        input_learns, target_learns: whether a model computed it, so that gradients flow into it; None when not known.
        step: optimizer steps done; None for the linter.
        drop_activation: takes the activation out of the source.
    """

    loss: Loss
    spelling: str
    place: Place
    activation: Activation = Activation.UNKNOWN
    beneath: Activation = Activation.UNKNOWN
    applied_at: Place | None = None
    module: str | None = None
    input_name: str | None = None
    input_shape: Shape | None = None
    target_shape: Shape | None = None
    classes: int | None = None
    target_activation: Activation = Activation.UNKNOWN
    target_name: str | None = None
    log_target: bool | None = False
    input_learns: bool | None = None
    target_learns: bool | None = None
    step: int | None = None
    drop_activation: FixMaker = no_fix

    @property
    def class_count(self) -> int | None:
        """How many classes the input tells apart; None when not known."""
        if self.input_shape is None:
            return self.classes
        return self.input_shape[1] if len(self.input_shape) >= 2 else None

    @property
    def input_phrase(self) -> str:
        """The input in a message: its name in backticks, or "the input" where the name is not known."""
        return f"`{self.input_name}`" if self.input_name else "the input"

    @property
    def input_subject(self) -> str:
        """The input at the head of a sentence."""
        return f"`{self.input_name}`" if self.input_name else "The input"

    @property
    def applied_phrase(self) -> str:
        """Where the activation was applied, for a message: " (`head.2`, model.py:14)" or nothing."""
        parts = [f"`{self.module}`"] if self.module else []
        if self.applied_at is not None and self.applied_at.span() != self.place.span():
            parts.append(str(self.applied_at.span()))
        return f" ({', '.join(parts)})" if parts else ""
