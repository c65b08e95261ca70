"""What is counted in a unit: each training loop and each loss once, however often it is met.

Another unit may meet the same one. So it is known by its file, its text, and which of those of equal text it is: its
place would cost more to find out than everything else about it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from torchcheck.lint.result import Mark
from torchcheck.lint.source import SourceFile

_LONGEST = 80


class Tally:
    """Training loops judged, losses judged, and losses whose input is not known."""

    def __init__(self) -> None:
        self._losses: dict[Any, tuple[SourceFile, bool]] = {}
        self._loops: dict[Any, SourceFile] = {}

    def loss(self, file: SourceFile, node: Any, *, judged: bool) -> None:
        """A loss was met; judged once is judged."""
        self._losses[node] = file, judged or (node in self._losses and self._losses[node][1])

    def loop(self, file: SourceFile, node: Any) -> None:
        """A training loop was judged; the node is that of its backward."""
        self._loops[node] = file

    def loops(self, files: Collection[SourceFile]) -> set[Mark]:
        """The training loops in these files."""
        return {
            mark for mark, file, _ in _marked([(f, node, None) for node, f in self._loops.items()]) if file in files
        }

    def losses(self, files: Collection[SourceFile]) -> tuple[set[Mark], set[Mark]]:
        """The losses in these files: judged ones, and ones with an input that is not known."""
        marked = list(_marked([(file, node, judged) for node, (file, judged) in self._losses.items()]))
        judged = {mark for mark, file, known in marked if file in files and known}
        return judged, {mark for mark, file, known in marked if file in files and not known}


def _marked(nodes: list[tuple[SourceFile, Any, bool | None]]) -> list[tuple[Mark, SourceFile, bool | None]]:
    seen: Counter[tuple[str, str]] = Counter()
    marked = []
    for file, node, judged in nodes:
        text = file.text_of(node)[:_LONGEST]
        seen[file.name, text] += 1
        marked.append(((file.name, text, seen[file.name, text]), file, judged))
    return marked
