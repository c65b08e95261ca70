"""Weights updated by hand: `w -= lr * w.grad`, `p.data.add_(p.grad, alpha=-lr)` and their like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torchcheck.facts.by_hand import UpdatedByHand
from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.interp.spelling import spell
from torchcheck.lint.interp.torch_values import ANYTHING, Gradient, Tensor
from torchcheck.lint.interp.values import Function, Value
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_UPDATES = words("add_ sub_ copy_ addcdiv_ addcmul_ lerp_")


def watch_augmented(m: Machine, statement: ir.AugAssign, before: Value, value: Value) -> bool:
    """`w -= lr * w.grad`: whether it is such an update, which changes `w` in place."""
    if statement.op not in ("-", "+") or isinstance(before, Gradient):
        return False
    _report(m, statement.target, statement.value, before, statement, rebound=False)
    return _update(m, statement.target, statement.value, statement)


def watch_assign(m: Machine, target: ir.Expr, source: ir.Expr, value: Value, statement: ir.Stmt) -> None:
    """`w.data = w.data - lr * w.grad`, and `w = w - lr * w.grad`, which makes another tensor."""
    if isinstance(target, ir.Name) and isinstance(source, ir.Binary) and source.op in ("-", "+"):
        before = m.frame.cells.get(target.id)
        again_and_again = any(frame.leaps for frame in m.frames)
        if spell(source.left) == target.id and again_and_again and not _made_a_leaf_again(m, target.id):
            _report(m, target, source, before, statement, rebound=True)
    if isinstance(target, ir.Attribute) and target.attr == "data":
        _update(m, target, source, statement)


def watch_in_place(m: Machine, tensor: Tensor, name: str, site: CallSite) -> None:
    """`w.sub_(lr * w.grad)`."""
    func = site.node.func
    if name in _UPDATES and isinstance(func, ir.Attribute):
        for argument in site.node.args:
            _report(m, func.value, argument.value, tensor, site.node, rebound=False)
        for argument in site.node.args:
            if _update(m, func.value, argument.value, site.node):
                return


def watch_unknown(m: Machine, func: ir.Attribute, site: CallSite) -> bool:
    """The same on a value that is not followed."""
    if func.attr not in _UPDATES:
        return False
    return any(_update(m, func.value, argument.value, site.node) for argument in site.node.args)


def _report(
    m: Machine, target: ir.Expr, source: ir.Expr, before: Value | None, at: ir.Expr | ir.Stmt, *, rebound: bool
) -> None:
    """The fact, where the weight is surely a leaf and autograd surely on."""
    name = spell(target)
    around_data = isinstance(target, ir.Attribute) and target.attr in ("data", "grad")
    if not name or around_data or not isinstance(before, Tensor) or not before.leaf:
        return
    if m.grad_off > 0 or m.grad_unclear > 0 or not _mentions_gradient(source, name) or not _is_trained_here(m):
        return
    where = m.place(at)
    m.facts.by_hand.append((where.file, UpdatedByHand(name=name, place=where, rebound=rebound)))


def _is_trained_here(m: Machine) -> bool:
    """Whether the update belongs to a training loop that is seen: a helper by itself may be called under `no_grad`."""
    functions = [frame.function for frame in m.frames if frame.function is not None]
    if "set_grad_enabled" in m.frame.file.text or any(map(_is_decorated, functions)):
        return False
    bodies = [function.file.text_of(function.definition.node) for function in functions]
    bodies += [frame.file.text for frame in m.frames if frame.function is None]
    return any("backward(" in body for body in bodies)


def _is_decorated(function: Function) -> bool:
    return isinstance(function.definition, ir.FunctionDef) and bool(function.definition.decorators)


def _made_a_leaf_again(m: Machine, name: str) -> bool:
    """Whether the file makes a leaf of the new tensor, keeps its gradient, or differentiates through the update."""
    wanted = rf"\b{name}\.(requires_grad|retain_grad|detach)|Variable\({name}\b|create_graph|\({name}[,)]"
    return re.search(wanted, m.frame.file.text) is not None


def _update(m: Machine, target: ir.Expr, source: ir.Expr, at: ir.Expr | ir.Stmt) -> bool:
    while isinstance(target, ir.Attribute) and target.attr == "data":
        target = target.value
    name = spell(target)
    if not name or not _mentions_gradient(source, name):
        return False
    weight = m.eval(target)
    owners = weight.deps if isinstance(weight, Tensor) and weight.leaf else ANYTHING
    optimizer = m.named_optimizer(("by hand", owners), name)
    optimizer.owners = owners
    m.happen(Act.STEP, at, optimizer, text="")
    m.happen(Act.BY_HAND, at)
    return True


def _mentions_gradient(expr: ir.Expr, name: str) -> bool:
    """Whether `<name>.grad` stands in an expression."""
    if isinstance(expr, ir.Attribute):
        if expr.attr == "grad" and spell(expr.value) in (name, f"{name}.data"):
            return True
        return _mentions_gradient(expr.value, name)
    if isinstance(expr, ir.Binary):
        return _mentions_gradient(expr.left, name) or _mentions_gradient(expr.right, name)
    if isinstance(expr, ir.Unary):
        return _mentions_gradient(expr.operand, name)
    if isinstance(expr, ir.Call):
        inside = [argument.value for argument in expr.args]
        return any(_mentions_gradient(part, name) for part in [expr.func, *inside])
    return False
