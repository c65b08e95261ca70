"""What a scaler finds without gradients, and functions that were imported before the watch began."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

from torchcheck import watch


def scaled(clear: bool) -> None:
    """A training through a scaler, its gradients set to None before the step, or never made."""
    torch.manual_seed(0)
    model = nn.Linear(4, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cpu")
    for _ in range(3):
        loss = nn.functional.cross_entropy(model(torch.randn(8, 4)), torch.randint(0, 3, (8,)))
        if clear:
            scaler.scale(loss).backward()
            optimizer.zero_grad()
        scaler.step(optimizer)
        scaler.update()


@pytest.mark.parametrize(("clear", "code"), [(True, "TCK202"), (False, "TCK221")])
def test_a_scaler_without_gradients_is_told_for_its_cause(clear: bool, code: str) -> None:
    with pytest.raises(AssertionError), watch(select=["TCK202", "TCK221"]) as report:
        scaled(clear)
    assert [finding.code for finding in report.findings] == [code]


@pytest.mark.skipif(
    not hasattr(torch.nn.utils.clip_grad, "_clip_grads_with_norm_"), reason="torch clips in one function"
)
@pytest.mark.parametrize(("late", "codes"), [(True, ["TCK210"]), (False, [])])
def test_clipping_that_was_imported_early_is_seen(late: bool, codes: list[str]) -> None:
    torch.manual_seed(0)
    model = nn.Linear(4, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watch(select=["TCK210"]) as report:
        for _ in range(6):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(torch.randn(8, 4)), torch.randint(0, 3, (8,))).backward()
            if not late:
                clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            if late:
                clip_grad_norm_(model.parameters(), 1.0)
    assert [finding.code for finding in report.findings] == codes
