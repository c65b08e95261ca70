"""What each expression owes to networks: the part of `bootstraps` that reads expressions, calls and losses."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code.bootstrapped import (
    NOTHING,
    Use,
    Value,
    added,
    multiplied,
    pairs,
    says_reward,
    subtracted,
    use_of,
)
from torchcheck.code.layers import callees
from torchcheck.code.nodes import CallView, ExprView
from torchcheck.records import frozen
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.definitions import FunctionView
    from torchcheck.code.file import FileView

_LOSSES = words("mse_loss smooth_l1_loss huber_loss l1_loss")
_LOSS_MODULES = tuple(f"torch.nn.{name}" for name in ("MSELoss", "SmoothL1Loss", "HuberLoss", "L1Loss"))
_KEEPS = words(
    "max min amax amin mean sum gather squeeze unsqueeze view reshape flatten float double clone to cuda cpu type "
    "type_as index_select contiguous expand repeat transpose t permute clamp where stack cat minimum maximum "
    "masked_fill"
)
_ENDS = words("item detach data cpu numpy tolist")
_FIRST = words("gather index_select masked_fill clamp")


@frozen
class Bootstrap:
    """A target computed with gradients.

    Attributes:
        target: the call of the network in it.
        prediction: the call of the same network that is trained towards it.
    """

    target: CallView
    prediction: CallView


class Reader(ABC):
    """Reads the expressions of one function.

    Args:
        file: where it stands.
        found: what was found so far, by the call in the target.
        env: what names hold, at first its parameters.
        aliases: what the parameters are called where they come from.
    """

    def __init__(
        self, file: FileView, found: dict[ast.AST, Bootstrap], env: dict[str, Value], aliases: dict[str, str]
    ) -> None:
        self._file = file
        self._found = found
        self._env = env
        self._aliases = aliases
        self._changing: set[str] = set()
        self._learns = True

    @abstractmethod
    def _inside(self, function: FunctionView, call: CallView, given: list[Value]) -> Value:
        """What a function of the project gives for the arguments of a call."""

    def _of(self, node: ast.expr) -> Value:
        if isinstance(node, ast.Name):
            return self._named(node, node.id)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Call):
            return self._call(CallView(self._file, node))
        if isinstance(node, ast.BinOp):
            return self._arithmetic(node)
        if isinstance(node, ast.Subscript):
            return self._item(node)
        if isinstance(node, ast.IfExp):
            return self._of(node.body) | self._of(node.orelse)
        if isinstance(node, ast.Tuple | ast.List):
            return self._all(node.elts)
        if isinstance(node, ast.UnaryOp):
            return self._of(node.operand)
        return NOTHING

    def _all(self, nodes: list[ast.expr]) -> Value:
        value = NOTHING
        for node in nodes:
            value |= self._of(node)
        return value

    def _named(self, node: ast.expr, name: str) -> Value:
        value = self._env.get(ast.unparse(node), NOTHING)
        return value | Value(is_reward=True) if value.is_free and says_reward(name) else value

    def _attribute(self, node: ast.Attribute) -> Value:
        if ast.unparse(node) in self._env or says_reward(node.attr):
            return self._named(node, node.attr)
        return self._of(node.value) if node.attr in ("values", "T") else NOTHING

    def _item(self, node: ast.Subscript) -> Value:
        base = self._of(node.value)
        index = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if base.is_pair:
            return NOTHING if index == 1 else base | NOTHING
        return base | Value(is_reward=True) if isinstance(index, str) and says_reward(index) and base.is_free else base

    def _arithmetic(self, node: ast.BinOp) -> Value:
        left, right = self._of(node.left), self._of(node.right)
        if isinstance(node.op, ast.Add):
            return added(left, right)
        if isinstance(node.op, ast.Sub):
            return subtracted(left, right)
        if isinstance(node.op, ast.Pow):
            self._trains(ExprView(self._file, node), left)
        if isinstance(node.op, ast.Mult):
            if left.errors and left.errors == right.errors:
                self._trains(ExprView(self._file, node), left)
            return multiplied(left, right, node.left, node.right)
        return left if isinstance(node.op, ast.Div) and right.is_free else NOTHING

    def _call(self, call: CallView) -> Value:
        given = [self._of(one) for one in (*call.node.args, *(keyword.value for keyword in call.node.keywords))]
        target = call.target or ""
        if target.startswith("torch."):
            return self._of_torch(call, target, given)
        if target:
            return NOTHING
        functions = callees(call)
        if functions and functions[0].name != "forward":
            return self._inside(functions[0], call, given)
        if self._is_loss(call):
            self._compare(call, given)
            return NOTHING
        base = self._of(call.receiver.node) if call.receiver is not None else NOTHING
        if not base.is_free or base.is_reward:
            return self._of_method(call, base)
        use = self._use(call)
        return Value(nets=frozenset({use})) if use is not None else NOTHING

    def _of_torch(self, call: CallView, target: str, given: list[Value]) -> Value:
        if target.startswith("torch.nn.functional.") and call.last_name in _LOSSES:
            self._compare(call, given)
        if call.last_name in ("square", "pow") and given:
            self._trains(call, given[0])
        if call.last_name not in _KEEPS:
            # `torch.tensor(rewards)` has no gradient, and still holds rewards
            return Value(is_reward=any(one.is_reward and one.is_free for one in given))
        value = NOTHING
        for one in given[:1] if call.last_name in _FIRST else given:
            value |= one
        return _with_pair(call, value, len(given))

    def _of_method(self, call: CallView, base: Value) -> Value:
        if call.method in ("pow", "square"):
            self._trains(call, base)
        return _with_pair(call, base, len(call.node.args) + 1) if call.method in _KEEPS else NOTHING

    # -- networks and losses -----------------------------------------------------------------------------------------

    def _use(self, call: CallView) -> Use | None:
        key = self._key(call.func.node)
        return use_of(call, key) if key else None

    def _key(self, node: ast.expr) -> str | None:
        """What a network is called, the same for the whole function; None where that may change."""
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name) or root.id in self._changing:
            return None
        whole = ast.unparse(node).removesuffix(".forward")
        alias = self._aliases.get(root.id)
        return alias + whole[len(root.id) :] if alias is not None else whole

    def _is_loss(self, call: CallView) -> bool:
        built = call.func.call or call.func.built_by
        return built is not None and built.target in _LOSS_MODULES

    def _compare(self, loss: ExprView, given: list[Value]) -> None:
        if len(given) >= 2:
            self._report(loss, pairs(given[0], given[1]))

    def _trains(self, loss: ExprView, value: Value) -> None:
        self._report(loss, iter(value.errors))

    def _report(self, loss: ExprView, found: Iterator[tuple[Use, Use]]) -> None:
        if not self._learns or (loss.part is not None and loss.part.attribute in _ENDS):
            return
        for boot, use in found:
            self._found.setdefault(boot.call.node, Bootstrap(boot.call, use.call))


def _with_pair(call: CallView, value: Value, count: int) -> Value:
    """A value, as the pair that `max(dim)` and `min(dim)` give."""
    if call.last_name not in ("max", "min") or (count < 2 and not call.node.keywords):
        return value
    return Value(value.nets, value.boots, value.errors, value.discounted, value.is_reward, is_pair=True)
