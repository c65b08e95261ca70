"""What a value owes to a network: its prediction, a target bootstrapped from it, or the difference of both."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from torchcheck.code.nodes import CallView
from torchcheck.code.walk import walk
from torchcheck.code.words import words_in, words_of
from torchcheck.records import frozen
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.file import FileView

_REWARDS = words("reward rewards rew rews r rs return returns cost costs")
_DISCOUNTS = words("gamma gammas discount discounts discounted done dones terminal terminals terminated nonterminal")
_NETWORKS = words(
    "net nets network model critic q qf qnet qs dqn ddqn ac policy value values v vf agent actor brain online local "
    "module"
)
_OTHERS = words("target targets tgt targ old ema frozen teacher detach detached grad reference ref fixed momentum")
"""Words of networks that are not trained, and of switches that ask for one."""


@frozen
class Use:
    """A call of a network: by which name, with which arguments."""

    key: str
    given: str
    call: CallView


@frozen
class Value:
    """What a value owes to networks through which its gradients flow.

    Attributes:
        nets: the calls that it was computed from.
        boots: the calls within `reward + gamma * net(next)`.
        errors: of the difference of such a target and a prediction by the same network: the calls of each.
        discounted: it was multiplied by a discount.
        is_reward: it was computed from rewards.
        is_pair: it holds the values and indices of `max(dim)`.
    """

    nets: frozenset[Use] = frozenset()
    boots: frozenset[Use] = frozenset()
    errors: frozenset[tuple[Use, Use]] = frozenset()
    discounted: bool = False
    is_reward: bool = False
    is_pair: bool = False

    @property
    def is_free(self) -> bool:
        """Whether no network is known to take part."""
        return not self.nets and not self.boots and not self.errors

    def __or__(self, other: Value) -> Value:
        return Value(
            self.nets | other.nets,
            self.boots | other.boots,
            self.errors | other.errors,
            self.discounted or other.discounted,
            self.is_reward or other.is_reward,
        )


NOTHING = Value()


def added(left: Value, right: Value) -> Value:
    """`left + right`: of a reward and a discounted prediction, a target."""
    both = left | right
    for one, other in ((left, right), (right, left)):
        if one.discounted and one.nets and other.is_reward and other.is_free:
            return Value(boots=one.nets | one.boots, is_reward=True)
    if both.errors or (both.boots and not (left.is_reward and right.is_reward)):
        return NOTHING  # another term takes part: path consistency, an entropy
    return both


def subtracted(left: Value, right: Value) -> Value:
    """`left - right`: of a target and a prediction, their error."""
    errors = frozenset(pairs(left, right))
    if errors or left.boots or right.boots or left.errors or right.errors:
        return Value(errors=errors)
    return replace(left | right, is_reward=left.is_reward)


def multiplied(left: Value, right: Value, one: ast.AST, other: ast.AST) -> Value:
    """`left * right`."""
    if not left.is_free and not right.is_free:
        return NOTHING
    factor = other if right.is_free else one
    return replace(left | right, discounted=left.discounted or right.discounted or _discounts(factor), is_pair=False)


def pairs(one: Value, other: Value) -> Iterator[tuple[Use, Use]]:
    """The calls of the same network of which one made the target, the other the prediction."""
    for target, prediction in ((one, other), (other, one)):
        if prediction.boots:
            continue
        for boot in target.boots:
            for use in prediction.nets:
                if use.key == boot.key and use.given != boot.given:
                    yield boot, use


def says_reward(name: str) -> bool:
    return not _REWARDS.isdisjoint(words_of(name))


def use_of(call: CallView, key: str) -> Use | None:
    """The use of a trained network that a call is; None where it isn't known to be one."""
    said = words_of(key)
    if not _OTHERS.isdisjoint(said) or not call.node.args or not _is_network(call):
        return None
    for keyword in call.node.keywords:
        if isinstance(keyword.value, ast.Constant) or not _OTHERS.isdisjoint(words_of(keyword.arg or "")):
            return None
    if any(isinstance(one, ast.Constant) for one in call.node.args):
        return None
    return Use(key, ", ".join(ast.unparse(one) for one in call.node.args), call)


def _is_network(call: CallView) -> bool:
    name = call.last_name
    if name in ("forward", "__call__") and call.receiver is not None:
        name = call.receiver.attribute or call.receiver.identifier or ""
    return name == "self" or not _NETWORKS.isdisjoint(words_of(name)) or _is_optimized(call.file, call.func.text)


def _is_optimized(file: FileView, text: str) -> bool:
    return f"{text}.parameters()" in file.text


def _discounts(factor: ast.AST) -> bool:
    if not _DISCOUNTS.isdisjoint(words_in(factor)):
        return True
    constants = [n.value for n in walk(factor) if isinstance(n, ast.Constant) and isinstance(n.value, float)]
    return any(0.8 <= constant < 1 for constant in constants)
