"""Operations on tensors, as methods or functions: activations, views, reductions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchcheck.facts.loss import Activation, Shape
from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.interp import cuts
from torchcheck.lint.interp.join import join_deps, join_tensors, plain
from torchcheck.lint.interp.shapes import broadcast, reduced, shape_after
from torchcheck.lint.interp.softmaxes import note_call
from torchcheck.lint.interp.torch_values import ANYTHING, NOTHING, Applied, ByHand, Deps, Loader, Tensor
from torchcheck.lint.interp.values import UNKNOWN, Const, Method, Sequence, Value, sequence
from torchcheck.lint.torch_tables import (
    AVERAGING_FUNCTIONS,
    CAST_METHODS,
    CUTTING_METHODS,
    FUNCTION_ACTIVATIONS,
    LINEAR_FUNCTIONS,
    RANKING_METHODS,
    SHAPING_METHODS,
    TRANSPARENT_FUNCTIONS,
)
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_REDUCTIONS = words("mean sum nanmean nansum")
_WHOLE = words("std var max min median prod norm amax amin logsumexp any all")
_ITEMS = words("item tolist size dim numel ndimension element_size nelement get_device")
_SIZED = words(
    "abs pow square sqrt exp log log1p neg sign clamp clip round floor ceil nan_to_num "
    "sin cos tan poisson bernoulli rsqrt reciprocal expm1 erf square_ exp_ log_ abs_ clamp_ clamp_min clamp_max"
)
_COMPARING = words("eq ne lt gt le ge isnan isfinite isinf")
_RESHAPING_IN_PLACE = words("resize resize_ resize_as_ squeeze_ unsqueeze_ transpose_ swapaxes_ swapdims_ t_ set_")
_REWRITING = words(
    "fill_ zero_ normal_ uniform_ random_ bernoulli_ copy_ scatter_ scatter_add_ index_fill_ index_copy_ index_put_ "
    "masked_scatter_ masked_fill_ exp_ log_ sigmoid_ tanh_ relu_ clamp_ pow_ sqrt_"
)
"""Methods after which a name holds other values than before."""
_IN_PLACE_LINEAR = words("mul_ add_ sub_ div_ copy_ zero_ fill_ normal_ uniform_")


def deps_of(value: Value | None) -> Deps:
    """The modules on whose parameters a value depends."""
    value = plain(value) if value is not None else None
    if isinstance(value, Tensor):
        return value.deps
    if isinstance(value, Sequence):
        found = join_deps([deps_of(item) for item in value.items])
        return found | ANYTHING if value.open else found
    return NOTHING if value is None or isinstance(value, Const) else ANYTHING


def call_method(m: Machine, func: Method, site: CallSite) -> Value:
    """A method of a tensor."""
    assert isinstance(func.receiver, Tensor)
    return operation(m, func.name, func.receiver, site, func.node.value, method=True)


def operation(
    m: Machine, name: str, tensor: Tensor, site: CallSite, argument: ir.Expr | None, *, method: bool
) -> Value:
    """An operation with a tensor as its first argument; `site` holds the others."""
    if name == "requires_grad_" and site.const(0, "") is not False:
        cuts.rewrapped(m, "requires_grad_()", site.node, tensor, argument, cuts=False)
    result = _operation(m, name, tensor, site, argument, method=method)
    if method and name in _REWRITING and isinstance(argument, ir.Name) and not tensor.leaf:
        m.bind(m.frame, argument.id, result)
    return cuts.after_operation(m, name, tensor, site, argument, result, method=method)


def _operation(
    m: Machine, name: str, tensor: Tensor, site: CallSite, argument: ir.Expr | None, *, method: bool
) -> Value:
    if name == "backward":
        from torchcheck.lint.interp.optimizers import backward

        return backward(m, site, tensor)
    activation = FUNCTION_ACTIVATIONS.get(name)
    if activation is not None:
        applied = m.applied(site.node, "method" if method else "function", argument)
        note_call(m, activation, site, 0, tensor, applied)
        return activated(m, activation, tensor, applied)
    if name in CUTTING_METHODS:
        return replace(tensor, deps=NOTHING, leaf=False)
    if method and name in _RESHAPING_IN_PLACE:
        return reshaped_in_place(m, tensor, argument)
    if name in CAST_METHODS:
        return learnable(m, tensor, argument) if name == "requires_grad_" and site.const(0, "") is not False else tensor
    if name in SHAPING_METHODS or name in TRANSPARENT_FUNCTIONS:
        m.use(*site.values())
        shape = tensor.shape if "dropout" in name else shape_after(name, tensor.shape, site)
        if name in ("split", "chunk", "unbind"):
            return Loader(replace(tensor, shape=_parts(name, tensor.shape, site), width=None, by_hand=None, leaf=False))
        width = tensor.width if "dropout" in name or name == "clone" else None
        return replace(tensor, shape=shape, width=width, by_hand=None, leaf=False)
    if name in AVERAGING_FUNCTIONS:
        return _averaged(name, tensor, site)
    return _other(m, name, tensor, site)


def reshaped_in_place(m: Machine, tensor: Tensor, target: ir.Expr | None) -> Tensor:
    """The same values in another shape, under the same name."""
    reshaped = replace(tensor, shape=None, width=None, by_hand=None)
    if isinstance(target, ir.Name):
        m.bind(m.frame, target.id, reshaped)
    return reshaped


def learnable(m: Machine, tensor: Tensor, target: ir.Expr | None) -> Tensor:
    """A tensor that requires gradients from now on; the name that it has is the same tensor."""
    if tensor.leaf or tensor.deps:
        return tensor
    leaf = replace(tensor, leaf=True, deps=frozenset({m.next_number()}), cut=None, lost=())
    if isinstance(target, ir.Name):
        m.bind(m.frame, target.id, leaf)
    return leaf


def _parts(name: str, shape: Shape | None, site: CallSite) -> Shape | None:
    """Any one of the pieces along the first axis; another axis is not told apart, so only the rank is kept."""
    if shape is None:
        return None
    if name == "unbind":
        return shape[1:]
    along_first = site.arg(1, "dim") in (None, Const(0))
    if (
        name == "split"
        and along_first
        and shape
        and 1 in (site.const(0, "split_size"), site.const(0, "split_size_or_sections"))
    ):
        return (1, *(None,) * (len(shape) - 1))
    return (None,) * len(shape)


def _averaged(name: str, tensor: Tensor, site: CallSite) -> Tensor:
    """Averages, sums and masks of logits are logits; of anything else they are something else."""
    kept = tensor.activation is Activation.LINEAR
    if name == "mean" and tensor.activation is Activation.SOFTMAX and (site.args or site.keywords):
        return replace(
            tensor, shape=reduced(tensor.shape, site), width=None, by_hand=None, leaf=False
        )  # an ensemble's average
    if name in _REDUCTIONS:
        shape = reduced(tensor.shape, site)
    else:
        shape = tensor.shape if name in ("masked_fill", "masked_fill_", "neg") else None
    by_hand = tensor.by_hand
    if by_hand is not None and name in _REDUCTIONS and by_hand.stage == 1:
        by_hand = replace(by_hand, stage=2)
    return Tensor(Activation.LINEAR if kept else Activation.UNKNOWN, None, shape, tensor.deps, by_hand=by_hand)


def _other(m: Machine, name: str, tensor: Tensor, site: CallSite) -> Value:
    if name not in RANKING_METHODS or tensor.activation is not Activation.SOFTMAX:
        m.use(tensor)
    m.use(*site.values())
    if name == "register_post_accumulate_grad_hook":
        m.hooked = True
    if name in _ITEMS:
        return _size(tensor, name, site)
    if name in _COMPARING or name == "argmax":
        return Tensor(shape=tensor.shape if name in _COMPARING else None, deps=NOTHING)
    deps = join_deps([tensor.deps, *map(deps_of, site.values())])
    if name in ("log", "exp"):
        return Tensor(_LOGS.get((name, tensor.activation), Activation.UNKNOWN), tensor.applied, tensor.shape, deps)
    if name in ("clamp", "clip", "clamp_", "clamp_min") and _keeps_probability(tensor, site):
        return replace(tensor, by_hand=None, leaf=False)
    if name in _SIZED:
        return Tensor(shape=tensor.shape, deps=deps, by_hand=_bent(tensor, name, site))
    if name in _IN_PLACE_LINEAR:
        return _in_place(m, name, tensor, site)
    if name in _WHOLE and not site.args and not site.keywords:
        return Tensor(shape=(), deps=deps)
    if name in ("std", "var", "median", "prod", "amax", "amin"):
        return Tensor(shape=reduced(tensor.shape, site), deps=deps)
    if (
        name in ("sub", "add", "mul", "div", "subtract")
        and site.args
        and isinstance(other := plain(site.args[0]), Tensor)
    ):
        return Tensor(shape=broadcast(tensor.shape, other.shape), deps=deps)
    if name in ("matmul", "mm", "mv", "bmm", "addmm") and site.args:
        return matmul(tensor, site.args[0])
    if name in ("max", "min", "topk", "sort") and site.args:
        one_axis = name in ("max", "min") and isinstance(site.args[0], Const)
        part = Tensor(shape=reduced(tensor.shape, site) if one_axis else None, deps=deps)
        return sequence("tuple", [part, Tensor(deps=NOTHING)])
    return Tensor(deps=deps)


_LOGS = {
    ("log", Activation.SOFTMAX): Activation.LOG_SOFTMAX,
    ("log", Activation.SIGMOID): Activation.LOG_SIGMOID,
    ("exp", Activation.LOG_SOFTMAX): Activation.SOFTMAX,
    ("exp", Activation.LOG_SIGMOID): Activation.SIGMOID,
}


def _keeps_probability(tensor: Tensor, site: CallSite) -> bool:
    """Whether a clamp only keeps a probability away from 0 and 1."""
    low, high = site.const(0, "min"), site.const(1, "max")
    low_is_small = low is None or (isinstance(low, int | float) and low < 0.01)
    high_is_large = high is None or (isinstance(high, int | float) and high > 0.99)
    return tensor.activation in (Activation.SOFTMAX, Activation.SIGMOID) and low_is_small and high_is_large


def _bent(tensor: Tensor, name: str, site: CallSite) -> ByHand | None:
    """A difference becomes a distance by squaring it or taking its size."""
    by_hand = tensor.by_hand
    if by_hand is None or by_hand.stage != 0:
        return by_hand if name == "sqrt" else None
    if name in ("abs", "square") or (name == "pow" and site.const(0, "exponent") == 2):
        return replace(by_hand, stage=1)
    return None


def _in_place(m: Machine, name: str, tensor: Tensor, site: CallSite) -> Tensor:
    from torchcheck.lint.interp.by_hand import watch_in_place

    watch_in_place(m, tensor, name, site)
    return tensor if tensor.leaf else Tensor(shape=tensor.shape, deps=tensor.deps)


def _size(tensor: Tensor, name: str, site: CallSite) -> Value:
    if tensor.shape is None:
        return UNKNOWN
    if name in ("dim", "ndimension"):
        return Const(len(tensor.shape))
    if name == "size" and not site.args and not site.keywords:
        return sequence("tuple", [Const(s) if s is not None else UNKNOWN for s in tensor.shape])
    axis = site.const(0, "dim")
    if name == "size" and type(axis) is int and -len(tensor.shape) <= axis < len(tensor.shape):
        size = tensor.shape[axis]
        return Const(size) if size is not None else UNKNOWN
    return UNKNOWN


def activated(m: Machine, activation: Activation, tensor: Value | None, applied: Applied) -> Tensor:
    """The output of an activation."""
    m.use(tensor if isinstance(tensor, Tensor) else None)
    deps = deps_of(tensor) if m.grad_off <= 0 else NOTHING
    if not isinstance(tensor, Tensor):
        return Tensor(activation, applied, None, deps)
    return Tensor(activation, applied, tensor.shape, deps, width=tensor.width, beneath=tensor.activation)


def matmul(left: Value | None, right: Value | None) -> Tensor:
    """A product with a parameter is a linear layer written by hand; of two computed values it may be anything."""
    left, right = plain(left or UNKNOWN), plain(right or UNKNOWN)
    deps = join_deps([deps_of(left), deps_of(right)])
    linear = any(isinstance(value, Tensor) and value.leaf for value in (left, right))
    return Tensor(Activation.LINEAR if linear else Activation.UNKNOWN, None, _product_shape(left, right), deps)


def _product_shape(left: Value, right: Value) -> Shape | None:
    one = left.shape if isinstance(left, Tensor) else None
    two = right.shape if isinstance(right, Tensor) else None
    if one is None or two is None or not one or not 1 <= len(two) <= 2:
        return None
    return (*one[:-1], *two[1:]) if len(one) >= 2 or len(two) == 1 else None


def concatenated(name: str, parts: Value | None, site: CallSite) -> Tensor:
    """`cat` and `stack`: what all the parts are."""
    if not isinstance(parts, Sequence) or not parts.items:
        return Tensor()
    tensors = [plain(item) for item in parts.items]
    known = [item for item in tensors if isinstance(item, Tensor)]
    if len(known) < len(tensors) or parts.open:
        return Tensor(deps=join_deps([deps_of(item) for item in tensors]) | ANYTHING)
    joined = replace(join_tensors(known), leaf=False, by_hand=None)
    shape = joined.shape
    if shape is not None and name in ("stack", "vstack"):
        shape = None
    elif shape is not None:
        axis = site.const(1, "dim") or 0
        shape = (
            tuple(None if i == axis or axis < 0 else size for i, size in enumerate(shape))
            if type(axis) is int
            else None
        )
    return replace(joined, shape=shape, width=None)


def functional(m: Machine, name: str, site: CallSite) -> Value | None:
    """A function of `torch` or `torch.nn.functional` over a tensor; None where it isn't one we know."""
    if name in ("cat", "concat", "stack", "hstack", "vstack", "concatenate"):
        parts = site.arg(0, "tensors")
        return concatenated(name, parts, site)
    first = site.arg(0, "input")
    if name in LINEAR_FUNCTIONS:
        deps = join_deps([deps_of(value) for value in site.values()])
        return Tensor(Activation.LINEAR, None, None, deps if m.grad_off <= 0 else NOTHING)
    if name in FUNCTION_ACTIVATIONS:
        value, applied = plain(first or UNKNOWN), m.applied(site.node, "function", site.expr(0, "input"))
        note_call(m, FUNCTION_ACTIVATIONS[name], site, 1, value, applied)
        return activated(m, FUNCTION_ACTIVATIONS[name], value, applied)
    tensor = plain(first) if first is not None else None
    if name in ("matmul", "mm", "mv", "bmm"):
        return matmul(first, site.arg(1, "other") or site.arg(1, "mat2"))
    if name == "_foreach_zero_":
        m.happen(Act.CLEAR, site.node, certain=False)
    if isinstance(tensor, Tensor):
        rest = site.rest() if "input" not in site.keywords else site
        return operation(m, name, tensor, rest, site.expr(0, "input"), method=False)
    marked = cuts.of_unknown(m, name, site.rest(), site.expr(0, "input"), UNKNOWN, method=False)
    if marked is not UNKNOWN:
        return marked
    if name in ("squeeze", "unsqueeze", "flatten", "reshape", "mean", "sum", "relu", "exp", "log", "abs", "pow"):
        return Tensor(shape=shape_after(name, None, site.rest()), deps=deps_of(tensor))
    return None
