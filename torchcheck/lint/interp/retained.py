"""Backwards that keep their graph: each is noted, and judged at the end of the turn of the loop that it is in.

The graph is not needed if the turn made all of it and uses it once. What is not known may carry a graph from turn to
turn (a hidden state), so it excuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from torchcheck.facts.retained import GraphRetained
from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.fixes import release
from torchcheck.lint.interp.events import Handed, Happening, Loop, flat
from torchcheck.lint.interp.join import options_of
from torchcheck.lint.interp.ownership import parts_of
from torchcheck.lint.interp.scope import Frame
from torchcheck.lint.interp.slices import Slice, all_reads, graph_reads, slice_of, slice_of_loop
from torchcheck.lint.interp.spelling import spell
from torchcheck.lint.interp.torch_values import Loader, Mode, Module, Tensor
from torchcheck.lint.interp.trail import Changes
from torchcheck.lint.interp.values import (
    ITEMS,
    Const,
    ExternalObject,
    Instance,
    Mapping,
    Sequence,
    Symbol,
    Unknown,
    Value,
)
from torchcheck.lint.source import NodePlace
from torchcheck.patterns import pattern
from torchcheck.records import frozen

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_OTHER_USES = pattern(
    r"autograd\.grad\b|create_graph|import grad\b|jacobian|hessian|\b[jv][vj]p\b|torch\.func|functorch"
)
"""Ways to use a graph that are no backward."""
_STATEFUL = pattern(
    r"(?i)hidden|\bh_?[0t]\b|\bh_prev|(?<!random_)states?\b|recurr|rnn|lstm|\bgru|memory|carr(y|ied)|bptt|prev_"
)
"""Words that say that something may live on from turn to turn."""
_DATA = pattern(
    r"(?i)^(x|y|xs|ys|x_?\w{0,6}train\w*|y_?\w{0,6}train\w*|[xy]_?(batch|b|data|t)|train_?\w*|inputs?|images?|imgs?|data\w*|"
    r"batch\w*|labels?|targets?|\w*loader\w*|\w*_?iter|real\w*|tokens?|input_ids|mask|\w*_mask|adj|edge_index|noise|z|t|"
    r"args?|opts?|cfg|config|params|hparams|device|epochs?|step|lr|i|j|k|n|writer|logger|pbar|tqdm)$"
)
"""Names of what is read, counted or set, and computed by no model."""
_COUNTS = pattern(r"(?i)step|count|epoch|iter|num|best|time|calls|training")


@frozen(eq=False)
class Backward:
    """A backward: in which loop and frames, and whether it keeps its graph."""

    node: ir.Call
    loss: ir.Expr | None
    loop: ir.Stmt
    around: tuple[Frame, ...]
    retains: bool


def note(m: Machine, site: CallSite, loss: ir.Expr | None) -> None:
    """A backward happens, of what is written `loss`."""
    if not m.history.turns:
        return
    position = 1 if spell(site.node.func) in ("torch.autograd.backward", "autograd.backward") else 0
    retains = (site.const(position + 1, "retain_graph") is True) and site.const(
        position + 2, "create_graph"
    ) is not True
    loop = m.history.turns[-1][0]
    m.history.backwards.append(Backward(site.node, loss, loop, tuple(m.frames), retains))


@contextmanager
def judged(m: Machine, loop: ir.For | ir.While) -> Iterator[None]:
    """Judge the backwards of a loop when it has been read."""
    mark, before = m.trail.mark(), len(m.events)
    yield
    own = [b for b in m.history.backwards if b.loop is loop and b.around[: len(m.frames)] == tuple(m.frames)]
    m.history.backwards = [b for b in m.history.backwards if b not in own]
    kept = {id(backward.node): backward for backward in own if backward.retains}
    if not kept:
        return
    turns = max((event.turns for event in m.events[before:] if isinstance(event, Loop)), default=1)
    events = list(flat(m.events[before:]))
    if any(isinstance(e, Handed) or (isinstance(e, Happening) and e.act is Act.UNKNOWN) for e in events):
        return
    changes = m.trail.changes(mark)
    for backward in kept.values():
        happened = [e for e in events if isinstance(e, Happening) and e.act is Act.BACKWARD]
        here = [e for e in happened if e.place.node is backward.node.node]
        others = [b for b in own if b.node is not backward.node]
        if len(here) > turns or len(happened) > len(here) + sum(b.around == backward.around for b in others):
            continue
        if not _is_needed(m, loop, backward, others, changes):
            file = backward.around[-1].file
            fact = GraphRetained(
                place=NodePlace(file, backward.node.node),
                loss=spell(backward.loss) or None,
                release=release(file, backward.node),
            )
            m.facts.retained.append((file, fact))


def _is_needed(m: Machine, loop: ir.For | ir.While, one: Backward, others: list[Backward], changes: Changes) -> bool:
    """Whether anything but this backward may use the graph, or anything older than the turn may be in it."""
    texts = {frame.file.text for frame in one.around}
    if any(_OTHER_USES.search(text) for text in texts):
        return True
    turn = slice_of_loop(loop)
    direct = len(one.around) == len(m.frames)
    names = turn.sources(graph_reads(one.loss) if direct else all_reads(loop.body))
    judge = _Judge(m, changes, any(_STATEFUL.search(text) for text in texts))
    if not direct and (others or not all(_is_local(judge, frame) for frame in one.around[len(m.frames) :])):
        return True
    shared = {name for other in others for name in turn.sources(graph_reads(other.loss)) & names & turn.bound}
    if any(judge.may_carry(name, m.frame) for name in shared):
        return True
    before = {name for name in names if name not in turn.bound or name in turn.exposed}
    if any(_carries(judge, turn, name, m.frame) for name in before):
        return True
    return _is_used_after(m, loop, turn)


def _carries(judge: _Judge, turn: Slice, name: str, frame: Frame) -> bool:
    """Whether a name that was bound before the turn may have a graph."""
    if name in turn.bound:  # and is bound again in it
        made_of = turn.sources([name]) - {name}
        return any(judge.may_carry(part, frame) or judge.calls(part, frame) for part in made_of)
    return judge.may_carry(name, frame)


def _is_local(judge: _Judge, frame: Frame) -> bool:
    """Whether a function that is called in the turn makes its values of its arguments and of what has no graph."""
    definition = frame.function.definition if frame.function is not None else None
    if not isinstance(definition, ir.FunctionDef):
        return False
    given = {param.name for param in definition.params.named()}
    inner = slice_of(definition.body)
    free = all_reads(definition.body) - inner.bound - given
    return not any(judge.may_carry(name, frame) for name in free)


def _is_used_after(m: Machine, loop: ir.Stmt, turn: Slice) -> bool:
    file, function = m.frame.file, m.frame.function
    last = file.span(function.definition.node).end.row if function is not None else None
    after = "\n".join(file.text.split("\n")[file.span(loop.node).end.row : last])
    for name in turn.bound:
        use = re.search(rf"(?m)\b{re.escape(name)}\b.*\.backward\(|backward\(\s*{re.escape(name)}\b", after)
        if use and not re.search(rf"(?m)^\s*{re.escape(name)}\s*=[^=]", after[: use.end()]):
            return True
    return False


def _is_computed(name: str, frame: Frame) -> bool:
    """Whether a model takes part in what a name was bound to."""
    sources = frame.sources.get(name, []) if _DATA.search(name) else []
    return any(_MODEL.search(read) for source in sources for read in graph_reads(source))


class _Judge:
    """Says of values whether they may have a graph that is older than the turn."""

    def __init__(self, m: Machine, changes: Changes, stateful: bool) -> None:
        self._m = m
        self._written = {(where, key): value for (where, key), (_, _, value) in changes.items()}
        self._stateful = stateful

    def _value(self, name: str, frame: Frame) -> Value:
        self._m.frames.append(frame)
        try:
            return self._m.eval(ir.Name(None, name))
        finally:
            self._m.frames.pop()

    def calls(self, name: str, frame: Frame) -> bool:
        """Whether a name may stand for a model, whose output has a graph."""
        return any(isinstance(v, Module | Instance | Symbol | Unknown) for v in options_of(self._value(name, frame)))

    def may_carry(self, name: str, frame: Frame) -> bool:
        if _is_computed(name, frame):
            name = ""  # it is called like data, and isn't
        return any(self._has_graph(option, name, 0) for option in options_of(self._value(name, frame)))

    def _has_graph(self, value: Value, name: str, depth: int) -> bool:
        if depth > 6:
            return True
        if isinstance(value, Tensor):
            data = value.deps <= {0} and _DATA.search(name) is not None
            return bool(value.deps) and not value.leaf and value.cut is None and not data
        if isinstance(value, Symbol | Unknown):
            return not _DATA.search(name) and (self._stateful or not _MODEL.search(name))
        if isinstance(value, Sequence):
            unknown = value.unseen and not _DATA.search(name)
            return unknown or any(self._has_graph(item, name, depth + 1) for item in value.items)
        if isinstance(value, Mapping):
            unknown = value.open and not _DATA.search(name)
            return unknown or any(self._has_graph(item, name, depth + 1) for item in value.cells.values())
        if isinstance(value, Loader):
            return self._has_graph(value.batch, "data", depth + 1)
        return isinstance(value, Module | Instance) and self._keeps_state(value)

    def _keeps_state(self, root: Module | Instance) -> bool:
        """Whether the turn leaves something in a model that may have a graph."""
        waiting: list[Value] = [root]
        seen: set[int] = set()
        while waiting:
            part = waiting.pop()
            if id(part) in seen:
                continue
            seen.add(id(part))
            if isinstance(part, Sequence | Mapping):
                if (id(part.cells), ITEMS) in self._written:
                    return True
                waiting += part.items if isinstance(part, Sequence) else part.cells.values()
            elif isinstance(part, Module | Instance):
                if any(self._is_left(part, key, value) for key, value in part.cells.items()):
                    return True
                waiting += parts_of(part)
        return False

    def _is_left(self, part: Module | Instance, key: object, value: Value) -> bool:
        if not isinstance(key, str) or isinstance(value, Const | Mode | ExternalObject):
            return False
        if isinstance(value, Tensor):
            return bool(value.deps) and not value.leaf and value.cut is None
        unknown = isinstance(value, Symbol | Unknown) and (id(part.cells), key) in self._written
        return unknown and not _COUNTS.search(key)


_MODEL = pattern(
    r"(?i)model|net(work)?\d*$|encoder|decoder|classifier|backbone|head|criteri|loss|(^|_)(fn|func|cost)$|^(self|nn|F|mlp|"
    r"cnn|gcn|gat|vae|actor|critic|policy|generator|discriminator|embed(ding)?s?|layer\w*|fc\d*|conv\d*|linear)$"
)
"""Names of models and losses."""
