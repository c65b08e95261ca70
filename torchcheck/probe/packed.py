"""Whether tensors that autograd saves are packed away: to read them would compute them again, or fetch them back."""

from __future__ import annotations

import sys
from types import FrameType

import torch

_top = getattr(torch._C._autograd, "_top_saved_tensors_default_hooks", None)  # not public, and there since torch 2.8
_CHECKPOINT = "torch/utils/checkpoint.py"


def packs_now() -> bool:
    """Whether what is saved just now goes through hooks, as in a checkpointed part of a model."""
    if _top is not None:
        return _top(True) is not None
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename.replace("\\", "/").endswith(_CHECKPOINT):
            return True
        frame = frame.f_back
    return False
