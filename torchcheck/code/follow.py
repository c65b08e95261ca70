"""Linear maps that follow each other: in an `nn.Sequential`, and in what a method does with layers of `self`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import field, replace
from typing import TYPE_CHECKING

from torchcheck.code.maps import Layer, Role, layers_through, listed
from torchcheck.code.nodes import CallView, ExprView
from torchcheck.code.walk import children, walk
from torchcheck.records import frozen, record
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.definitions import FunctionView

_METHODS = words("view reshape flatten squeeze unsqueeze contiguous to float double half bfloat16 cuda cpu clone")
_FUNCTIONS = frozenset(
    {f"torch.{name}" for name in ("flatten", "squeeze", "unsqueeze", "reshape", "dropout")}
    | {f"torch.nn.functional.{name}" for name in ("dropout", "dropout1d", "dropout2d", "alpha_dropout")}
)
_MEASURES = words("shape dtype device ndim size dim numel is_cuda requires_grad layout")
_LOOKS = words("print isinstance len type id repr")


@frozen
class Following:
    """A linear map that takes the output of another, and nothing else takes it.

    Attributes:
        first, second: the layers, and what the user calls them.
        between: what the value went through, by the names of layers, methods and functions.
        at: where the second is applied, or made where a Sequential applies it.
    """

    first: Layer
    second: Layer
    first_name: str
    second_name: str
    between: tuple[str, ...]
    at: ExprView


def followings_in(call: CallView) -> Iterator[Following]:
    """The linear maps that follow each other in an `nn.Sequential`, those within an inner one left out."""
    last: Layer | None = None
    between: tuple[str, ...] = ()
    for layer in layers_through(call):
        if layer.role is Role.PASSES:
            between = (*between, layer.kind)
            continue
        if layer.role is Role.MAP:
            if last is not None and (layer.inside is call.node or last.inside is call.node):
                names = (last.made.text, layer.made.text)
                yield Following(last, layer, *names, between, layer.made)
            last, between = layer, ()
        else:
            last = None


@record(eq=False)
class _Output:
    """The output of a linear map: where it came to be, and who takes it."""

    layer: Layer
    name: str
    block: int
    taken: list[Following] = field(default_factory=list)
    otherwise: bool = False


@frozen
class _Value:
    output: _Output
    between: tuple[str, ...] = ()


def followings_of(method: FunctionView) -> list[Following]:
    """The linear maps that follow each other as a method applies them."""
    walk = _Walk(method)
    walk.run(method.node.body)
    found = [output.taken[0] for output in walk.outputs if len(output.taken) == 1 and not output.otherwise]
    return list({one.at.node: one for one in found}.values())


class _Walk:
    """Follows values through the statements of a method. What isn't followed is None."""

    def __init__(self, method: FunctionView) -> None:
        self.file = method.file
        self.names: dict[str, _Value | None] = {}
        self.modules: dict[str, Layer] = {}  # loop variables that run over layers
        self.outputs: list[_Output] = []
        self.block = 0
        self._blocks = 0

    # -- statements --------------------------------------------------------------------------------------------------

    def run(self, body: list[ast.stmt]) -> bool:
        """Follow the statements of a block; whether it leaves the function or the turn of a loop."""
        for statement in body:
            if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break):
                self._use_all(statement)
                return True
            if isinstance(statement, ast.If):
                if self._branch(statement):
                    return True
            elif isinstance(statement, ast.For):
                self._loop(statement)
            elif isinstance(statement, ast.With):
                for item in statement.items:
                    self._use(self.eval(item.context_expr))
                if self.run(statement.body):
                    return True
            elif isinstance(statement, ast.Assign):
                self._assign(statement)
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                self._bind(statement.target, self.eval(statement.value))
            else:
                self._any(statement)
        return False

    def _any(self, statement: ast.stmt) -> None:
        """A statement that isn't followed: it uses what it names, and what it sets is not known."""
        if isinstance(statement, ast.While | ast.Try):
            self._forget(statement)
            with_blocks = (getattr(statement, name, []) for name in ("body", "orelse", "finalbody"))
            for block in (*with_blocks, *(h.body for h in getattr(statement, "handlers", []))):
                self._inner(block)
            self._forget(statement)
            return
        self._use_all(statement)
        if isinstance(statement, ast.AugAssign):
            self._use(self.eval(statement.target))
        self._forget(statement)

    def _inner(self, body: list[ast.stmt]) -> bool:
        outer = self.block
        self._blocks += 1
        self.block = self._blocks
        try:
            return self.run(body)
        finally:
            self.block = outer

    def _branch(self, statement: ast.If) -> bool:
        self._use(self.eval(statement.test))
        before = dict(self.names)
        left = self._inner(statement.body)
        one, self.names = self.names, before
        right = self._inner(statement.orelse)
        if left and right:
            return True
        if right:
            self.names = one
        elif not left:
            other = self.names
            self.names = {name: value if other.get(name) == value else None for name, value in one.items()}
        return False

    def _loop(self, statement: ast.For) -> None:
        self._use(self.eval(statement.iter))
        self._forget(statement)
        variable, layers = self._layers_of(statement)
        if variable is not None and layers and all(layer.role is Role.MAP for layer in layers):
            self.modules[variable] = layers[0]
            self._inner([*statement.body, *statement.body])
            del self.modules[variable]
        else:
            self._inner(statement.body)
        self._forget(statement)

    def _layers_of(self, statement: ast.For) -> tuple[str | None, list[Layer] | None]:
        source, target = ExprView(self.file, statement.iter), statement.target
        call = source.call
        if call is not None and call.target == "builtins.enumerate" and isinstance(target, ast.Tuple):
            first = call.argument(0)
            source, target = first or source, target.elts[-1]
        if source.self_attribute is None or not isinstance(target, ast.Name):
            return None, None
        return target.id, listed(source)

    def _assign(self, statement: ast.Assign) -> None:
        (target, *more), value = statement.targets, statement.value
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            values = [self.eval(one) for one in value.elts]
            for one, known in zip(target.elts, values, strict=True):
                self._bind(one, known)
            return
        known = self.eval(value)
        for one in (target, *more):
            self._bind(one, known)

    def _bind(self, target: ast.expr, value: _Value | None) -> None:
        if isinstance(target, ast.Name):
            self.names[target.id] = value
            return
        self._use(value)
        for node in walk(target):
            if isinstance(node, ast.Name):
                self._use(self.names.get(node.id))
                if isinstance(node.ctx, ast.Store):
                    self.names[node.id] = None

    def _forget(self, statement: ast.stmt) -> None:
        for node in walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
                self._use(self.names.get(node.id))
                self.names[node.id] = None

    def _use_all(self, statement: ast.AST) -> None:
        for child in children(statement):
            if isinstance(child, ast.expr):
                self._use(self.eval(child))
            elif not isinstance(child, ast.expr_context):
                self._use_names(child)

    def _use_names(self, node: ast.AST) -> None:
        for inner in walk(node):
            if isinstance(inner, ast.Name):
                self._use(self.names.get(inner.id))

    def _use(self, value: _Value | None) -> None:
        if value is not None:
            value.output.otherwise = True

    # -- expressions -------------------------------------------------------------------------------------------------

    def eval(self, node: ast.expr) -> _Value | None:
        """What an expression gives."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.Call):
            return self._call(CallView(self.file, node))
        if isinstance(node, ast.Attribute):
            value = self.eval(node.value)
            if node.attr not in _MEASURES:
                self._use(value)
            return None
        if isinstance(node, ast.NamedExpr):
            value = self.eval(node.value)
            self._bind(node.target, value)
            return value
        if isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            self._use_names(node)
        else:
            self._use_all(node)
        return None

    def _call(self, call: CallView) -> _Value | None:
        args = [self.eval(arg.value if isinstance(arg, ast.Starred) else arg) for arg in call.node.args]
        keywords = [self.eval(keyword.value) for keyword in call.node.keywords]
        if call.target in _FUNCTIONS and args:
            return self._through(args[0], call.last_name, args[1:] + keywords)
        layers = self._applied(call.func) if len(call.node.args) == 1 and not call.node.keywords else None
        if layers is not None:
            return self._apply(layers, args[0], call)
        if isinstance(call.node.func, ast.Attribute):
            base = self.eval(call.node.func.value)
            if base is not None and call.last_name in _METHODS:
                return self._through(base, call.last_name, args + keywords)
            if call.last_name not in _MEASURES:
                self._use(base)
        else:
            self._use(self.eval(call.node.func))
        if call.last_name not in _LOOKS:
            for value in args + keywords:
                self._use(value)
        return None

    def _through(self, value: _Value | None, name: str, others: list[_Value | None]) -> _Value | None:
        for other in others:
            self._use(other)
        return replace(value, between=(*value.between, name)) if value is not None else None

    def _applied(self, func: ExprView) -> list[Layer] | None:
        """The layers of what is called: an attribute of `self`, or a loop variable that runs over layers."""
        if func.identifier in self.modules:
            return [self.modules[func.identifier]] if func.identifier is not None else None
        if func.self_attribute is None:
            return None
        return layers_through(func)

    def _apply(self, layers: list[Layer], value: _Value | None, call: CallView) -> _Value | None:
        for position, layer in enumerate(layers):
            if layer.role is Role.PASSES:
                value = self._through(value, layer.kind, [])
            elif layer.role is Role.MAP:
                single = len(layers) == 1
                name = call.func.text if single else layer.made.text
                if value is not None and not (position and value.output.layer in layers):
                    self._take(value, layer, name, call)
                output = _Output(layer, name, self.block)
                self.outputs.append(output)
                value = _Value(output)
            else:
                self._use(value)
                value = None
        return value

    def _take(self, value: _Value, layer: Layer, name: str, call: CallView) -> None:
        if value.output.block != self.block:
            self._use(value)
            return
        output = value.output
        output.taken.append(Following(output.layer, layer, output.name, name, value.between, call))
