"""Where gradients are lost on the way from a model to a loss.

A tensor that has lost them carries the `Cut` that did it (it is dead, all made of it alone is dead too); a sum of a
dead number and a living one has lost a term. Both are facts only when they are backpropagated. A factor may be dead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from torchcheck.facts.cut import LossCut, LossRewrapped
from torchcheck.lint import ir
from torchcheck.lint.interp.cut import Cut
from torchcheck.lint.interp.join import plain
from torchcheck.lint.interp.origins import computed_by_model
from torchcheck.lint.interp.spelling import last_part, spell
from torchcheck.lint.interp.torch_values import NOTHING, Tensor
from torchcheck.lint.interp.values import UNKNOWN, Const, Mapping, Sequence, Symbol, Unknown, Value, sequence
from torchcheck.patterns import pattern
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_CUTTING = words("argmax argmin argsort detach numpy tolist item round sign floor ceil eq ne lt gt le ge")
_NUMBERS = words("item tolist")
_RANKING = words("max min topk sort")
_METHODS = words("item detach numpy")
_LOSS_NAME = pattern(
    r"(?i)(^|_)(loss|losses|cost|err)(_?[a-z]|_?\d+|_(value|val|sum|total|mean))?$|^loss_\w{1,8}$|^(bce|ce|mse|nll)$"
)
_NO_LOSS = pattern(r"(?i)weight|_fn$|func|scale|fct|lambda|coef")
_LOSS_CALL = pattern(r"(?i)^(loss_?(fn|func|function|fct)?|\w+_loss|\w*criterion\w*|\w*cross_entropy\w*)$")
_LONGEST_NAME = 40


def is_loss_name(expr: ir.Expr | None) -> bool:
    """Whether a name is one of those that losses have."""
    name = last_part(spell(expr))
    return bool(name) and _LOSS_NAME.search(name) is not None and _NO_LOSS.search(name) is None


def is_loss_call(expr: ir.Expr | None) -> bool:
    """Whether a call is of something that losses are called."""
    return isinstance(expr, ir.Call) and _LOSS_CALL.search(last_part(spell(expr.func))) is not None


def _names_learner(value: Value, expr: ir.Expr | None) -> bool:
    """Whether the text says that a loss or a model computed it."""
    return is_loss_call(expr) or is_loss_name(expr) or computed_by_model(value, expr) is True


def is_live(value: Value, expr: ir.Expr | None) -> bool:
    """Whether gradients surely flow from a value into a model; of values not followed, by their names."""
    value = plain(value)
    if isinstance(value, Tensor) and (value.cut is not None or not value.deps):
        return False
    if isinstance(value, Tensor) and value.deps - {0}:
        return True
    return isinstance(value, Tensor | Symbol | Unknown) and _names_learner(value, expr)


def is_still(value: Value, expr: ir.Expr | None) -> bool:
    """Whether a value surely has no gradient to lose: a constant, data, or what is dead itself."""
    value = plain(value)
    if isinstance(value, Const):
        return True
    if isinstance(value, Tensor):
        return value.cut is not None or not value.deps
    return isinstance(value, Symbol | Unknown) and computed_by_model(value, expr) is False


def cut_of(m: Machine, by: str, node: ir.Expr, source: ir.Expr | None) -> Cut | None:
    """A cut of something; None for a difference, whose cut is half of a straight-through estimator."""
    if isinstance(source, ir.Binary) and source.op == "-":
        return None
    name = m.text(source) if source is not None else ""
    return Cut(m.place(node), by, name if 0 < len(name) <= _LONGEST_NAME else None)


def after_operation(
    m: Machine, name: str, tensor: Value, site: CallSite, source: ir.Expr | None, result: Value, *, method: bool
) -> Value:
    """What an operation on a tensor gave, with the cut that it made or carries on."""
    if name == "requires_grad_" and isinstance(result, Tensor) and result.leaf:
        return result  # where gradients end anyway
    if isinstance(tensor, Tensor) and tensor.cut is not None:
        others = zip([*site.args, *site.keywords.values()], [*site.exprs, *site.keyword_exprs.values()], strict=False)
        return _marked(result, tensor.cut) if all(is_still(value, expr) for value, expr in others) else result
    if m.grad_off > 0 or not is_live(tensor, source):
        return result
    if name in _RANKING and isinstance(result, Sequence) and len(result.items) == 2:
        cut = cut_of(m, f"the index of `{name}`", site.node, source)
        return sequence("tuple", [result.items[0], _marked(result.items[1], cut)])
    if name not in _CUTTING or isinstance(result, Sequence | Const):
        return result
    cut = cut_of(m, f"`.{name}()`" if method and name in _METHODS else f"`{name}`", site.node, source)
    return _marked(result, cut, number=name in _NUMBERS)


def of_unknown(m: Machine, name: str, site: CallSite, source: ir.Expr | None, result: Value, *, method: bool) -> Value:
    """The same for a value that is not followed, where its name says that a model or a loss computed it."""
    if source is None or not is_live(UNKNOWN, source):
        return result
    ranks = name in ("max", "topk") and bool(site.args or site.keywords)
    if ranks and not isinstance(result, Tensor):
        result = sequence("tuple", [UNKNOWN, Tensor(deps=NOTHING)])
    elif name not in words("argmax item detach round"):
        return result
    return after_operation(m, name, UNKNOWN, site, source, result, method=method)


def _marked(result: Value, cut: Cut | None, *, number: bool = False) -> Value:
    if cut is None:
        return result
    if isinstance(result, Tensor):
        return replace(result, cut=cut, lost=())
    return Tensor(shape=() if number else None, deps=NOTHING, cut=cut) if result is UNKNOWN else result


def attribute_cut(m: Machine, tensor: Tensor, expr: ir.Attribute) -> Tensor:
    """`loss.data`"""
    if expr.attr != "data" or m.grad_off > 0 or tensor.leaf or not is_live(tensor, expr.value):
        return tensor
    return replace(tensor, deps=NOTHING, cut=cut_of(m, "`.data`", expr, expr.value), lost=())


def combined(expr: ir.Binary, left: Value, right: Value, result: Value) -> Value:
    """What arithmetic makes of cuts: dead with still is dead; a dead number added to a living value is a lost term."""
    if not isinstance(result, Tensor):
        return result
    cuts = [value.cut for value in (left, right) if isinstance(value, Tensor) and value.cut is not None]
    lost = tuple(cut for value in (left, right) if isinstance(value, Tensor) for cut in value.lost)
    if not cuts and not lost:
        return result
    still = [is_still(left, expr.left), is_still(right, expr.right)]
    if cuts and all(still):
        return replace(result, cut=cuts[0])
    if expr.op in ("+", "-"):
        for value, other, other_expr in ((left, right, expr.right), (right, left, expr.left)):
            if not isinstance(value, Tensor) or value.cut is None or not is_live(other, other_expr):
                continue
            if value.shape == () or (isinstance(other, Tensor) and other.shape == ()):
                lost += (value.cut,)
        return replace(result, lost=lost)
    scaled = (expr.op in ("*", "/") and isinstance(right, Const)) or (expr.op == "*" and isinstance(left, Const))
    return replace(result, lost=lost) if scaled else result


def compared(m: Machine, expr: ir.Compare, left: Value, right: Value, result: Tensor) -> Tensor:
    """A comparison of what a model says carries no gradient."""
    left, right = plain(left), plain(right)
    for value in (left, right):
        if isinstance(value, Tensor) and value.cut is not None:
            return replace(result, cut=value.cut)
    if m.grad_off > 0 or not (
        (isinstance(left, Tensor) and is_live(left, expr.left))
        or (isinstance(right, Tensor) and is_live(right, expr.right))
    ):
        return result
    return replace(result, cut=cut_of(m, "a comparison", expr, expr.left))


def copied(m: Machine, name: str, site: CallSite, result: Tensor) -> Tensor:
    """`torch.tensor(prediction)`: a copy outside the graph."""
    if name not in ("tensor", "FloatTensor", "Tensor") or not site.args or m.grad_off > 0:
        return result
    given = plain(site.args[0])
    parts = given.items if isinstance(given, Sequence) else (given,)
    dead = next((part.cut for part in parts if isinstance(part, Tensor) and part.cut is not None), None)
    if dead is not None:
        return replace(result, cut=dead)
    expr = site.expr(0, "data")
    known = any(isinstance(part, Tensor) and is_live(part, None) for part in parts)
    if not known and (isinstance(given, Sequence | Const) or not is_live(given, expr)):
        return result
    return replace(result, cut=cut_of(m, f"`{m.text(site.node.func)}`", site.node, expr))


def fed(given: Value, target: Value, exprs: Iterable[ir.Expr | None], result: Value) -> Value:
    """A loss of dead values is dead."""
    cut = next((value.cut for value in (given, target) if isinstance(value, Tensor) and value.cut is not None), None)
    if cut is None or not all(is_still(v, e) for v, e in zip((given, target), exprs, strict=True)):
        return result
    return _marked(result, cut, number=True)


def unknown_loss(site: CallSite, name: str, result: Value) -> Value:
    """A call of a criterion that is not followed."""
    if len(site.args) != 2 or _LOSS_CALL.search(name) is None:
        return result
    return fed(plain(site.args[0]), plain(site.args[1]), site.exprs, result)


def to_number(m: Machine, name: str, site: CallSite, result: Value) -> Value:
    """`float(loss)`"""
    value, expr = plain(site.args[0]), site.expr(0, "x")
    if result is not UNKNOWN or m.grad_off > 0:
        return result
    if isinstance(value, Tensor) and value.cut is not None:
        return _marked(result, value.cut, number=True)
    return _marked(result, cut_of(m, f"`{name}`", site.node, expr), number=True) if is_live(value, expr) else result


def learned_from(m: Machine, loss: Value) -> None:
    """A loss is backpropagated: whatever it has lost matters now."""
    loss = plain(loss)
    if isinstance(loss, Mapping):
        loss = loss.cells.get("loss", UNKNOWN)
    if not isinstance(loss, Tensor) or loss.leaf:
        return
    for cut in loss.lost if loss.cut is None else (loss.cut,):
        fact = LossCut(place=cut.place, by=cut.by, name=cut.name, whole=loss.cut is not None)
        m.facts.cuts.append((cut.place.file, fact))


def rewrapped(m: Machine, by: str, node: ir.Expr | ir.Stmt, value: Value, expr: ir.Expr | None, *, cuts: bool) -> None:
    """A loss becomes a leaf. `cuts`: by a copy; otherwise it is harmless where the loss has its graph."""
    value = plain(value)
    inner = expr
    while isinstance(inner, ir.Attribute) and inner.attr == "data":
        inner = inner.value
    while isinstance(inner, ir.Call) and isinstance(inner.func, ir.Attribute):
        of_torch = isinstance(inner.func.value, ir.Name) and inner.func.value.id == "torch"
        inner = inner.args[0].value if of_torch and inner.args else inner.func.value
    if inner is None or not is_loss_name(inner) or isinstance(m.eval(inner), Const):
        return
    if "register_hook" in m.frame.file.text:
        return  # gradients are handed on by hand, as in a cache of gradients
    dead = isinstance(value, Tensor) and value.cut is not None
    if not cuts and not dead and isinstance(value, Tensor) and value.deps - {0}:
        return
    if isinstance(value, Tensor) and not value.deps and not dead and id(value) not in m.history.losses:
        return  # made from nothing: where a sum begins
    m.facts.rewrapped.append((m.frame.file, LossRewrapped(place=m.place(node), by=by, name=m.text(inner))))
