"""Spellings and near-misses of missing-set-epoch."""

_HEAD = """\
import torch
import torch.distributed as dist
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import BatchSampler, DataLoader
from torch.utils.data.distributed import DistributedSampler

"""
_STEP = """\
optimizer.zero_grad()
F.cross_entropy(model(x), y).backward()
optimizer.step()
"""


def _indented(text: str, by: int) -> str:
    return "".join(" " * by + line + "\n" for line in text.splitlines())


def _main(*setup: str, loader: str = "train_loader", epochs: str = "for epoch in range(args.epochs):") -> str:
    """A function that trains."""
    body = _indented("\n".join(setup), 4)
    loop = f"    {epochs}\n        for x, y in {loader}:\n{_indented(_STEP, 12)}"
    return f"{_HEAD}\ndef main(args, model, optimizer, train_set):\n{body}{loop}"


_SAMPLER = "train_sampler = DistributedSampler(train_set)"
_LOADER = "train_loader = DataLoader(train_set, batch_size=32, sampler=train_sampler)"
_TRAIN = f"def train(model, loader, optimizer):\n    for i, (x, y) in enumerate(loader):\n{_indented(_STEP, 8)}\n\n"

BAD = {
    "sampler, loader, epochs": _main(f"{_SAMPLER}  # <-", _LOADER),
    "by its whole name": _main(
        "sampler = torch.utils.data.distributed.DistributedSampler(train_set, num_replicas=8, rank=args.rank)  # <-",
        "loader = torch.utils.data.DataLoader(train_set, 32, shuffle=False, sampler=sampler, pin_memory=True)",
        loader="loader",
    ),
    "from torch.utils.data": _main(f"{_SAMPLER}  # <-", _LOADER).replace(
        "from torch.utils.data.distributed import", "from torch.utils.data import"
    ),
    "within the loader": _main(
        "train_loader = DataLoader(",
        "    train_set,",
        "    sampler=DistributedSampler(train_set, shuffle=True),  # <-",
        ")",
    ),
    "only if distributed": _main(f"{_SAMPLER} if args.distributed else None  # <-", _LOADER),
    "in a branch": _main(
        "if args.distributed:",
        f"    {_SAMPLER}  # <-",
        "else:",
        "    train_sampler = torch.utils.data.RandomSampler(train_set)",
        _LOADER,
    ),
    "in a batch sampler": _main(
        f"{_SAMPLER}  # <-",
        "batches = BatchSampler(train_sampler, args.batch_size, drop_last=True)",
        "train_loader = DataLoader(train_set, batch_sampler=batches)",
    ),
    "a bar of progress": _main(
        f"{_SAMPLER}  # <-", _LOADER, loader="tqdm(train_loader)", epochs="for _ in tqdm(range(args.epochs)):"
    ),
    "until enough epochs": _main(
        f"{_SAMPLER}  # <-", _LOADER, "epoch = 0", epochs="while epoch < args.epochs:\n        epoch += 1"
    ),
    "a function of its own trains": f"{_HEAD}{_TRAIN}"
    + f"""\
def main(args, model, optimizer, train_set):
    {_SAMPLER}  # <-
    {_LOADER}
    for epoch in range(1, args.epochs + 1):
        train(model, train_loader, optimizer)
""",
    "a function of its own makes the loaders": f"{_HEAD}{_TRAIN}"
    + f"""\
def make_loaders(args, train_set, test_set):
    {_SAMPLER}  # <-
    {_LOADER}
    test_loader = DataLoader(test_set, sampler=DistributedSampler(test_set, shuffle=False))
    return train_loader, test_loader


def main(args, model, optimizer, train_set, test_set):
    train_loader, test_loader = make_loaders(args, train_set, test_set)
    for epoch in range(args.epochs):
        train(model, train_loader, optimizer)
""",
    "a class": f"{_HEAD}"
    + f"""\
class Training:
    def __init__(self, model, optimizer, train_set):
        self.model, self.optimizer = model, optimizer
        self.sampler = DistributedSampler(train_set)  # <-
        self.loader = DataLoader(train_set, batch_size=8, sampler=self.sampler)

    def _run_epoch(self, epoch):
        for x, y in self.loader:
{_indented(_STEP.replace("optimizer", "self.optimizer").replace("model", "self.model"), 12)}
    def train(self, epochs):
        for epoch in range(epochs):
            self._run_epoch(epoch)
""",
}

GOOD = {
    "it is told": _main(_SAMPLER, _LOADER, epochs="for epoch in range(9):\n        train_sampler.set_epoch(epoch)"),
    "told through the loader": _main(
        _SAMPLER, _LOADER, epochs="for epoch in range(9):\n        train_loader.sampler.set_epoch(epoch)"
    ),
    "told where there is such a method": _main(
        _SAMPLER,
        _LOADER,
        epochs='for epoch in range(9):\n        getattr(train_loader.sampler, "set_epoch", print)(epoch)',
    ),
    "the epoch is set by hand": _main(
        _SAMPLER, _LOADER, epochs="for epoch in range(9):\n        train_sampler.epoch = epoch"
    ),
    "another file tells it": "from engine import start_epoch\n"
    + _main(_SAMPLER, _LOADER, epochs="for epoch in range(9):\n        start_epoch(train_loader, epoch)")
    + "# === engine.py\ndef start_epoch(loader, epoch):\n    loader.sampler.set_epoch(epoch)\n",
    "it doesn't shuffle": _main(_SAMPLER.replace(")", ", shuffle=False)"), _LOADER),
    "somebody decides whether it shuffles": _main(_SAMPLER.replace(")", ", shuffle=args.shuffle)"), _LOADER),
    "a single epoch": _main(_SAMPLER, _LOADER, epochs="for epoch in range(1):"),
    "no epochs": f"{_HEAD}\ndef main(args, model, optimizer, train_set):\n    {_SAMPLER}\n    {_LOADER}\n"
    + f"    for x, y in train_loader:\n{_indented(_STEP, 8)}",
    "a new one in each epoch": f"{_HEAD}\ndef main(args, model, optimizer, train_set):\n    for epoch in range(9):\n"
    + f"        train_sampler = DistributedSampler(train_set, seed=epoch)\n        {_LOADER}\n"
    + f"        for x, y in train_loader:\n{_indented(_STEP, 12)}",
    "evaluation after each epoch": f"{_HEAD}"
    + """\
def main(args, model, test_set):
    sampler = DistributedSampler(test_set)
    loader = DataLoader(test_set, sampler=sampler)
    model.eval()
    for epoch in range(args.epochs):
        with torch.no_grad():
            for x, y in loader:
                print(model(x).argmax(1) == y)
""",
    "a framework drives it": f"{_HEAD}from accelerate import Accelerator\n"
    + _main(_SAMPLER, _LOADER, "train_loader = Accelerator().prepare(train_loader)").removeprefix(_HEAD),
    "the loader goes elsewhere": f"{_HEAD}\ndef loaders(train_set):\n    {_SAMPLER}\n    {_LOADER}\n    return train_loader\n",
    "another sampler of that name": _main(_SAMPLER, _LOADER).replace("torch.utils.data.distributed", "samplers"),
    "folds": _main(_SAMPLER, _LOADER, epochs="for fold in range(5):"),
}
