"""From the events of an entry point to what its optimizers train, and what they should and don't."""

from __future__ import annotations

from collections.abc import Iterator

from torchcheck.facts.scheduler import Unit
from torchcheck.facts.step import Act
from torchcheck.facts.training import ON_PURPOSE, Lost, OptimizerUsed, Unowned
from torchcheck.lint.interp.assign import path_of
from torchcheck.lint.interp.classes import torch_base
from torchcheck.lint.interp.events import Events, Fork, Happening, Loop
from torchcheck.lint.interp.lives import Around, is_step_of, walk
from torchcheck.lint.interp.ownership import Ownership, owners_of, parts_of
from torchcheck.lint.interp.paths import happenings
from torchcheck.lint.interp.schedulers import optimizer_under
from torchcheck.lint.interp.torch_values import Deps, Module, Optimizer, Tensor
from torchcheck.lint.interp.traces import Run
from torchcheck.lint.interp.units import loop_unit
from torchcheck.lint.interp.values import ITEMS, Instance, Sequence, Value
from torchcheck.lint.source import SourceFile
from torchcheck.patterns import pattern

_LEARNING = pattern(
    r"Linear|Conv|BatchNorm|LayerNorm|GroupNorm|RMSNorm|Embedding|LSTM|GRU|RNN|MultiheadAttention|Transformer|PReLU"
)
"""Layers of torch that have parameters."""
_STARTS_ANEW = pattern(
    r"(?i)load_state_dict|deepcopy(?!\([\w.]+\.state_dict\(\)\))|reset|\.apply\(|"
    r"fold|\bround|client|\btask|trial|stage|phase|freez|requires_grad|"
    r"restart|generation|lr\s*=[^,)]*(epoch|\*)|(?m:^\s*[\w.]*(lr|learning_rate)\w*\s*[-+*/]?=[^=])"
)
"""Code that starts a training anew, or changes what is trained: a new optimizer is meant."""
_CHANGES_RATE = pattern(r"(?i)param_groups|sched|warm_?up|adjust|set_lr|update_lr|load_state_dict|defaults|lr_decay")
_IMPORT = pattern(r"(?m)^\s*(from|import)\b.*$")
_ATTENTION = pattern(r"MultiheadAttention|Transformer")


def optimizer_lives(run: Run, ownership: Ownership) -> Iterator[tuple[SourceFile, OptimizerUsed]]:
    """Every optimizer that an entry point builds and steps in a loop."""
    walked = list(walk(run.events, ()))
    for optimizer in run.optimizers:
        if not optimizer.built or optimizer.place is None or not _trains(optimizer, walked):
            continue
        yield (
            optimizer.place.file,
            OptimizerUsed(
                kind=optimizer.kind,
                name=optimizer.name,
                place=optimizer.place,
                unowned=list(_unowned(run, optimizer, ownership)),
                rebuilt=_rebuilt(optimizer, walked),
                learning_rate=optimizer.learning_rate if _keeps_rate(run, optimizer) else None,
                schedulers=_schedulers(run, optimizer),
                attention=_attention(optimizer, ownership),
            ),
        )


def _trains(optimizer: Optimizer, walked: list[tuple[Happening, Around]]) -> bool:
    return any(is_step_of(e, optimizer) and any(isinstance(o, Loop) for o in around) for e, around in walked)


def _unowned(run: Run, optimizer: Optimizer, ownership: Ownership) -> Iterator[Unowned]:
    """What takes part in the losses of an optimizer and belongs to nobody."""
    if run.method or any(not other.built or 0 in other.owners for other in run.optimizers):
        return
    if any(event.act is Act.BY_HAND for event in happenings(run.events)):
        return
    owned = ownership.owned()
    placed = {id(p.new): p for p in ownership.placed}
    seen: set[int] = set()
    learnt = _learnt_through(run.events, optimizer, ownership) - owned
    late = {p.new.number: p for p in ownership.placed if p.optimizer is optimizer and p.new.number in learnt}
    for number in sorted(learnt, key=lambda n: (n not in late, n)):
        module = ownership.called.get(number)
        root = module if number in late or module is None else _root(module, owned)
        if root is None or id(root) in seen:
            continue
        seen.add(id(root))
        put = placed.get(id(root))
        if put is None and not owners_of(root).isdisjoint(late):
            continue  # nothing of it is owned since its only trained layer was replaced
        if not _should_learn(root, owned, ownership):
            continue
        if put is not None:
            if put.optimizer is optimizer:
                yield Unowned(name=put.name, lost=Lost.REPLACED if put.replaces else Lost.ADDED, place=put.place)
        elif not ON_PURPOSE.search(path_of(root) or "") and optimizer.place is not None:
            yield Unowned(name=path_of(root) or "", lost=Lost.MISSING, place=optimizer.place)


def _learnt_through(events: Events, optimizer: Optimizer, ownership: Ownership) -> Deps:
    """The modules on which the losses depend that the optimizer steps for."""
    found: Deps = frozenset()
    placed = (owners_of(p.new) for p in ownership.placed if p.optimizer is optimizer)
    own = optimizer.owners.union(*placed) & set(ownership.called)
    for event, around in walk(events, ()):
        if event.act is not Act.BACKWARD or event.deps.isdisjoint(own):
            continue
        loops = [outer for outer in around if isinstance(outer, Loop)]
        if loops and any(is_step_of(other, optimizer) for other in happenings(loops[-1].events)):
            found |= event.deps
    return found


def _root(module: Module | Instance, owned: Deps) -> Module | Instance:
    """The largest model around a module of which the optimizers own nothing."""
    for _ in range(20):
        owner = module.owner[0] if module.owner is not None else None
        is_model = isinstance(owner, Module) or (isinstance(owner, Instance) and torch_base(owner.cls) is not None)
        if not isinstance(owner, Module | Instance) or not is_model or owners_of(owner) & owned:
            break
        module = owner
    return module


def _should_learn(root: Module | Instance, owned: Deps, ownership: Ownership) -> bool:
    if not path_of(root) or owners_of(root) & owned or not ownership.left_alone(root):
        return False
    parts = list(everything(root))
    if any(isinstance(p, Module) and p.kind in ("ready-made", "part") for p in parts):
        return False
    return not any(isinstance(p, Instance) and p.partial for p in parts) and any(learns(p) for p in parts)


def everything(root: Value) -> Iterator[Module | Instance]:
    waiting, seen = [root], set[int]()
    while waiting and len(seen) < 2000:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, Sequence):
            waiting += part.items
        elif isinstance(part, Module | Instance):
            yield part
            waiting += parts_of(part)


def learns(part: Module | Instance) -> bool:
    """Whether it has parameters of its own."""
    if isinstance(part, Module):
        return ITEMS not in part.cells and _LEARNING.search(part.kind) is not None
    return any(isinstance(value, Tensor) and value.leaf for value in part.cells.values())


def _rebuilt(optimizer: Optimizer, walked: list[tuple[Happening, Around]]) -> Unit | None:
    """In which loop it is built, for a model from outside that goes on as it was; None where it is built once."""
    if optimizer.place is None or 0 in optimizer.owners or not optimizer.remembers:
        return None
    for event, around in walked:
        if event.act is not Act.UNKNOWN or event.optimizer is not optimizer:
            continue
        if event.place.node is not optimizer.place.node:
            continue
        nearest = next((o for o in reversed(around) if isinstance(o, Loop | Fork)), None)
        if not isinstance(nearest, Loop) or max(optimizer.owners, default=0) >= nearest.first:
            return None
        builds = [e for e in happenings(nearest.events) if e.place.node is event.place.node and e.act is Act.UNKNOWN]
        texts = (nearest.place.file.text_of(nearest.place.node), optimizer.place.file.text_of(optimizer.place.node))
        if len(builds) < nearest.turns or any(_STARTS_ANEW.search(text) for text in texts):
            return None
        loops = [o for o in around if isinstance(o, Loop)]
        return _unit_of_rebuilding(optimizer, nearest, loops, walked)
    return None


def _unit_of_rebuilding(
    optimizer: Optimizer, nearest: Loop, loops: list[Loop], walked: list[tuple[Happening, Around]]
) -> Unit | None:
    """Epochs that are no folds or rounds, or batches of one step each: several steps adapt the model to a sample."""
    unit = loop_unit(nearest.statement)
    if unit is Unit.EPOCH:
        steps = any(is_step_of(event, optimizer) for event in happenings(nearest.events))
        return unit if steps and len(loops) == 1 else None
    steps_around = [
        [o for o in around if isinstance(o, Loop)] for event, around in walked if is_step_of(event, optimizer)
    ]
    return unit if steps_around and all(inner[-1:] == [nearest] for inner in steps_around) else None


def _keeps_rate(run: Run, optimizer: Optimizer) -> bool:
    """Whether nothing is seen that could change the learning rate that it was built with."""
    assert optimizer.place is not None
    if not optimizer.named or run.method:
        return False
    handed = [e for e in happenings(run.events) if e.act is Act.UNKNOWN and e.optimizer is optimizer]
    text = _IMPORT.sub("", optimizer.place.file.text)
    return len(handed) == 1 and not _CHANGES_RATE.search(text)  # the one is that it was built


def _schedulers(run: Run, optimizer: Optimizer) -> list[str] | None:
    """The schedulers of an optimizer; None where something else may change its learning rate."""
    assert optimizer.place is not None
    own = [s.kind for s in run.schedulers if optimizer_under(s) is optimizer]
    if own:
        return own
    return [] if _keeps_rate(run, optimizer) else None


def _attention(optimizer: Optimizer, ownership: Ownership) -> str | None:
    for number in sorted(optimizer.owners):
        module = ownership.called.get(number)
        if isinstance(module, Module) and _ATTENTION.search(module.kind):
            return path_of(module) or module.spelling
    return None
