"""Call `torchcheck lint` in this process, and the sources that it is shown."""

from __future__ import annotations

import json

import pytest

from torchcheck.cli.main import main
from torchcheck.finding import Finding

SOFTMAX = """\
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))
criterion = nn.CrossEntropyLoss()


def step(x, y):
    return criterion(model(x), y)
"""
ADAM = """\
import torch


def optimizer(model):
    return torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=0.01)
"""
CLEAN = "import torch\n\nx = torch.zeros(3)\n"


class Lint:
    """Runs the command in this process."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *words: str) -> tuple[int, str, str]:
        status = main(["lint", *words])
        out, err = self._capture.readouterr()
        return status, out, err

    def codes(self, *words: str) -> list[str]:
        return [finding.code for finding in self.findings(*words)]

    def findings(self, *words: str) -> list[Finding]:
        _, out, _ = self("--output-format", "json", *words)
        return [Finding.from_json(data) for data in json.loads(out)]
