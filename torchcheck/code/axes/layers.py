"""The shapes that layers of torch give."""

from __future__ import annotations

from torchcheck.code.axes.constructed import constructed
from torchcheck.code.axes.shape import Shape
from torchcheck.code.axes.sizes import Size, Symbol
from torchcheck.code.axes.values import Thing, Value
from torchcheck.code.nodes import CallView
from torchcheck.torch_names import words

_SAME = words(
    "Identity Dropout Dropout1d Dropout2d Dropout3d AlphaDropout ReLU ReLU6 LeakyReLU PReLU ELU SELU CELU GELU SiLU "
    "Mish Sigmoid Tanh Hardswish Hardsigmoid Hardtanh Softplus Softsign Softmax LogSoftmax LayerNorm RMSNorm GroupNorm "
    "BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm InstanceNorm1d InstanceNorm2d InstanceNorm3d"
)
_CONVOLUTIONS = {"Conv1d": 1, "Conv2d": 2, "Conv3d": 3}
_RECURRENT = words("RNN LSTM GRU")


def output_of(layer: CallView, given: Thing, text: str) -> Value | None:
    """What a layer gives for a tensor; None where it isn't known."""
    kind = (layer.target or "").rpartition(".")[2]
    if layer.is_open:
        return None
    if kind in _SAME:
        return Thing(text, given.shape)
    if kind == "Linear":
        return _replaced_last(given, constructed(layer.argument(1, "out_features")), text)
    if kind == "Embedding":
        return _embedded(given, constructed(layer.argument(1, "embedding_dim")), text)
    if kind in _CONVOLUTIONS:
        return _convolved(layer, given, _CONVOLUTIONS[kind], text)
    return _recurred(layer, given, text, kind) if kind in _RECURRENT else None


def _replaced_last(given: Thing, last: Size | None, text: str) -> Value | None:
    if last is None:
        return None
    axes = given.shape.axes
    return Thing(text, Shape(text, [*axes[:-1], last]) if axes else Shape(text, like=given.shape, last=last))


def _embedded(given: Thing, last: Size | None, text: str) -> Value | None:
    axes = given.shape.axes
    return Thing(text, Shape(text, [*axes, last])) if axes is not None and last is not None else None


def _convolved(layer: CallView, given: Thing, spatial: int, text: str) -> Value | None:
    channels, batch = constructed(layer.argument(1, "out_channels")), given.shape.axis(0)
    axes = given.shape.axes
    if channels is None or batch is None or (axes is not None and len(axes) != spatial + 2):
        return None
    shape = Shape(text)
    if _keeps_size(layer):
        given.shape.count(spatial + 2)
        kept = given.shape.axes
        return Thing(text, Shape(text, [batch, channels, *kept[2:]])) if kept is not None else None
    maps = [size for size in (shape.axis(2 + index) for index in range(spatial)) if size is not None]
    return Thing(text, Shape(text, [batch, channels, *maps]))


def _keeps_size(layer: CallView) -> bool:
    kernel, stride = layer.argument(2, "kernel_size"), layer.argument(3, "stride")
    padding, dilation = layer.argument(4, "padding"), layer.argument(5, "dilation")
    if kernel is None or (stride is not None and stride.literal != 1):
        return False
    if dilation is not None and dilation.literal != 1:
        return False
    width = kernel.literal
    return isinstance(width, int) and (padding.literal if padding is not None else 0) in (width // 2, "same")


def _recurred(layer: CallView, given: Thing, text: str, kind: str) -> Value | None:
    """Output and states of a recurrent network that is given a batch."""
    hidden, both = constructed(layer.argument(1, "hidden_size")), layer.argument(None, "bidirectional")
    if hidden is None or layer.argument(None, "proj_size") is not None:
        return None
    directions = both.literal if both is not None else False
    if not isinstance(directions, bool):
        return None
    first = layer.argument(None, "batch_first")
    batch = given.shape.axis(0 if first is not None and first.literal is True else 1)
    if batch is None or (first is not None and not isinstance(first.literal, bool)):
        return None
    ways = Size.of(2 if directions else 1)
    output = Thing(text, Shape(text, like=given.shape, last=ways * hidden))
    state = Thing(text, Shape(text, [ways * _layers(layer), batch, hidden]))
    return (output, (state, state) if kind == "LSTM" else state)


def _layers(layer: CallView) -> Size:
    """How many layers are stacked: often one, where it is not written as a number."""
    given = layer.argument(2, "num_layers")
    if given is None:
        return Size()
    if isinstance(given.literal, int) and given.literal > 0:
        return Size.of(given.literal)
    return Size.of(Symbol(("layers", layer.node), given.text, may_be_one=True))
