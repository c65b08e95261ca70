"""Which files are interpreted together, and in which order: those that use others come before what they use.

What a function is called with says more than its parameters alone: a function that some caller has reached needs no
visit of its own. So a unit is told what the units before it have reached, and depends on nothing else of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from torchcheck.records import record

Node = str | tuple[str, str]
"""A file, or a name in one that is only handed on."""
Graph = Mapping[Node, Sequence[Node]]


@record
class Unit:
    """Files that are interpreted together.

    Attributes:
        wanted: for each file the definitions and methods (`Net.forward`) that can matter.
        before: the units that may reach what is in this one: of a set of indices the bits, since there may be many.
    """

    wanted: dict[str, set[str]]
    before: int = 0

    def comes_after(self, index: int) -> bool:
        """Whether the unit of this index may reach what is in it."""
        return bool(self.before >> index & 1)

    @property
    def name(self) -> str:
        """Its files."""
        return "\n".join(self.wanted)

    def to_json(self) -> dict[str, Any]:
        return {key: sorted(names) for key, names in self.wanted.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Unit:
        return cls({key: set(names) for key, names in data.items()})


def ordered_units(wanted: Mapping[str, set[str]], graph: Graph) -> list[Unit]:
    """The files as units, users first.

    Args:
        wanted: for each file that is interpreted what in it is wanted.
        graph: who uses whom.
    """
    units: list[Unit] = []
    above: dict[Node, int] = {}
    order = {key: index for index, key in enumerate(wanted)}
    for component in reversed(list(_components(graph))):
        reaching = reduce(or_, (above.pop(node, 0) for node in component))
        files = sorted((node for node in component if isinstance(node, str) and node in wanted), key=order.__getitem__)
        if files:
            units.append(Unit({key: wanted[key] for key in files}, reaching))
            reaching |= 1 << len(units) - 1
        inside = set(component)
        for node in component:
            for used in graph[node]:
                if used not in inside:
                    above[used] = above.get(used, 0) | reaching
    return units


def _components(graph: Graph) -> Iterator[list[Node]]:
    """Tarjan's strongly connected components, what is used first; without recursion."""
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    open_nodes: set[Node] = set()
    for root in graph:
        if root in index:
            continue
        work = [(root, iter(graph[root]))]
        while work:
            node, below = work[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                stack.append(node)
                open_nodes.add(node)
            for used in below:
                if used not in index:
                    work.append((used, iter(graph[used])))
                    break
                if used in open_nodes:
                    low[node] = min(low[node], index[used])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    at = stack.index(node) if stack[-1] is not node else len(stack) - 1
                    component = stack[at:]
                    del stack[at:]
                    open_nodes.difference_update(component)
                    yield component
