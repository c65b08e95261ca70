"""Trained modules that no gradient reaches, since a cut stands on their only way to the loss."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from torchcheck.facts.cut import GradientCut
from torchcheck.facts.place import Place
from torchcheck.facts.step import Act
from torchcheck.facts.training import ON_PURPOSE
from torchcheck.lint import ir
from torchcheck.lint.interp.classes import find_method, lineage, members
from torchcheck.lint.interp.events import Events, Fork, Happening, Loop, Scope
from torchcheck.lint.interp.ownership import Ownership, owners_of
from torchcheck.lint.interp.paths import happenings
from torchcheck.lint.interp.reach import Reach, severed
from torchcheck.lint.interp.scope import Frame
from torchcheck.lint.interp.torch_values import Deps, Module
from torchcheck.lint.interp.traces import Run
from torchcheck.lint.interp.training import everything, learns
from torchcheck.lint.interp.values import Class, Instance, Value
from torchcheck.lint.source import NodePlace, SourceFile
from torchcheck.patterns import pattern

_KEPT_STILL = pattern(
    r"(?i)(^|[_.])(k|key)$|codebook|(^|_)codes?$|quant|prototype|centers?$|centroid|probe|baseline|(^|_)(clip|t5|vae)"
)
"""More names of what is often kept from learning, or learns in another way."""
_LOSS = pattern(r"(?i)loss|cost|objective|(^|_)err(or)?([_A-Z]|$)")


def gradient_cuts(
    run: Run, ownership: Ownership, rewrapped: Sequence[Place]
) -> Iterator[tuple[SourceFile, GradientCut]]:
    """Every cut of a run that leaves trained modules without gradients, but for those that make a leaf of a loss."""
    for file, fact in _gradient_cuts(run, ownership):
        if not any(_is_within(fact.place, place) for place in rewrapped):
            yield file, fact


def _is_within(inner: Place, outer: Place) -> bool:
    one, other = inner.span(), outer.span()
    return one.filename == other.filename and other.start <= one.start and one.end <= other.end


def _gradient_cuts(run: Run, ownership: Ownership) -> Iterator[tuple[SourceFile, GradientCut]]:
    backwards = [event for event in happenings(run.events) if event.act is Act.BACKWARD]
    if run.method or any(event.act is Act.BY_HAND for event in happenings(run.events)):
        return
    learnt: Deps = frozenset().union(*(event.deps for event in backwards))
    owned = frozenset().union(*(other.owners for other in run.optimizers if other.built))
    for number in sorted(learnt & owned):
        model = ownership.called.get(number)
        if isinstance(model, Instance) and not model.partial:
            yield from _in_forward(model, learnt, owned, ownership)
    seen: set[int] = set()
    for loop, backward in _loops(run.events):
        if id(loop) not in seen and isinstance(loop, ir.For | ir.While):
            seen.add(id(loop))
            yield from _in_loop(loop, backward, learnt, owned, ownership)


def _in_forward(
    model: Instance, learnt: Deps, owned: Deps, ownership: Ownership
) -> Iterator[tuple[SourceFile, GradientCut]]:
    forward = find_method(model.cls, "forward")
    if forward is None:
        return
    file = forward.home.scope.file
    reach = Reach(methods=_methods(model, file))
    reach.run(forward.definition.body)
    parts = {f"self.{key}": value for key, value in model.cells.items() if isinstance(key, str)}
    text = "\n".join(file.text_of(each.node) for each in (forward.definition, *reach.followed.values()))
    if all(_is_called_in(text, file, name) for name in reach.followed):
        yield from _facts(file, reach, parts, text, (learnt, owned), ownership)


def _methods(model: Instance, file: SourceFile) -> dict[str, ir.FunctionDef]:
    """The methods of a model by name that stand in the file of its forward."""
    found: dict[str, ir.FunctionDef] = {}
    for cls in lineage(model.cls):
        if isinstance(cls, Class) and cls.scope.file is file:
            for name in members(cls):
                method = find_method(model.cls, name)
                if method is not None and method.home.scope.file is file:
                    found.setdefault(name, method.definition)
    return found


def _is_called_in(text: str, file: SourceFile, method: str) -> bool:
    """Whether a method is called by this text alone."""
    called = rf"\.{re.escape(method)}\b(?!\s*=[^=])"
    return len(re.findall(called, file.text)) == len(re.findall(called, text))


def _in_loop(
    loop: ir.For | ir.While, backward: Happening, learnt: Deps, owned: Deps, ownership: Ownership
) -> Iterator[tuple[SourceFile, GradientCut]]:
    frame = backward.frame
    if not isinstance(frame, Frame):
        return
    reach = Reach()
    reach.run(loop.body)
    file = backward.place.file
    text = "\n".join(file.text.split("\n")[file.span(loop.node).start.row - 1 : file.span(loop.node).end.row])
    cells = {**frame.scope.cells, **frame.cells}
    yield from _facts(file, reach, cells, text, (learnt, owned), ownership)


def _facts(
    file: SourceFile,
    reach: Reach,
    parts: dict[str, Value],
    text: str,
    numbers: tuple[Deps, Deps],
    ownership: Ownership,
) -> Iterator[tuple[SourceFile, GradientCut]]:
    lost: dict[tuple[int, str], tuple[ir.Expr, list[str]]] = {}
    forgotten = _in_forgotten_losses(reach, file)
    for name, (node, by) in severed(reach).items():
        part = parts.get(name)
        if name in forgotten:
            continue
        if isinstance(part, Module | Instance) and _is_starved(file, name, part, text, numbers, ownership):
            lost.setdefault((id(node), by), (node, []))[1].append(name)
    for (_, by), (node, names) in lost.items():
        yield file, GradientCut(place=NodePlace(file, node.node), by=by, modules=tuple(names))


def _in_forgotten_losses(reach: Reach, file: SourceFile) -> set[str]:
    """What has a loss of its own that nobody backpropagates: the backward is missing there, nothing is cut.

    A loss that a cut was applied to, as in `total + loss.item()`, is not meant.
    """
    found: set[str] = set()
    texts = [file.text_of(node.node) for _, node, _ in reach.out.dead]
    for name, flow in reach.known.items():
        if _LOSS.search(name) and not any(re.search(rf"\b{re.escape(name)}\b", text) for text in texts):
            found |= flow.live - reach.out.live
    return found


def _is_starved(
    file: SourceFile,
    name: str,
    part: Module | Instance,
    text: str,
    numbers: tuple[Deps, Deps],
    ownership: Ownership,
) -> bool:
    """Whether a part should learn, and can by no other way."""
    learnt, owned = numbers
    own = owners_of(part)
    if (
        own & learnt
        or not own <= owned
        or not own.isdisjoint(ownership.handled | (ownership.evaluated - ownership.trained))
    ):
        return False
    if ON_PURPOSE.search(name) or _KEPT_STILL.search(name.rpartition(".")[2]):
        return False
    inside = list(everything(part))
    if any(isinstance(p, Module) and p.kind in ("ready-made", "part") for p in inside):
        return False
    if any(isinstance(p, Instance) and p.partial for p in inside) or not any(learns(p) for p in inside):
        return False
    called = rf"\b{re.escape(name.rpartition('.')[2])}\s*[(\[.]\s*(?!parameters|to\b|train\b|cuda|state_dict|apply)"
    return len(re.findall(called, file.text)) == len(re.findall(called, text))


def _loops(events: Events) -> Iterator[tuple[ir.Stmt | ir.Expr, Happening]]:
    """Each loop with a backward of its own turns that is written in it."""
    for event in events:
        if isinstance(event, Loop):
            yield from _loops(event.events)
            for act in happenings(event.events):
                if act.act is Act.BACKWARD and act.certain:
                    yield event.statement, act
                    break
        elif isinstance(event, Scope):
            yield from _loops(event.events)
        elif isinstance(event, Fork):
            for arm in event.arms:
                yield from _loops(arm.events)
