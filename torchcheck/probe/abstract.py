"""Whether torch is only going through the motions: tracing, transforming a function, or computing without values."""

from __future__ import annotations

from typing import Any

import torch


def is_abstract() -> bool:
    """Whether tensors have no values of their own just now.

    That is so under `torch.jit.trace`, in `torch.func` transforms, and in a `FakeTensorMode`.
    """
    return (
        _tracing() is not None
        or (_interpreters is not None and _interpreters() is not None)
        or (_mode is not None and _mode(_FAKE) is not None)
    )


def is_transformed() -> bool:
    """Whether a `torch.func` transform is computing."""
    return _interpreters is not None and _interpreters() is not None


def _private(path: str) -> Any:
    """A function of torch's that is no part of its public interface; None where a version has none."""
    found: Any = torch._C
    for name in path.split("."):
        found = getattr(found, name, None)
    return found


_tracing = torch._C._get_tracing_state
_interpreters = _private("_functorch.peek_interpreter_stack")
_FAKE = _private("_TorchDispatchModeKey.FAKE")
_mode = _private("_get_dispatch_mode") if _FAKE is not None else None
