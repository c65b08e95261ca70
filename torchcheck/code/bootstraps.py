"""Targets that a network under training computes for itself, with gradients: followed through each function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code.bootstrap_reader import Bootstrap, Reader
from torchcheck.code.bootstrapped import NOTHING, Value
from torchcheck.code.nodes import CallView
from torchcheck.code.walk import walk
from torchcheck.patterns import pattern
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.definitions import FunctionView
    from torchcheck.code.file import FileView

_TEXTS = (
    pattern(r"(?i)gamma|discount|0\.9"),
    pattern(r"(?i)reward|\br\b|\brew"),
)
_MEANT = pattern(r"(?i)residual.{0,3}grad|bellman.{0,3}residual|path.{0,3}consistency")
_HARMLESS = pattern(
    r"autocast|profil|record_function|tqdm|trange|[pP]rogress|[tT]imer|timing|detect_anomaly|cuda\.|open\(|wandb|mlflow"
)
"""Contexts that leave gradients as they are; any other may turn them off."""
_PLAIN = words("staticmethod classmethod property override compile main command profile wraps")
"""Decorators that leave gradients as they are."""
_NUMBERS = pattern(r"\.(item|numpy|detach|tolist|data)\b")
_FROZEN = pattern(r"volatile|requires_grad|freeze|stop_grad")
_GROWS = words("append insert extend")
_DEEPEST = 2
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def bootstraps_in(file: FileView) -> Iterator[Bootstrap]:
    """The bootstrapped targets of a file that are trained, too."""
    if "backward" not in file.text and "training_step" not in file.text:
        return
    if not all(pattern.search(file.text) for pattern in _TEXTS) or _MEANT.search(file.text):
        return
    found: dict[ast.AST, Bootstrap] = {}
    for function in file.functions:
        if not _is_cut(function):
            _Walk(file, found, function).run(function.node.body)
    _Walk(file, found).run([one for one in file.tree.module.body if not isinstance(one, _DEFINITIONS)])
    yield from found.values()


def _is_cut(function: FunctionView) -> bool:
    """Whether a function runs without gradients, or chooses itself what has one."""
    plain = all((one.attribute or one.identifier) in _PLAIN for one in function.decorators)
    return not plain or _FROZEN.search(function.file.source_of(function.node)) is not None


def _learns(function: FunctionView) -> bool:
    """Whether the errors in a function are there to learn from; a number may be the priority of a sample."""
    source = function.file.source_of(function.node)
    if "backward" in source:
        return True
    return any(one is not None for one in function.returns) and _NUMBERS.search(source) is None


class _Walk(Reader):
    """Follows values through the statements of one function.

    Args:
        file: where it stands.
        found: what was found so far, by the call in the target.
        function: the function; None for the top level.
        env: what its parameters hold.
        aliases: what the parameters are called where they come from.
    """

    def __init__(
        self,
        file: FileView,
        found: dict[ast.AST, Bootstrap],
        function: FunctionView | None = None,
        env: dict[str, Value] | None = None,
        aliases: dict[str, str] | None = None,
        depth: int = 0,
    ) -> None:
        super().__init__(file, found, env if env is not None else {}, aliases if aliases is not None else {})
        self._depth = depth
        nodes = function.nodes if function is not None else ()
        stored = [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        self._changing = {name for name in stored if stored.count(name) > 1}
        self._learns = function is None or _learns(function)
        self.returned = NOTHING

    def run(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self._do(statement)

    def _do(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Assign):
            value = self._of(statement.value)
            for target in statement.targets:
                self._set(target, value, statement.value)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            self._set(statement.target, self._of(statement.value), statement.value)
        elif isinstance(statement, ast.AugAssign):
            load = ast.BinOp(statement.target, statement.op, statement.value)
            self._set(statement.target, self._of(load), statement.value)
        elif isinstance(statement, ast.Expr):
            self._change(statement.value)
        elif isinstance(statement, ast.Return) and statement.value is not None:
            self.returned |= self._of(statement.value)
        elif isinstance(statement, ast.If):
            self._branch(statement)
        elif isinstance(statement, ast.With | ast.AsyncWith):
            self._enter(statement)
        elif isinstance(statement, ast.For | ast.AsyncFor):
            self._set(statement.target, self._of(statement.iter), statement.iter)
            self.run([*statement.body, *statement.orelse])
        elif isinstance(statement, ast.While):
            self.run([*statement.body, *statement.orelse])
        elif isinstance(statement, ast.Try):
            self.run([*statement.body, *statement.orelse, *statement.finalbody])

    def _branch(self, statement: ast.If) -> None:
        before = dict(self._env)
        self.run(statement.body)
        first, self._env = self._env, before
        self.run(statement.orelse)
        for name, value in first.items():
            self._env[name] = value | self._env.get(name, NOTHING)

    def _enter(self, statement: ast.With | ast.AsyncWith) -> None:
        if all(_HARMLESS.search(ast.unparse(item.context_expr)) for item in statement.items):
            self.run(statement.body)
            return
        for node in walk(statement):  # what is set in there has no gradient
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
                self._env.pop(ast.unparse(node), None)

    def _change(self, node: ast.expr) -> None:
        value = self._of(node)
        call = CallView(self._file, node) if isinstance(node, ast.Call) else None
        if call is None or call.receiver is None:
            return
        name = call.receiver.text
        if call.method in ("detach_", "zero_"):
            self._env.pop(name, None)
        elif call.method in _GROWS and call.node.args:
            self._env[name] = self._env.get(name, NOTHING) | self._of(call.node.args[-1]) | value

    def _set(self, target: ast.expr, value: Value, source: ast.expr) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            parts = source.elts if isinstance(source, ast.Tuple | ast.List) else []
            for place, one in enumerate(target.elts):
                if len(parts) == len(target.elts):
                    self._set(one, self._of(parts[place]), parts[place])
                else:
                    self._set(one, NOTHING if value.is_pair and place else value, source)
        elif isinstance(target, ast.Name | ast.Attribute):
            self._env[ast.unparse(target)] = value
        elif isinstance(target, ast.Subscript):
            root = target.value
            while isinstance(root, ast.Subscript):
                root = root.value
            name = ast.unparse(root)
            self._env[name] = self._env.get(name, NOTHING) | value

    def _inside(self, function: FunctionView, call: CallView, given: list[Value]) -> Value:
        """What a function of the project gives for these arguments."""
        if (
            self._depth >= _DEEPEST
            or _is_cut(function)
            or isinstance(function.node, ast.AsyncFunctionDef)
            or call.is_open
        ):
            return NOTHING
        names = [name for name in function.parameters if name not in ("self", "cls")]
        env: dict[str, Value] = {}
        aliases: dict[str, str] = {}
        for argument, value in zip(call.arguments, given, strict=True):
            position = argument.position if argument.position is not None else -1
            name = argument.keyword or (names[position] if 0 <= position < len(names) else None)
            if name is not None:
                env[name] = value
                aliases[name] = self._key(argument.value.node) or ""
        inner = _Walk(function.file, self._found, function, env, aliases, self._depth + 1)
        inner.run(function.node.body)
        return inner.returned
