"""Numbers as small bars in a line of text."""

from __future__ import annotations

import math

_BARS = "▁▂▃▄▅▆▇█"


def bar(value: float, low: float, high: float) -> str:
    """The bar of a finite value between two bounds; on a logarithmic scale where these span more than two powers of
    ten."""
    if low > 0 and high > 100 * low:
        value, low, high = math.log(max(value, low)), math.log(low), math.log(high)
    share = (value - low) / (high - low) if high > low else 0.0
    return _BARS[round(min(max(share, 0.0), 1.0) * (len(_BARS) - 1))]
