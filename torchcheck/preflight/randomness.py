"""The random numbers of a process: where they stand, and how to put them back."""

from __future__ import annotations

import random
import sys
from typing import Any

import torch


class Randomness:
    """The states of the global generators of torch (on every device in use), numpy and Python at one moment."""

    def __init__(self) -> None:
        self._python = random.getstate()
        self._torch = torch.get_rng_state()
        self._cuda = torch.cuda.get_rng_state_all() if _uses_cuda() else []
        self._mps = torch.mps.get_rng_state() if torch.backends.mps.is_available() else None
        numpy: Any = sys.modules.get("numpy")
        self._numpy = numpy.random.get_state() if numpy is not None else None

    def restore(self) -> None:
        """Put them back."""
        random.setstate(self._python)
        torch.set_rng_state(self._torch)
        if self._cuda:
            torch.cuda.set_rng_state_all(self._cuda)
        if self._mps is not None:
            torch.mps.set_rng_state(self._mps)
        numpy: Any = sys.modules.get("numpy")
        if numpy is not None and self._numpy is not None:
            numpy.random.set_state(self._numpy)


def _uses_cuda() -> bool:
    """Whether CUDA is in use; asking must not begin it."""
    in_use: bool = torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    return in_use
