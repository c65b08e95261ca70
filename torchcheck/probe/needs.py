"""What the probes need to be installed."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

from torchcheck.errors import UsageError

OLDEST_TORCH = (2, 4)
_VERSION = re.compile(r"""^__version__\s*=\s*['"]([^'"]+)""", re.MULTILINE)


def require_torch() -> None:
    """Make sure that torch is there. It is not imported.

    Raises:
        UsageError: there is none, or it is too old.
    """
    version = _installed_version()
    if version is None:
        raise UsageError(
            "the probes need PyTorch, which is not installed in this environment; "
            "install it with `pip install torch`, or use `torchcheck lint`, which does without"
        )
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers is not None and (int(numbers[1]), int(numbers[2])) < OLDEST_TORCH:
        wanted = ".".join(map(str, OLDEST_TORCH))
        raise UsageError(f"the probes need torch {wanted} or newer; installed is {version}")


def _installed_version() -> str | None:
    """The version of the torch that an import would give; empty where it does not say."""
    if "torch" in sys.modules:
        return str(getattr(sys.modules["torch"], "__version__", "")) if sys.modules["torch"] is not None else None
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return None
    try:
        text = Path(spec.origin).with_name("version.py").read_text(encoding="utf-8")
    except OSError:
        return ""
    found = _VERSION.search(text)
    return found[1] if found else ""
