"""TCK414: a distributed sampler that is never told the epoch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from torchcheck.code import words_of
from torchcheck.code.epochs import call_with, epoch_name, epochs_over, flows_to, receivers, uses_of
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import CallView, ExprView, FileView

_SAMPLERS = frozenset({"torch.utils.data.distributed.DistributedSampler", "torch.utils.data.DistributedSampler"})
_ELSEWHERE = words(
    "val valid validation validate test tests testing eval evaluate evaluation dev predict prediction infer inference "
    "extract extraction features benchmark profile"
)
"""Words of samplers and loaders that are not for training."""
_DRIVERS = words(
    "Trainer Accelerator Fabric LightningModule LightningDataModule prepare_data_loader setup_dataloaders Engine "
    "Runner Learner Seq2SeqTrainer TorchTrainer EpochBasedRunner"
)
"""What runs the epochs itself, and tells samplers about them."""


class MissingSetEpoch(Rule):
    """A `DistributedSampler` shuffles by its seed and the epoch, which is 0 until `set_epoch` is called.

    Judged is a sampler whose loader is trained on in a loop over epochs in the same file, where neither this file nor
    one that it imports mentions `set_epoch`. Samplers that don't shuffle, those for evaluation, a single epoch, and
    training that a framework drives are right.
    """

    code = "TCK414"
    name = "missing-set-epoch"
    level = Level.WARNING
    why = "Every epoch has the same order, hence the same batches: the data is not shuffled between epochs."
    help = "Call `set_epoch(epoch)` of the sampler at the start of each epoch."
    bad = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler

dataset = TensorDataset(torch.randn(32, 4), torch.randn(32, 1))
sampler = DistributedSampler(dataset, num_replicas=2, rank=0)
loader = DataLoader(dataset, batch_size=4, sampler=sampler)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(3):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset


def train(model, loader, optimizer):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()


dataset = TensorDataset(torch.randn(32, 4), torch.randn(32, 1))
loader = DataLoader(dataset, batch_size=4, sampler=DistributedSampler(dataset, 2, 0, shuffle=True))
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(3):
    train(model, loader, optimizer)
""",
    )
    good = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler

dataset = TensorDataset(torch.randn(32, 4), torch.randn(32, 1))
sampler = DistributedSampler(dataset, num_replicas=2, rank=0)
loader = DataLoader(dataset, batch_size=4, sampler=sampler)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(3):
    sampler.set_epoch(epoch)
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

dataset = TensorDataset(torch.randn(32, 4), torch.randn(32, 1))
loader = DataLoader(dataset, batch_size=4, sampler=DistributedSampler(dataset, 2, 0, shuffle=False))
model = nn.Linear(4, 1).eval()
for epoch in range(3):
    with torch.no_grad():
        print(sum(nn.functional.mse_loss(model(x), y) for x, y in loader))
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        if "DistributedSampler" not in view.identifiers or not _DRIVERS.isdisjoint(view.vocabulary) or _is_told(view):
            return
        for call in view.calls:
            if call.target in _SAMPLERS and _shuffles(call):
                yield from _judge(call)


def _is_told(view: FileView) -> bool:
    """Whether something sets the epoch of a sampler, here or in a file that is imported."""
    if any(one.attribute == "epoch" and "sampler" in one.text.lower() for one in view.attributes("epoch")):
        return True
    return any("set_epoch" in file.vocabulary for file in (view, *view.project_files))


def _shuffles(call: CallView) -> bool:
    given = call.argument(3, "shuffle")
    return not call.is_open and (given is None or given.constant is True)


def _judge(call: CallView) -> Iterator[Found]:
    for loader in _loaders(call):
        names = flows_to(loader)
        if not _said(call, loader, names).isdisjoint(_ELSEWHERE):
            continue
        for name in names:
            loop = epochs_over(name, call)
            if loop is None:
                continue
            sampler = next((one.text for one in receivers(call)), None)
            epoch = epoch_name(loop) or "epoch"
            what = f"`{sampler}`" if sampler is not None else f"The sampler of `{name.text}`"
            yield Found(
                message=f"{what} gives the same order in every epoch: nobody calls its `set_epoch`.",
                at=call,
                help=f"Call `{sampler or f'{name.text}.sampler'}.set_epoch({epoch})` at the start of each epoch.",
            )
            return


def _loaders(call: CallView) -> Iterator[CallView]:
    """The data loaders that draw by it, alone or through a batch sampler."""
    for use in [call, *(use for name in receivers(call) for use in uses_of(name))]:
        outer = call_with(use)
        if outer is None:
            continue
        if outer.target == "torch.utils.data.DataLoader":
            yield outer
        elif (outer.target or "").endswith("BatchSampler"):
            yield from _loaders(outer)


def _said(call: CallView, loader: CallView, names: list[ExprView]) -> set[str]:
    """The words of the names of the sampler, the loader, their dataset and the function around them."""
    dataset = call.argument(0, "dataset")
    function = loader.function
    said = set(words_of(function.name)) if function is not None and len(function.calls) < 4 else set[str]()
    for one in (*receivers(call), *names, *([dataset] if dataset is not None else [])):
        said |= one.words
    return said
