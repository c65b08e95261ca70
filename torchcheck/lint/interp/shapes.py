"""Shapes as far as they are known: what views, reductions and layers make of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from math import prod
from typing import TYPE_CHECKING

from torchcheck.facts.loss import Shape
from torchcheck.lint.interp.torch_values import Tensor
from torchcheck.lint.interp.values import Const, Sequence, Value

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite


class LastOfOne(tuple[int | None, ...]):
    """The sizes of batches the last of which holds one item. Whatever computes other sizes gives a plain tuple."""

    __slots__ = ()


def sizes_from(values: list[Value]) -> Shape | None:
    """Sizes given as numbers or as one tuple of numbers; sizes that are no constants are None."""
    if len(values) == 1 and isinstance(values[0], Sequence):
        if values[0].open:
            return None
        values = list(values[0].items)
    elif len(values) == 1 and not isinstance(values[0], Const):
        return None  # one unknown argument may be a whole shape
    return tuple(v.value if isinstance(v, Const) and type(v.value) is int else None for v in values)


def shape_after(name: str, shape: Shape | None, site: CallSite) -> Shape | None:
    """The shape after a method that only reshapes; None when not known."""
    if name in ("view", "reshape"):
        return _viewed(shape, site)
    if name == "squeeze":
        return _squeezed(shape, site)
    if name == "unsqueeze":
        return _unsqueezed(shape, site.const(0, "dim"))
    if name in ("flatten", "ravel"):
        return _flattened(shape, site)
    if name in ("permute", "expand", "repeat", "tile", "unflatten", "view_as", "reshape_as", "expand_as", "unfold"):
        return sizes_from(site.args) if name == "expand" and site.args else None
    if name in ("transpose", "t", "swapaxes"):
        return tuple(reversed(shape)) if shape is not None and len(shape) == 2 else None
    if name in ("roll", "flip"):
        return shape
    if name == "gather":
        index = site.arg(1, "index")
        return index.shape if isinstance(index, Tensor) else None
    return None


def transposed(tensor: Tensor) -> Tensor:
    shape = tensor.shape
    return replace(tensor, shape=tuple(reversed(shape)) if shape is not None else None, width=None)


def reduced(shape: Shape | None, site: CallSite) -> Shape | None:
    """The shape after a reduction over `dim`, or over everything."""
    dim = site.arg(0, "dim") or site.arg(0, "axis")
    if dim is None or (isinstance(dim, Const) and dim.value is None):
        return ()
    if shape is None or not isinstance(dim, Const) or type(dim.value) is not int:
        return None
    axis = dim.value + len(shape) if dim.value < 0 else dim.value
    if not 0 <= axis < len(shape):
        return None
    keep = site.const(1, "keepdim") or site.const(1, "keepdims")
    return (*shape[:axis], 1, *shape[axis + 1 :]) if keep else (*shape[:axis], *shape[axis + 1 :])


def broadcast(one: Shape | None, two: Shape | None) -> Shape | None:
    """The shape of an elementwise operation; None when not known or impossible."""
    if one is None or two is None:
        return None
    sizes: list[int | None] = []
    for a, b in zip_longest(reversed(one), reversed(two), fillvalue=1):
        if a == 1:
            sizes.append(b)
        elif b == 1 or a == b:
            sizes.append(a)
        elif a is None or b is None:
            sizes.append(a if b is None else b)
        else:
            return None
    return tuple(reversed(sizes))


def _viewed(shape: Shape | None, site: CallSite) -> Shape | None:
    sizes = sizes_from(site.args)
    if sizes is None:
        return None
    wanted = [None if size == -1 else size for size in sizes]
    total = prod(s for s in shape if s is not None) if shape is not None and None not in shape else None
    if total is not None and wanted.count(None) == 1 and sizes.count(-1) == 1:
        rest = prod(s for s in wanted if s is not None)
        wanted = [total // rest if size is None and rest else size for size in wanted]
    return tuple(wanted)


def _squeezed(shape: Shape | None, site: CallSite) -> Shape | None:
    if shape is None:
        return None
    if not site.args and not site.keywords:
        if shape and shape[0] == 1:
            return None
        return tuple(size for size in shape if size != 1)
    dim = site.const(0, "dim")
    if type(dim) is not int:
        return None
    axis = dim + len(shape) if dim < 0 else dim
    if not 0 <= axis < len(shape) or shape[axis] is None:
        return None
    return (*shape[:axis], *shape[axis + 1 :]) if shape[axis] == 1 else shape


def _unsqueezed(shape: Shape | None, dim: object) -> Shape | None:
    if shape is None or type(dim) is not int:
        return None
    axis = dim + len(shape) + 1 if dim < 0 else dim
    return (*shape[:axis], 1, *shape[axis:]) if 0 <= axis <= len(shape) else None


def _flattened(shape: Shape | None, site: CallSite) -> Shape | None:
    start = site.const(0, "start_dim")
    if not site.args and not site.keywords:
        total = prod(s for s in shape if s is not None) if shape is not None and None not in shape else None
        return (total,)
    if shape is None or type(start) is not int or len(site.args) + len(site.keywords) > 1 or start >= len(shape):
        return None
    if start < 0:
        return None
    rest = shape[start:]
    total = prod(s for s in rest if s is not None) if None not in rest else None
    return (*shape[:start], total)
