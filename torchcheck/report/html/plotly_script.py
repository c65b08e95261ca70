"""The script that draws charts, as the package plotly brings it."""

from __future__ import annotations

from torchcheck.errors import UsageError

_MISSING = "the report needs plotly, which draws its charts: pip install plotly"


def plotly_script() -> str:
    """The text of `plotly.min.js`, 4.8 MB. Raises UsageError where plotly is not installed."""
    try:
        from plotly.offline import get_plotlyjs
    except ImportError:
        raise UsageError(_MISSING) from None
    script: str = get_plotlyjs()
    return script
