"""Find the bugs in PyTorch training code that don't crash.

`watch` puts the probes around a training loop, `torchcheck` is the same as a decorator for tests and training
functions, `preflight` is the exam of one batch before the run. Importing this package imports neither torch nor libcst.

PYTEST_DONT_REWRITE: or pytest warns wherever this package is imported before it, as in a notebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torchcheck.errors import FindingsError as FindingsError
from torchcheck.errors import TorchcheckWarning as TorchcheckWarning
from torchcheck.errors import UsageError as UsageError

if TYPE_CHECKING:
    from torchcheck.finding import Finding as Finding
    from torchcheck.preflight import preflight as preflight
    from torchcheck.preflight.result import Exam as Exam
    from torchcheck.probe.watch import Report as Report
    from torchcheck.probe.watch import torchcheck as torchcheck
    from torchcheck.probe.watch import watch as watch

__version__ = "0.1.0"

_LAZY = {
    "Exam": "torchcheck.preflight.result",
    "Finding": "torchcheck.finding",
    "Report": "torchcheck.probe.watch",
    "torchcheck": "torchcheck.probe.watch",
    "watch": "torchcheck.probe.watch",
}


def __getattr__(name: str) -> Any:
    import importlib

    if name == "preflight":
        return importlib.import_module("torchcheck.preflight")  # a package that can be called
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    return getattr(importlib.import_module(_LAZY[name]), name)
