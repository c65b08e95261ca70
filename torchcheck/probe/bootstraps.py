"""Targets of temporal differences that carry gradients, read from the graph of the loss."""

from __future__ import annotations

import ast
from collections import Counter
from typing import Any, ClassVar

from torch import Tensor

from torchcheck.facts.bootstrap import BootstrapLearns
from torchcheck.finding import Span
from torchcheck.probe.activations import VIEWS, kind_of
from torchcheck.probe.graph import LEAF, nodes
from torchcheck.probe.observer import Observer
from torchcheck.probe.session import Session
from torchcheck.probe.source import enclosing

_LOOKS = 6  # backwards that are looked at: graphs repeat themselves
_TOP = 200  # nodes looked at below a loss
_DEEPEST = 24
_COMPARES = frozenset({"MseLoss", "SmoothL1Loss", "HuberLoss", "L1Loss", "Sub"})
_MEASURES = frozenset({"Pow", "Abs", "Mul"})
_CURVED = frozenset({"Pow", "Exp", "Log", "Sqrt", "Rsqrt", "Abs"})
_CHOOSES = frozenset({"Max", "Amax", "Min", "Amin", "Minimum", "Mean", "Sum", *VIEWS})
_DISCOUNTS = (0.5, 1.0)


class Bootstraps(Observer):
    """Records `BootstrapLearns` facts of the first sampled backwards."""

    facts: ClassVar[tuple[str, ...]] = ("bootstrap",)
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._looks = 0
        self._seen: Counter[Span] = Counter()

    def before_backward(self, loss: Tensor) -> None:
        if not self.session.sampled or self._looks >= _LOOKS:
            return
        found = [pair for root in self.session.losses for pair in _bootstraps(root.grad_fn)]
        self._looks += bool(found) or self.session.step > 0
        if found:
            self._tell(*found[0])

    def _tell(self, discount: float, leaves: list[Tensor]) -> None:
        place = self.session.user_place()
        self._seen[place] += 1
        name = self.session.names.tensor(leaves[-1])
        around = enclosing(place.filename, place.start.row)
        fact = BootstrapLearns(
            network=name.rpartition(".")[0] or name,
            discount=discount,
            seen=self._seen[place],
            source=ast.unparse(around) if around is not None else "",
            place=place,
            step=self.session.step,
        )
        self.session.report(self.session.judge.bootstrap(fact))


def _bootstraps(root: Any) -> list[tuple[float, list[Tensor]]]:
    """The discounts of targets below a loss, each with the weights that compute both it and the prediction."""
    found = []
    top = list(nodes(root, _TOP)) if root is not None else []
    measured = {child for node in top if kind_of(node) in _MEASURES for child, _ in node.next_functions}
    for node in top:
        if kind_of(node) == "Sub" and node not in measured:
            continue  # a difference that may have either sign is no error to be made small
        sides = [child for child, _ in node.next_functions if child is not None]
        if kind_of(node) not in _COMPARES or len(sides) != 2:
            continue
        for target, prediction in (sides, sides[::-1]):
            discount, value = _discounted(target)
            if value is None:
                continue
            behind, ahead = _leaves(value), _leaves(prediction)
            if behind and behind.keys() <= ahead.keys():
                found.append((discount, list(behind.values())))
    return found


def _discounted(node: Any) -> tuple[float, Any]:
    """The discount and the value of `data + discount * value`; no value where this is nothing of the kind."""
    node = _below(node, VIEWS)
    if node is None or kind_of(node) != "Add":
        return 0.0, None
    sides = [child for child, _ in node.next_functions]
    present = [child for child in sides if child is not None]
    if len(sides) != 2 or len(present) != 1:
        return 0.0, None
    node, discount = present[0], 0.0
    for _ in range(_DEEPEST):
        node = _below(node, _CHOOSES)
        if node is None or kind_of(node) != "Mul":
            break
        children = [child for child, _ in node.next_functions]
        given = [child for child in children if child is not None]
        if len(given) != 1:
            break
        discount = discount or _discount(node._saved_other if children[0] is not None else node._saved_self)
        node = given[0]
    is_value = node is not None and kind_of(node) not in _CURVED
    return discount, node if discount and is_value else None


def _below(node: Any, kinds: frozenset[str]) -> Any:
    for _ in range(_DEEPEST):
        if node is None or kind_of(node) not in kinds or node.name() == LEAF:
            return node
        node = node.next_functions[0][0] if node.next_functions else None
    return None


def _discount(factor: Any) -> float:
    """A factor below one that is the same for all values but those that it wipes out; 0 for any other."""
    if not isinstance(factor, Tensor) or factor.device.type != "cpu" or not factor.numel():
        return 0.0
    low, high = (float(end) for end in factor.detach().float().aminmax())
    return high if _DISCOUNTS[0] < high < _DISCOUNTS[1] and low in (0.0, high) else 0.0


def _leaves(node: Any) -> dict[int, Tensor]:
    """The parameters that a value was computed with, by id."""
    found = (one.variable for one in nodes(node, 2000) if one.name() == LEAF)
    return {id(leaf): leaf for leaf in found}
