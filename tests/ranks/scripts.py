"""Training scripts of several ranks, and how they are started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

TRAIN = """\
import os
import signal
import time

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel as DDP
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset


def train():
    dist.init_process_group("gloo")
    rank = dist.get_rank()
    torch.manual_seed(0)
    data = TensorDataset(torch.randn(128, 8), torch.randint(0, 3, (128,)))
    sampler = DistributedSampler(data)
    loader = DataLoader(data, batch_size=8, sampler=sampler)
    net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
    model = WRAP(net)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(2):
        sampler.set_epoch(epoch)
        for step, (x, y) in enumerate(loader):
            optimizer.zero_grad()
            logits = model(x)
            # LOGITS
            loss = criterion(logits, y)
            loss.backward()
            optimizer.step()
            # AFTER
    dist.destroy_process_group()


if __name__ == "__main__":
    train()
"""


def script(*, wrap: str = "DDP(net)", logits: str = "pass", after: str = "pass") -> str:
    """A script whose model is `WRAP(net)`, with lines of its own after the forward and after the step."""
    return TRAIN.replace("WRAP(net)", wrap).replace("# LOGITS", logits).replace("# AFTER", after)


def environment() -> dict[str, str]:
    """Ours, without what would make this process a rank, or a launcher speak to a network."""
    names = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "TORCHCHECK_RANKS")
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return {**kept, "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}


def launch(path: Path, *words: str, ranks: int = 2) -> subprocess.CompletedProcess[str]:
    """`torchrun -m torchcheck run ... script`."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", str(ranks)]
    return start([*command, "-m", "torchcheck", "run", "--isolated", *words, path.name], path.parent)


def start(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder."""
    return subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False, timeout=300
    )


def reported(text: str) -> list[dict[str, Any]]:
    """The findings in the last line of some output."""
    found: list[dict[str, Any]] = json.loads(text.splitlines()[-1])
    return found


def written(folder: Path, text: str) -> Path:
    """A script in a folder."""
    path = folder / "train.py"
    path.write_text(text, encoding="utf-8")
    return path
