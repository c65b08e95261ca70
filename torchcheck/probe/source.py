"""What the user's source says at a place: names for things that have none at run time. Read only for findings."""

from __future__ import annotations

import ast
import functools
import linecache
import os

from torchcheck.finding import Position, Span
from torchcheck.probe.frames import is_user_file

_LONGEST_NAME = 40


def text_of(place: Span) -> str:
    """The source text of a place; empty where there is no source."""
    first, last = place.start.row, place.end.row
    lines = [linecache.getline(place.filename, row) for row in range(first, last + 1)]
    if not lines or not lines[0]:
        return ""
    lines[-1] = lines[-1][: place.end.column - 1]
    lines[0] = lines[0][place.start.column - 1 :]
    return "".join(lines)


@functools.lru_cache(maxsize=512)
def call_at(place: Span) -> ast.Call | None:
    """The call that stands at a place; the only one of its line where the place is a whole line."""
    text = text_of(place)
    if not text:
        return None
    try:
        expression = ast.parse(f"({text}\n)", mode="eval").body
    except (SyntaxError, ValueError):
        return _only_call(text)
    return expression if isinstance(expression, ast.Call) else None


def _only_call(text: str) -> ast.Call | None:
    for candidate in (text.strip(), f"{text.strip()} pass"):
        try:
            tree = ast.parse(candidate)
        except (SyntaxError, ValueError):
            continue
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        return calls[0] if len(calls) == 1 else None
    return None


@functools.lru_cache(maxsize=512)
def callee(place: Span) -> str | None:
    """What is called there, as in `self.net` of `self.net(x)`."""
    call = call_at(place)
    return _name(call.func) if call else None


def receiver(place: Span) -> str | None:
    """Whose method is called there, as in `self.opt` of `self.opt.step()`."""
    call = call_at(place)
    return _name(call.func.value) if call and isinstance(call.func, ast.Attribute) else None


def method(place: Span) -> str | None:
    """The name of the function or method called there, without what stands before its last dot."""
    call = call_at(place)
    if call is None:
        return None
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)


def argument(place: Span, position: int, keyword: str) -> str | None:
    """An argument of the call there, if it is a plain name or attribute."""
    call = call_at(place)
    if call is None:
        return None
    named = next((k.value for k in call.keywords if k.arg == keyword), None)
    if named is not None:
        return _name(named)
    plain = call.args[: position + 1]
    if len(plain) <= position or any(isinstance(a, ast.Starred) for a in plain):
        return None
    return _name(plain[position])


def assigned_to(place: Span) -> str | None:
    """The name that the value at a place is assigned to, as in `optimizer` of `optimizer = Adam(…)`."""
    statements = [s for s in _assignments(place.filename) if _spans(s, place)]
    if not statements:
        return None
    statement = min(statements, key=lambda s: (s.end_lineno or s.lineno) - s.lineno)
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    value = statement.value
    if not isinstance(value, ast.Call) or value.lineno != place.start.row:
        return None  # the value is built from what was made here, or holds it
    return _name(target)


@functools.lru_cache(maxsize=512)
def is_discarded(place: Span) -> bool:
    """Whether the value at a place stands alone as a statement, and nothing is done with it."""
    tree = parsed(place.filename)
    return any(
        isinstance(node, ast.Expr) and (node.lineno, node.end_lineno) == (place.start.row, place.end.row)
        for node in (ast.walk(tree) if tree else ())
        if not isinstance(getattr(node, "value", None), ast.Await) and _calls_at(node, place)
    )


def _calls_at(node: ast.AST, place: Span) -> bool:
    value = getattr(node, "value", None)
    return isinstance(value, ast.Call) and value.col_offset + 1 == place.start.column


def _spans(statement: ast.stmt, place: Span) -> bool:
    return statement.lineno <= place.start.row and place.end.row <= (statement.end_lineno or statement.lineno)


@functools.lru_cache(maxsize=64)
def _assignments(filename: str) -> tuple[ast.Assign | ast.AnnAssign, ...]:
    tree = parsed(filename)
    return tuple(n for n in ast.walk(tree) if isinstance(n, (ast.Assign, ast.AnnAssign))) if tree else ()


@functools.lru_cache(maxsize=64)
def parsed(filename: str) -> ast.Module | None:
    """The syntax tree of a source file; None where it can't be read."""
    source = "".join(linecache.getlines(filename))
    try:
        return ast.parse(source) if source else None
    except (SyntaxError, ValueError):
        return None


def _name(node: ast.expr) -> str | None:
    """A name, an attribute or an element as the user writes it; None for anything longer."""
    if not isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
        return None
    inner = node.value if isinstance(node, (ast.Attribute, ast.Subscript)) else None
    if inner is not None and _name(inner) is None:
        return None
    text = ast.unparse(node)
    return text if len(text) <= _LONGEST_NAME else None


_WORDS = {
    "SOFTMAX": ("softmax", "Softmax"),
    "LOG_SOFTMAX": ("log_softmax", "LogSoftmax"),
    "SIGMOID": ("sigmoid", "Sigmoid"),
    "LOG_SIGMOID": ("logsigmoid", "LogSigmoid"),
    "TANH": ("tanh", "Tanh"),
    "RELU": ("relu", "relu_", "ReLU"),
}


def applied_in(activation: str, module: object, loss: Span) -> Span | None:
    """The one call of an activation in a module's `forward`, or else in the function of the loss, if there is one."""
    words = _WORDS.get(activation, (activation.lower(),))
    forward = getattr(type(module), "forward", None) if module is not None else None
    code = getattr(forward, "__code__", None)
    if code is not None:
        user = is_user_file(code.co_filename)
        return _only_call_of(words, os.path.abspath(code.co_filename), code.co_firstlineno + 1) if user else None
    return _only_call_of(words, loss.filename, loss.start.row)


def _only_call_of(words: tuple[str, ...], filename: str, row: int) -> Span | None:
    function = enclosing(filename, row)
    if function is None:
        return None
    calls = [n for n in ast.walk(function) if isinstance(n, ast.Call) and _last_word(n.func) in words]
    if len(calls) != 1:
        return None
    call = calls[0]
    return Span(
        filename,
        Position(call.lineno, call.col_offset + 1),
        Position(call.end_lineno or call.lineno, (call.end_col_offset or call.col_offset) + 1),
    )


def _last_word(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def enclosing(filename: str, row: int) -> ast.AST | None:
    """The innermost function around a row; the whole file where there is none."""
    tree = parsed(filename)
    inside = [
        node
        for node in (ast.walk(tree) if tree else ())
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.lineno <= row <= (node.end_lineno or 0)
    ]
    return min(inside, key=lambda node: (node.end_lineno or 0) - node.lineno, default=tree)
