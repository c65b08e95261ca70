"""Other tools that look at a training while it runs, put around a loop as their own documentation says."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import Tensor, nn

AfterStep = Callable[[Tensor], Any]
Tool = Callable[[nn.Module, torch.optim.Optimizer], AbstractContextManager[AfterStep]]


def _nothing(loss: Tensor) -> None:
    """A tool that needs no line in the loop."""


@contextlib.contextmanager
def bare(model: nn.Module, optimizer: torch.optim.Optimizer) -> Iterator[AfterStep]:
    yield _nothing


@contextlib.contextmanager
def detect_anomaly(model: nn.Module, optimizer: torch.optim.Optimizer) -> Iterator[AfterStep]:
    """Torch's own search for NaN gradients."""
    with torch.autograd.set_detect_anomaly(True):
        yield _nothing


@contextlib.contextmanager
def torch_audit(model: nn.Module, optimizer: torch.optim.Optimizer, every: int = 1000) -> Iterator[AfterStep]:
    """Every 1000 steps, which is its default: of a shorter run it sees the first step."""
    from torch_audit import Auditor

    auditor = Auditor(model, optimizer=optimizer, every_n_steps=every)
    auditor.autopatch()
    try:
        yield _nothing
    finally:
        auditor.unpatch()
        auditor.finish()


@contextlib.contextmanager
def torch_audit_often(model: nn.Module, optimizer: torch.optim.Optimizer) -> Iterator[AfterStep]:
    """Every 20 steps: about as often as torchcheck samples in the first thousand."""
    with torch_audit(model, optimizer, every=20) as after:
        yield after


@contextlib.contextmanager
def torchmortem(model: nn.Module, optimizer: torch.optim.Optimizer) -> Iterator[AfterStep]:
    from torchmortem import Autopsy

    with Autopsy(model, optimizer=optimizer) as autopsy:
        yield lambda loss: autopsy.step(loss=loss.item())


@contextlib.contextmanager
def torcheck(model: nn.Module, optimizer: torch.optim.Optimizer) -> Iterator[AfterStep]:
    """Parameters that change, NaN and infinity, in every step; it has no sampling."""
    from torcheck.registry import Registry

    registry = Registry()
    registry.register(optimizer)
    registry.add_module(model, changing=True, check_nan=True, check_inf=True)
    try:
        yield _nothing
    finally:
        registry.disable()


@contextlib.contextmanager
def wandb_watch(model: nn.Module, optimizer: torch.optim.Optimizer) -> Iterator[AfterStep]:
    """Histograms of gradients every 1000 batches, its default, and the loss logged in each step; nothing is judged.

    Offline. Its service is a process of its own, whose time is not counted.
    """
    import wandb

    with tempfile.TemporaryDirectory() as folder:
        run = wandb.init(mode="offline", dir=folder, settings=wandb.Settings(silent=True))
        run.watch(model)
        try:
            yield lambda loss: run.log({"loss": loss.item()})
        finally:
            run.finish()


PEERS: dict[str, Tool] = {
    "detect_anomaly": detect_anomaly,
    "torch-audit": torch_audit,
    "torch-audit every 20": torch_audit_often,
    "torchmortem": torchmortem,
    "torcheck": torcheck,
    "wandb.watch": wandb_watch,
}
