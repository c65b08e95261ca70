"""The shapes that methods and functions which move, add or drop axes give."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torchcheck.code.axes.shape import Shape
from torchcheck.code.axes.sizes import Size, product
from torchcheck.code.axes.values import Thing, Value, number_of
from torchcheck.torch_names import words

SAME = words(
    "contiguous clone detach float half double bfloat16 int long to cuda cpu type type_as sigmoid tanh relu relu_ exp "
    "log abs neg sqrt pow clamp clip softmax log_softmax requires_grad_ detach_ numpy from_numpy as_tensor gelu silu "
    "leaky_relu elu dropout dropout2d normalize layer_norm masked_fill masked_fill_ sigmoid_ tanh_ mul_ add_ sub_ div_ "
    "softplus hardtanh hardswish copy astype ascontiguousarray flip roll cumsum argsort tril triu pin_memory"
)
"""What gives a tensor of the same shape."""
IN_PLACE = words("t_ transpose_ squeeze_ unsqueeze_ resize_ resize_as_ swapaxes_ swapdims_ set_ unflatten_")
"""Methods after which a tensor has another shape."""

Axes = list[Size]
Arguments = Sequence[Value | None]


def moved(name: str, given: Thing, arguments: Arguments, text: str) -> Thing | None:
    """What a method gives that moves, adds or drops axes; None for other methods, and where it isn't known."""
    axes = given.shape.axes
    numbers = [number_of(one) for one in _spread(arguments)]
    if name not in _MOVES or None in numbers:
        return None
    indices = [number for number in numbers if number is not None]
    if axes is None and name in ("permute", "transpose") and indices:
        _count(name, given, indices)
        axes = given.shape.axes
    if axes is None:
        return None
    try:
        return Thing(text, Shape(text, _MOVES[name](list(axes), indices)))
    except (IndexError, ValueError):
        return None


def _spread(arguments: Arguments) -> Arguments:
    """The items of a tuple that is the only argument."""
    return arguments[0] if len(arguments) == 1 and isinstance(arguments[0], tuple) else arguments


def _count(name: str, given: Thing, indices: list[int]) -> None:
    """A permutation names every axis."""
    if name == "permute":
        given.shape.count(len(indices))


def _permuted(axes: Axes, indices: list[int]) -> Axes:
    if sorted(index % len(axes) for index in indices) != list(range(len(axes))):
        raise ValueError(indices)
    return [axes[index] for index in indices]


def _transposed(axes: Axes, indices: list[int]) -> Axes:
    one, other = indices
    axes[one], axes[other] = axes[other], axes[one]
    return axes


def _turned(axes: Axes, indices: list[int]) -> Axes:
    if indices or len(axes) != 2:
        raise ValueError(indices)
    return axes[::-1]


def _flattened(axes: Axes, indices: list[int]) -> Axes:
    first, last = [*indices, *(0, -1)[len(indices) :]]
    first, last = first % len(axes), last % len(axes)
    return [*axes[:first], product(axes[first : last + 1]), *axes[last + 1 :]]


def _widened(axes: Axes, indices: list[int]) -> Axes:
    (index,) = indices
    axes.insert(index if index >= 0 else len(axes) + 1 + index, Size())
    return axes


def _squeezed(axes: Axes, indices: list[int]) -> Axes:
    (index,) = indices
    if not axes[index].is_one:  # whether it goes is not known
        raise ValueError(index)
    del axes[index]
    return axes


_MOVES: dict[str, Callable[[Axes, list[int]], Axes]] = {
    "permute": _permuted,
    "transpose": _transposed,
    "swapaxes": _transposed,
    "swapdims": _transposed,
    "t": _turned,
    "flatten": _flattened,
    "unsqueeze": _widened,
    "squeeze": _squeezed,
}
