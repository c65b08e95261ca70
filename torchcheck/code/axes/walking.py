"""Reads the statements of a function in their order."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from torchcheck.code.axes.reading import Reader
from torchcheck.code.axes.values import Sizes, Thing, Value
from torchcheck.code.walk import children, walk

_APART = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Walker:
    """Walks through statements; what branches leave differently is not known after them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def walk(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            self._step(statement)

    def _step(self, statement: ast.stmt) -> None:
        if isinstance(statement, _APART):
            self._reader.forget([statement.name])
        elif isinstance(statement, ast.Assign):
            value = self._reader.read(statement.value)
            for target in statement.targets:
                self._assign(target, value)
        elif isinstance(statement, ast.AnnAssign):
            if statement.value is not None:
                self._assign(statement.target, self._reader.read(statement.value))
        elif isinstance(statement, ast.AugAssign):
            self._augment(statement)
        elif isinstance(statement, ast.If):
            self._reader.read(statement.test)
            self._branch([statement.body, statement.orelse])
        elif isinstance(statement, ast.For | ast.AsyncFor | ast.While):
            self._loop(statement)
        elif isinstance(statement, ast.With | ast.AsyncWith):
            for item in statement.items:
                self._reader.read(item.context_expr)
                self._reader.forget(_names([item.optional_vars]))
            self.walk(statement.body)
        elif isinstance(statement, ast.Try):
            self._try(statement)
        elif isinstance(statement, ast.Match):
            self._reader.read(statement.subject)
            self._branch([case.body for case in statement.cases])
        else:
            for child in children(statement):
                if isinstance(child, ast.expr):
                    self._reader.read(child)

    def _augment(self, statement: ast.AugAssign) -> None:
        """A number changes; a tensor keeps its shape, but a size that is changed is no tensor."""
        self._reader.read(statement.value)
        before = self._reader.read(statement.target)
        shape = before.shape if isinstance(before, Thing) else None
        for name in _names([statement.target]):
            self._reader.forget([name])
            self._reader.known[name] = Thing(name, shape)

    def _loop(self, statement: ast.For | ast.AsyncFor | ast.While) -> None:
        changed = list(_changed(statement.body))
        if isinstance(statement, ast.While):
            self._reader.forget(changed)
            self._reader.read(statement.test)
        else:
            self._reader.read(statement.iter)
            self._reader.forget([*changed, *_names([statement.target])])
        self.walk(statement.body)
        self._reader.forget(changed)
        self.walk(statement.orelse)

    def _try(self, statement: ast.Try) -> None:
        before = dict(self._reader.known)
        self.walk(statement.body)
        self.walk(statement.orelse)
        after = dict(self._reader.known)
        for handler in statement.handlers:
            self._reader.known = dict(before)
            self._reader.forget(_changed(statement.body))
            self.walk(handler.body)
        self._reader.known = after
        self._reader.forget(_changed([one for handler in statement.handlers for one in handler.body]))
        self.walk(statement.finalbody)

    def _branch(self, bodies: Sequence[Sequence[ast.stmt]]) -> None:
        before, ends = dict(self._reader.known), []
        for body in bodies:
            self._reader.known = dict(before)
            self.walk(body)
            if not body or not isinstance(body[-1], _LEAVES):
                ends.append(self._reader.known)
        self._reader.known = ends[0] if ends else dict(before)
        changed = {name for body in bodies for name in _changed(body)}
        self._reader.forget(name for name in changed if any(end.get(name) != ends[0].get(name) for end in ends[1:]))

    def _assign(self, target: ast.expr, value: Value) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            self._unpack(target.elts, value)
            return
        names = list(_names([target]))
        self._reader.forget(names)
        if isinstance(target, ast.Name | ast.Attribute):
            for name in names:
                self._reader.known[name] = _called(value, name)

    def _unpack(self, targets: Sequence[ast.expr], value: Value) -> None:
        stars = [index for index, one in enumerate(targets) if isinstance(one, ast.Starred)]
        if isinstance(value, Sizes) and len(stars) < 2:
            self._unpack_sizes(targets, value, stars[0] if stars else None)
        elif isinstance(value, tuple) and not stars and len(value) == len(targets):
            for target, one in zip(targets, value, strict=True):
                self._assign(target, one)
        else:
            self._reader.forget(_names(targets))

    def _unpack_sizes(self, targets: Sequence[ast.expr], value: Sizes, star: int | None) -> None:
        """`b, c, h, w = x.shape`, also with a part of the shape, and with a starred name."""
        names = [one.id if isinstance(one, ast.Name) else None for one in targets]
        if star is None and value.length is None:
            value.shape.count(value.start + len(targets), [None] * value.start + names)
        for index, (target, name) in enumerate(zip(targets, names, strict=True)):
            self._reader.forget(_names([target]))
            place = index if star is None or index < star else index - len(targets)
            at = value.start + place if place >= 0 else place
            size = value.shape.name(at, name or "") if index != star and _is_within(value, place) else None
            if isinstance(target, ast.Name) and size is not None:
                self._reader.known[target.id] = size


def _is_within(value: Sizes, place: int) -> bool:
    return value.length is None or 0 <= place < value.length


def _called(value: Value, name: str) -> Value:
    """A value under a name: what is measured later is called by that name."""
    if isinstance(value, Thing) and not value.shape.asked and value.shape.axes is None:
        value.shape.text = name
    return value


def _names(targets: Iterable[ast.expr | None]) -> Iterable[str]:
    """The names and dotted names that targets give values to."""
    for target in targets:
        if isinstance(target, ast.Tuple | ast.List):
            yield from _names(target.elts)
        elif isinstance(target, ast.Starred):
            yield from _names([target.value])
        elif isinstance(target, ast.Name):
            yield target.id
        elif isinstance(target, ast.Attribute):
            yield ast.unparse(target)


def _changed(body: Sequence[ast.stmt]) -> Iterable[str]:
    """The names that statements give values to."""
    for statement in body:
        for node in walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                yield ast.unparse(node)
