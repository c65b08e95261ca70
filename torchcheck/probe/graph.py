"""Walks over the graph that autograd has recorded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from torch import Tensor

_LARGEST = 20_000
LEAF = "torch::autograd::AccumulateGrad"


def nodes(root: Any, limit: int = _LARGEST, stop: Callable[[Any], bool] | None = None) -> Iterator[Any]:
    """The nodes of a graph, breadth first, each once, `limit` of them at most, none below one that `stop` ends at."""
    seen = {root}
    queue = deque([root])
    while queue and len(seen) <= limit:
        node = queue.popleft()
        yield node
        if stop is not None and stop(node):
            continue
        for child, _ in node.next_functions:
            if child is not None and child not in seen:
                seen.add(child)
                queue.append(child)


def leaves(loss: Tensor) -> list[Tensor]:
    """The leaf tensors that a backward of this loss reaches, nearest first."""
    if loss.grad_fn is None:
        return [loss] if loss.requires_grad else []
    return [node.variable for node in nodes(loss.grad_fn) if node.name() == LEAF]
