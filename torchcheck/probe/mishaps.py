"""Losses without a gradient, and weights updated by hand, that torch stops with a message which doesn't say so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import ClassVar

from torch import Tensor

from torchcheck.facts.by_hand import UpdatedByHand
from torchcheck.facts.cut import LossCut
from torchcheck.finding import Position, Span
from torchcheck.probe.frames import is_user_file, place_at
from torchcheck.probe.observer import Observer
from torchcheck.probe.source import enclosing

_LEAF_WRITTEN = "a leaf Variable that requires grad is being used in an in-place operation"
_NO_GRADIENT = "does not require grad and does not have a grad_fn"
_METHODS = {"argmax": "argmax", "item": ".item()", "detach": ".detach()", "tolist": ".tolist()", "numpy": ".numpy()"}
_CASTS = {"long": ".long()", "int": ".int()", "bool": ".bool()"}
_NAMED = re.compile(r"([A-Za-z_][\w.]*)\.grad\b")
_DEPTH = 4


class Mishaps(Observer):
    """Reads the source of the line that raised, and of what led to it in the same function."""

    facts: ClassVar[tuple[str, ...]] = ("by_hand", "cut")

    def crashed(self, error: BaseException) -> None:
        found = _user_entry(error.__traceback__)
        if found is None or not isinstance(error, Exception):
            return
        frame, place = found
        scope = enclosing(place.filename, place.start.row)
        if scope is None:
            return
        text, judge = str(error), self.session.judge
        if _LEAF_WRITTEN in text:
            name = _written(scope, place.start.row)
            if name is not None:
                fact = UpdatedByHand(name=name, place=place, rebound=False)
                self.session.report(judge.by_hand(fact))
        elif _NO_GRADIENT in text:
            rebound = _rebound(scope, place)
            if rebound is not None:
                self.session.report(judge.by_hand(rebound))
                return
            cut = _cut(scope, place)
            if cut is not None:
                self.session.report(judge.cut(cut))
        elif "NoneType" in text and isinstance(error, (TypeError, AttributeError)):
            rebound = _rebound(scope, place)
            if rebound is not None and _is_computed(frame, rebound.name):
                self.session.report(judge.by_hand(rebound))


def _user_entry(traceback: TracebackType | None) -> tuple[FrameType, Span] | None:
    """The user's innermost frame of a traceback, and the line that it was at."""
    found = None
    while traceback is not None:
        frame = traceback.tb_frame
        if is_user_file(frame.f_code.co_filename):
            found = frame, place_at(frame.f_code, traceback.tb_lasti, traceback.tb_lineno)
        traceback = traceback.tb_next
    return found


def _span(node: ast.expr | ast.stmt, filename: str) -> Span:
    end = Position(node.end_lineno or node.lineno, (node.end_col_offset or node.col_offset) + 1)
    return Span(filename, Position(node.lineno, node.col_offset + 1), end)


def _written(scope: ast.AST, row: int) -> str | None:
    """What the statement of a row changes in place."""
    for node in ast.walk(scope):
        if isinstance(node, ast.AugAssign) and node.lineno <= row <= (node.end_lineno or row):
            return ast.unparse(node.target)
        if isinstance(node, ast.Expr) and node.lineno <= row <= (node.end_lineno or row):
            call = node.value
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr.endswith("_"):
                return ast.unparse(call.func.value)
    return None


def _rebound(scope: ast.AST, crash: Span) -> UpdatedByHand | None:
    """A statement such as `w = w - lr * w.grad`: the name stands for a new tensor after it."""
    for node in ast.walk(scope):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target, value = node.targets[0], node.value
        if isinstance(target, (ast.Name, ast.Attribute)) and isinstance(value, ast.BinOp):
            name = ast.unparse(target)
            if ast.unparse(value.left) == name and name in _NAMED.findall(ast.unparse(value.right)):
                return UpdatedByHand(name=name, place=_span(node, crash.filename), rebound=True)
    return None


def _is_computed(frame: FrameType, name: str) -> bool:
    """Whether a variable holds a tensor that was computed, and so has no gradient of its own."""
    value = frame.f_locals.get(name, frame.f_globals.get(name))
    return isinstance(value, Tensor) and value.grad_fn is not None


def _cut(scope: ast.AST, crash: Span) -> LossCut | None:
    """What takes the gradient from the loss that is backpropagated on the line of the crash."""
    call = next((node for node in _calls(scope, "backward") if node.lineno == crash.start.row), None)
    if call is None or not isinstance(call.func, ast.Attribute):
        return None
    return _cut_in(call.func.value, scope, crash, call.lineno, _DEPTH)


def _cut_in(value: ast.expr, scope: ast.AST, crash: Span, row: int, depth: int) -> LossCut | None:
    for node in ast.walk(value):
        by, of = _cuts(node)
        if by is not None and isinstance(node, ast.expr):
            name = ast.unparse(of) if of is not None else ""
            return LossCut(
                place=_span(node, crash.filename), by=by, name=name if 0 < len(name) <= 40 else None, whole=True
            )
    for name in [node.id for node in ast.walk(value) if isinstance(node, ast.Name)] if depth else ():
        before = [assigned for assigned in _assignments(scope, name) if assigned.lineno < row]
        if before:
            last = max(before, key=lambda assigned: assigned.lineno)
            found = _cut_in(last.value, scope, crash, last.lineno, depth - 1)
            if found is not None:
                return found
    return None


def _cuts(node: ast.AST) -> tuple[str | None, ast.expr | None]:
    """How an expression cuts a value from its graph, and the value."""
    if isinstance(node, ast.Compare):
        return "a comparison", node.left
    if isinstance(node, ast.Attribute) and node.attr == "data":
        return ".data", node.value
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None, None
    function, owner = node.func.attr, node.func.value
    of_torch = isinstance(owner, ast.Name) and owner.id == "torch"
    if of_torch and function in ("tensor", "argmax", "round", "sign"):
        return f"torch.{function}", node.args[0] if node.args else None
    spelling = _METHODS.get(function) or _CASTS.get(function)
    return (spelling, owner) if spelling is not None and not of_torch else (None, None)


def _calls(scope: ast.AST, method: str) -> Iterator[ast.Call]:
    for node in ast.walk(scope):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method:
            yield node


def _assignments(scope: ast.AST, name: str) -> Iterator[ast.Assign]:
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            yield node
