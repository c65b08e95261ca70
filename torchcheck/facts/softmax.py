"""Over which axis a softmax runs."""

from __future__ import annotations

from torchcheck.facts.loss import Shape
from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class SoftmaxApplied:
    """A softmax or log-softmax, built or applied.

    Attributes:
        spelling: the call as the user writes it, without its arguments: `F.softmax`, `nn.LogSoftmax`.
        place: where it is applied; of a module without an axis, where it is built.
        dim: the axis, counted as the user counts it; None when it is not given or not known.
        implicit: no axis is given.
        input_name: the input as the user writes it, where the lens can tell.
        input_shape: None when not known.
        classes: size of the axis that the last layer made, where it is known though the shape is not.
        follows_layer: the input comes straight from a linear layer or a convolution.
        loss: the loss that is fed with it, as the user writes it; None where that is not known.
        attends: it gives the weights of a product that is taken sample by sample, and its axis is that of the samples.
    """

    spelling: str
    place: Place
    dim: int | None = None
    implicit: bool = False
    input_name: str | None = None
    input_shape: Shape | None = None
    classes: int | None = None
    follows_layer: bool = False
    loss: str | None = None
    attends: bool = False
