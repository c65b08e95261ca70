"""Functions that TorchScript has operators of its own for: their wrappers must stand for the same operators."""

from __future__ import annotations

from typing import Any

from torch.jit import _builtins


def lend_operator(original: Any, wrapper: Any) -> None:
    """Let TorchScript take the wrapper of a function for the function.

    It knows its built-in functions by identity. One that it has no operator for compiles from its source: what the
    wrapper asks to be compiled as.
    """
    wrapper.__prepare_scriptable__ = lambda: original
    operator = _builtins._find_builtin(original)  # type: ignore[no-untyped-call]
    if operator is not None:
        _builtins._register_builtin(wrapper, operator)


def take_back_operator(wrapper: Any) -> None:
    """Forget a wrapper."""
    _builtins._get_builtin_table().pop(id(wrapper), None)  # type: ignore[no-untyped-call]
