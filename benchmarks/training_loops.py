"""The training loops whose cost is measured. Each gives back control after every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from runtime_peers import Tool, bare
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

Loop = Callable[[int, Tool], Iterator[None]]


def tiny(steps: int, tool: Tool = bare) -> Iterator[None]:
    """64-64-10, batch 32, AdamW: hardly any arithmetic."""
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    yield from _train(model, torch.randn(512, 64), torch.randint(0, 10, (512,)), steps, 32, tool)


def loader(steps: int, tool: Tool = bare) -> Iterator[None]:
    """The same with a DataLoader, epochs of 100 steps, a loss module, a scheduler, and an evaluation each epoch."""
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    data = TensorDataset(torch.randn(3200, 64), torch.randint(0, 10, (3200,)))
    training, held_out = DataLoader(data, 32, shuffle=True), DataLoader(TensorDataset(*data[:320]), 32)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    criterion = nn.CrossEntropyLoss()
    with tool(model, optimizer) as after:
        for _ in range(-(-steps // 100)):
            model.train()
            for x, y in training:
                optimizer.zero_grad()
                loss = criterion(model(x), y)
                loss.backward()
                optimizer.step()
                scheduler.step()
                after(loss)
                yield
            model.eval()
            with torch.no_grad():
                for x, y in held_out:
                    criterion(model(x), y)


def mlp(steps: int, tool: Tool = bare) -> Iterator[None]:
    """784-256-10, batch 64, AdamW."""
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    yield from _train(model, torch.randn(512, 784), torch.randint(0, 10, (512,)), steps, 64, tool)


def cnn(steps: int, tool: Tool = bare) -> Iterator[None]:
    """32 x 32 colour images, 0.3 million parameters, batch norm, batch 64, AdamW."""
    model = nn.Sequential(
        *(nn.Conv2d(3, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(64 * 64, 64), nn.ReLU(), nn.Linear(64, 10)),
    )
    yield from _train(model, torch.randn(256, 3, 32, 32), torch.randint(0, 10, (256,)), steps, 64, tool)


class Transformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tokens, self.positions = nn.Embedding(128, 128), nn.Embedding(32, 128)
        layer = nn.TransformerEncoderLayer(128, 4, 512, 0.0, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)
        self.head = nn.Linear(128, 10)

    def forward(self, ids: Tensor) -> Tensor:
        h = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        return self.head(self.blocks(h).mean(1))


def transformer(steps: int, tool: Tool = bare) -> Iterator[None]:
    """4 layers of width 128, sequences of 32, batch 16, AdamW."""
    x, y = torch.randint(0, 128, (256, 32)), torch.randint(0, 10, (256,))
    yield from _train(Transformer(), x, y, steps, 16, tool)


def wide(steps: int, tool: Tool = bare) -> Iterator[None]:
    """25 million parameters in six layers, for what the probes hold in memory."""
    model = nn.Sequential(*(layer for _ in range(6) for layer in (nn.Linear(2048, 2048), nn.ReLU())))
    yield from _train(model, torch.randn(64, 2048), torch.randint(0, 2048, (64,)), steps, 16, tool)


def _train(model: nn.Module, x: Tensor, y: Tensor, steps: int, batch: int, tool: Tool) -> Iterator[None]:
    """One step at a time, so that the caller can look at the clock."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    with tool(model, optimizer) as after:
        for step in range(steps):
            rows = torch.arange(step * batch, step * batch + batch) % len(x)
            loss = F.cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            after(loss)
            yield


LOOPS: dict[str, tuple[Loop, int]] = {
    "tiny": (tiny, 4000),
    "loader": (loader, 4000),
    "mlp": (mlp, 3000),
    "cnn": (cnn, 300),
    "transformer": (transformer, 300),
}
