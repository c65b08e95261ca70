"""How sure a share of samples is, an accuracy."""

from __future__ import annotations

import math


def standard_error(share: float, samples: int) -> float:
    """Of a share of so many samples; a share of all or none is taken for half a sample less."""
    edge = 0.5 / samples
    inside = min(max(share, edge), 1 - edge)
    return math.sqrt(inside * (1 - inside) / samples)
