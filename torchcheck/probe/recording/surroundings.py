"""Versions, devices and seeds, as they are found. Nothing is started by asking: no device is touched."""

from __future__ import annotations

import sys
from typing import Any

import torch

_UNSEEDED = 67280421310721
"""The seed that torch has where nobody set one."""


def environment_data() -> dict[str, Any]:
    """The versions and switches that results depend on, and the names of devices that are in use."""
    numpy = sys.modules.get("numpy")
    data: dict[str, Any] = {
        "torch": torch.__version__,
        "numpy": getattr(numpy, "__version__", None),
        "cuda": torch.version.cuda,
        "threads": torch.get_num_threads(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "matmul_precision": torch.get_float32_matmul_precision(),
        "default_dtype": str(torch.get_default_dtype()).removeprefix("torch."),
    }
    cuda: Any = torch.cuda
    cudnn: Any = torch.backends.cudnn
    if cuda.is_available() and cuda.is_initialized():
        data["devices"] = [cuda.get_device_name(index) for index in range(cuda.device_count())]
        data["cudnn"], data["cudnn_benchmark"], data["tf32"] = cudnn.version(), cudnn.benchmark, cudnn.allow_tf32
    return data


def seed_data() -> dict[str, Any]:
    """The seed of torch; None where it was not set."""
    seed = torch.initial_seed()
    return {"torch": None if seed == _UNSEEDED else seed}
