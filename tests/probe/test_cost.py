"""What a step costs, counted in function calls: the same on every machine, and above all between samples."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402

from torchcheck.probe.clock import is_sampled  # noqa: E402
from torchcheck.probe.frames import is_own_file  # noqa: E402
from torchcheck.probe.session import Session  # noqa: E402
from torchcheck.selection import Selection  # noqa: E402

STEPS = 240


def plain() -> Iterator[None]:
    model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 3))
    optimizer = torch.optim.AdamW(model.parameters())
    for _ in range(STEPS):
        optimizer.zero_grad()
        F.cross_entropy(model(torch.randn(4, 8)), torch.randint(0, 3, (4,))).backward()
        optimizer.step()
        yield


def with_loader() -> Iterator[None]:
    model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 3))
    optimizer = torch.optim.AdamW(model.parameters())
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    criterion = nn.CrossEntropyLoss()
    loader = DataLoader(TensorDataset(torch.randn(480, 8), torch.randint(0, 3, (480,))), batch_size=4, shuffle=True)
    for _ in range(STEPS * 4 // 480):
        for x, y in loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
            scheduler.step()
            yield


def calls_a_step(loop: Any) -> list[int]:
    """How many functions of torchcheck's run in each step."""
    counts, count = [], 0

    def count_calls(frame: Any, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call" and is_own_file(frame.f_code.co_filename)

    session = Session(Selection().rules())
    session.start()
    try:
        running = loop()
        while True:
            count = 0
            sys.setprofile(count_calls)
            try:
                if next(running, True) is not None:
                    return counts
            finally:
                sys.setprofile(None)
            counts.append(count)
    finally:
        session.end()


@pytest.mark.parametrize(("loop", "most"), [(plain, 30), (with_loader, 50)])
def test_between_samples_few_functions_run(loop: Any, most: int) -> None:
    counts = calls_a_step(loop)
    assert len(counts) == STEPS
    resting = [n for step, n in enumerate(counts) if step > 20 and not is_sampled(step) and not is_sampled(step + 1)]
    assert statistics.median(resting) <= most
