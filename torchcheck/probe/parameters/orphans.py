"""Parameters that losses reach and that no optimizer owns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from weakref import ref

import torch
from torch import Tensor, nn

from torchcheck.facts.hidden import HiddenPart
from torchcheck.facts.training import Lost, OptimizerUsed, Unowned
from torchcheck.finding import Finding, Span
from torchcheck.probe.graph import leaves
from torchcheck.probe.lanes import same_elements, some_elements
from torchcheck.probe.observer import Observer
from torchcheck.probe.optimizers import public_name
from torchcheck.probe.parameters.holders import Held, assigned_at, find_computed, find_holder
from torchcheck.probe.parameters.known import Known, parameters_of
from torchcheck.probe.parameters.models import Loads, Models, is_meant, topmost
from torchcheck.probe.session import Session

_MOST = 2000  # parameters followed
_SECOND_BACKWARD = "backward through the graph a second time"
_MOST_NAMED = 4
_SOON = 30  # steps
_MOST_VERDICTS = 16


class Orphan:
    """A leaf that backwards reach and no optimizer owns, while it stays as it is.

    Attributes:
        reached: sampled backwards that left a gradient in it.
        changed: somebody has changed it: it learns in another way.
        judged: a verdict speaks of it, or it is left alone.
    """

    def __init__(self, leaf: Tensor) -> None:
        self._leaf = ref(leaf)
        self._before = some_elements(leaf)
        self.reached = 0
        self.changed = self.judged = False

    @property
    def leaf(self) -> Tensor | None:
        """The parameter, if it is alive."""
        return self._leaf()

    def look(self) -> None:
        """See whether it was changed. Reads from the device: sampled steps only."""
        leaf = self.leaf
        if leaf is not None and not self.changed:
            self.changed = not same_elements(self._before, some_elements(leaf))


@dataclass
class _Verdict:
    """What will be said at the end, if nothing excuses these parameters until then; with `soon`, some steps later."""

    orphans: list[Orphan]
    say: Callable[[], list[Finding]]
    step: int
    soon: bool = False


class Orphans(Observer):
    """Follows what losses reach and no optimizer owns; where that never changes, it was forgotten or is hidden.

    It is told at the end: an optimizer of a later stage may take the parameters, and somebody may update them by hand.
    What replaced the weights that an optimizer holds is told as soon as some steps have passed it by.
    """

    facts: ClassVar[tuple[str, ...]] = ("unowned", "hidden")
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._known = Known()
        self._loads = Loads()
        self._orphans: dict[int, Orphan] = {}
        self._trained: list[ref[Tensor]] = []
        self._verdicts: list[_Verdict] = []

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Nothing to do: that somebody listens makes the session know the models."""

    def built(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        self._known.add(optimizer, place)

    def loaded(self, module: nn.Module, place: Span) -> None:
        self._loads.add(module)

    def after_backward(self, loss: Tensor) -> None:
        if not self.session.sampled or self.session.followed.crowded or loss.device.type == "meta":
            return
        self._known.refresh()
        reached = [leaf for leaf in leaves(loss) if leaf.grad is not None]
        strangers = [leaf for leaf in reached if not self._known.has(leaf)]
        if strangers:
            self._known.search()
            strangers = [leaf for leaf in strangers if not self._known.has(leaf)]
        self._trained = [ref(leaf) for leaf in reached if self._known.has(leaf)]
        for leaf in strangers:
            self._see(leaf)

    def _see(self, leaf: Tensor) -> None:
        orphan = self._orphans.get(id(leaf))
        if orphan is None or orphan.leaf is not leaf:
            if len(self._orphans) >= _MOST:
                self._orphans = {key: o for key, o in self._orphans.items() if o.leaf is not None}
            if len(self._orphans) >= _MOST or not leaf.is_floating_point() or leaf.is_sparse:
                return
            orphan = self._orphans[id(leaf)] = Orphan(leaf)
        orphan.reached += 1

    def after_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        self._known.add(optimizer, place)
        if not self.session.sampled or not self._orphans:
            return
        for orphan in self._orphans.values():
            orphan.look()
        for verdict in [v for v in self._verdicts if v.soon and self.session.step - v.step >= _SOON]:
            self._verdicts.remove(verdict)
            self._conclude(verdict)
        due = [o for o in self._orphans.values() if o.reached >= 2 and not (o.judged or o.changed)]
        if due and len(self._verdicts) < _MOST_VERDICTS:
            self._decide(due, optimizer)

    def crashed(self, error: BaseException) -> None:
        """What is computed once from a parameter and used in every step can be backpropagated only once."""
        if not isinstance(error, RuntimeError) or _SECOND_BACKWARD not in str(error):
            return
        models = Models.of(self.session)
        held = find_computed((module for root in models.roots for module in root.modules()), models.holder)
        if held is not None:
            self.session.report(self.session.judge.hidden(self._hidden(held, self.session.user_place())))

    def end(self) -> None:
        for verdict in self._verdicts:
            self._conclude(verdict)
        self._orphans.clear()
        self._verdicts.clear()

    def _conclude(self, verdict: _Verdict) -> None:
        for orphan in verdict.orphans:
            orphan.look()
        alive = [leaf for leaf in (orphan.leaf for orphan in verdict.orphans) if leaf is not None]
        excused = any(o.changed for o in verdict.orphans) or any(map(self._known.has, alive))
        if not excused and self.session.step - verdict.step >= 1:
            self.session.report(verdict.say())

    def _decide(self, due: list[Orphan], stepped: torch.optim.Optimizer) -> None:
        """Say of each of them what it is: not registered, replaced, or missing. Each is judged once."""
        models = Models.of(self.session)
        trained = [leaf for leaf in (reference() for reference in self._trained) if leaf is not None]
        optimizer = next((o for o in map(self._known.owner, trained) if o is not None), None)
        if not models.roots or not _trains_a_model(optimizer, stepped, trained, models):
            return
        optimizer = optimizer or stepped
        for orphan in due:
            orphan.judged = True
        seen = [(orphan, leaf) for orphan in due if (leaf := orphan.leaf) is not None]
        self._decide_hidden([pair for pair in seen if id(pair[1]) not in models.holder], models, optimizer)
        self._decide_unowned([pair for pair in seen if id(pair[1]) in models.holder], models, optimizer)

    def _decide_hidden(
        self, pairs: list[tuple[Orphan, Tensor]], models: Models, optimizer: torch.optim.Optimizer
    ) -> None:
        modules = list(dict.fromkeys(module for root in models.roots for module in root.modules()))
        by_attribute: dict[tuple[int, str], tuple[Held, list[Orphan]]] = {}
        for orphan, leaf in pairs:
            held = None if self._loads.has(leaf) else find_holder(leaf, modules)
            if held is not None and not held.single and held.module.training and not is_meant(held.attribute):
                by_attribute.setdefault((id(held.module), held.attribute), (held, []))[1].append(orphan)
        for held, orphans in by_attribute.values():
            fact = self._hidden(held, self._place(optimizer))
            self._expect(orphans, partial(self.session.judge.hidden, fact))

    def _hidden(self, held: Held, place: Span) -> HiddenPart:
        return HiddenPart(
            owner=type(held.module).__name__,
            attribute=f"self.{held.attribute}",
            container=held.container,
            layers=held.layers,
            computed=held.computed,
            place=assigned_at(held.module, held.attribute) or place,
            step=self.session.step,
        )

    def _decide_unowned(
        self, pairs: list[tuple[Orphan, Tensor]], models: Models, optimizer: torch.optim.Optimizer
    ) -> None:
        stale = self._stale(optimizer, models)
        left_out = [pair for pair in pairs if self._should_learn(pair[1], models, bool(stale))]
        wanted = {id(leaf) for _, leaf in left_out}
        others = {key for key in models.holder if key not in wanted and not self._is_unseen(key, models)}
        names: dict[str, list[Orphan]] = {}
        for name, inside in self._parts(models.roots, wanted, others):
            if not is_meant(name):
                names[name] = [orphan for orphan, leaf in left_out if id(leaf) in inside]
        named = list(names)[:_MOST_NAMED]
        if not named:
            return
        lost = Lost.REPLACED if stale else Lost.MISSING
        fact = OptimizerUsed(
            kind=public_name(type(optimizer)),
            name=self.session.names.optimizer(optimizer),
            place=self._place(optimizer),
            unowned=[Unowned(name=name, lost=lost, place=None) for name in named],
        )
        orphans = [orphan for name in named for orphan in names[name]]
        self._expect(orphans, partial(self.session.judge.unowned, fact), soon=bool(stale))

    def _parts(self, roots: list[nn.Module], wanted: set[int], others: set[int]) -> Iterator[tuple[str, set[int]]]:
        told: set[int] = set()
        for root in roots:
            for part in topmost(root, wanted - told, others):
                inside = {id(part)} if isinstance(part, Tensor) else {id(p) for p in part.parameters()}
                if inside & (wanted - told):
                    told |= inside
                    names = self.session.names
                    yield (names.tensor(part) if isinstance(part, Tensor) else names.module(part)), inside

    def _should_learn(self, leaf: Tensor, models: Models, stale: bool) -> bool:
        holder = models.holder[id(leaf)]
        if not isinstance(leaf, nn.Parameter) or not holder.training or self._loads.has(leaf):
            return False
        return stale or id(leaf) not in models.ready

    def _is_unseen(self, key: int, models: Models) -> bool:
        """Whether a parameter belongs to no optimizer, and no backward has reached it either."""
        parameter = next((p for p in models.holder[key]._parameters.values() if id(p) == key), None)
        if parameter is None or not parameter.requires_grad:
            return True
        return not self._known.has(parameter) and parameter.grad is None

    def _stale(self, optimizer: torch.optim.Optimizer, models: Models) -> list[Tensor]:
        """What an optimizer trains that belongs to no called model, and that nothing reaches."""
        mine = [p for p in parameters_of(optimizer) if p.requires_grad and isinstance(p, nn.Parameter)]
        return [p for p in mine if p.grad is None and id(p) not in models.holder]

    def _place(self, optimizer: torch.optim.Optimizer) -> Span:
        return self._known.place(optimizer) or self.session.user_place()

    def _expect(self, orphans: Iterable[Orphan], say: Callable[[], list[Finding]], *, soon: bool = False) -> None:
        self._verdicts.append(_Verdict(list(orphans), say, self.session.step, soon))


def _trains_a_model(
    optimizer: torch.optim.Optimizer | None, stepped: torch.optim.Optimizer, trained: list[Tensor], models: Models
) -> bool:
    """Whether the optimizer is there for parts of models: not for an image, nor for a latent vector.

    One that nothing of the loss belongs to must have lost all of its gradients: then it steps beside the model.
    """
    if optimizer is not None:
        return any(id(leaf) in models.holder for leaf in trained)
    mine = parameters_of(stepped)
    return bool(mine) and all(isinstance(p, nn.Parameter) and p.grad is None for p in mine)
