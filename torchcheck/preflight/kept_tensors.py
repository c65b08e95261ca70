"""A tensor as it was: its values, its class, its gradient, and what is attached to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

Undo = Callable[[], None]


def keep_tensor(tensor: Tensor, *, values: bool = True) -> Undo:
    """What puts a tensor back; without `values` all but its numbers.

    The tensor stays the same object with the same memory. Its version is put back, too: a graph that was recorded
    before can still be run backwards.
    """
    if isinstance(tensor, (UninitializedBuffer, UninitializedParameter)):
        return _keep_uninitialised(tensor)
    kind, shell, requires_grad = type(tensor), dict(tensor.__dict__), tensor.requires_grad
    alias = tensor.data
    copy = _copy(alias) if values else None
    grad = tensor.grad if tensor.is_leaf else None
    version = None if tensor.is_inference() else tensor._version

    def undo() -> None:
        _restore_values(tensor, alias, copy)
        if tensor.is_leaf:
            if tensor.requires_grad != requires_grad:
                tensor.requires_grad_(requires_grad)
            if tensor.grad is not grad:
                tensor.grad = grad
        _restore_shell(tensor, kind, shell)
        if version is not None and tensor._version != version:
            set_version(tensor, version)

    return undo


def _keep_uninitialised(tensor: Tensor) -> Undo:
    """For a parameter or buffer of a lazy module, which its first call makes."""
    kind, shell, alias = type(tensor), dict(tensor.__dict__), tensor.data

    def undo() -> None:
        if isinstance(tensor, (UninitializedBuffer, UninitializedParameter)):
            return
        tensor.grad = None
        _restore_shell(tensor, kind, shell)
        tensor.data = alias

    return undo


def _restore_shell(tensor: Tensor, kind: type, shell: dict[str, Any]) -> None:
    """Its class, and its Python attributes."""
    if type(tensor) is not kind:
        tensor.__class__ = kind
    if tensor.__dict__ != shell:
        tensor.__dict__.clear()
        tensor.__dict__.update(shell)


def _copy(alias: Tensor) -> Tensor | None:
    if alias.is_meta:
        return None
    return alias.clone(memory_format=torch.preserve_format) if alias.layout is torch.strided else alias.clone()


def _restore_values(tensor: Tensor, alias: Tensor, copy: Tensor | None) -> None:
    if copy is None:
        return
    with torch.no_grad():
        if not _is_same_memory(tensor.data, alias):
            tensor.data = alias
        if alias.layout is not torch.strided:
            tensor.data = copy.clone()
        else:
            _unexpanded(alias).copy_(_unexpanded(copy, like=alias))


def _unexpanded(tensor: Tensor, like: Tensor | None = None) -> Tensor:
    """The tensor without the axes that are one value repeated: these can't be written to."""
    for axis, stride in enumerate((tensor if like is None else like).stride()):
        if stride == 0 and tensor.shape[axis] > 1:
            tensor = tensor.narrow(axis, 0, 1)
    return tensor


def _is_same_memory(one: Tensor, other: Tensor) -> bool:
    if one.layout is not torch.strided or other.layout is not torch.strided:
        return False
    same_kind = one.dtype == other.dtype and one.device == other.device
    return (
        same_kind and one.shape == other.shape and one.stride() == other.stride() and one.data_ptr() == other.data_ptr()
    )


def set_version(tensor: Tensor, version: int) -> None:
    """Let autograd count the changes of a tensor from here. Older versions of torch take no sequences."""
    setter: Any = getattr(torch._C._autograd, "_unsafe_set_version_counter", None)
    if setter is None:
        return
    try:
        setter((tensor,), (version,))
    except TypeError:
        setter(tensor, version)
