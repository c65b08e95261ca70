"""TCK409: workers of a data loader that draw the same random numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from torchcheck.code.uses import settled
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import CallView, ClassView, ExprView, FileView, FunctionView

_GENERATORS = frozenset(
    {"numpy.random.default_rng", "numpy.random.RandomState", "numpy.random.Generator", "random.Random"}
    | {"torch.Generator"}
)
_SEEDS = frozenset({"numpy.random.seed", "random.seed", "torch.manual_seed", "torch.random.manual_seed"})
_NUMPY_SEEDED = (1, 9)  # the torch that began to seed numpy's global generator in each worker


class NumpyRandomInWorkers(Rule):
    """A generator made in a dataset's constructor is copied into each worker, and each draws the same numbers from it.

    Likewise where `worker_init_fn` seeds every worker with one constant, and with numpy's global generator where
    `target-torch` is below 1.9. The dataset of a loader without workers, or with a `worker_init_fn`, isn't accused.
    """

    code = "TCK409"
    name = "numpy-random-in-workers"
    level = Level.WARNING
    why = "The workers augment alike, and again in each epoch: there is less variety in the data than it seems."
    help = "Make the generator in the worker, from `torch.utils.data.get_worker_info().seed`."
    bad = (
        """\
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset


class Noisy(Dataset):
    def __init__(self, x):
        self.x = x
        self.rng = np.random.default_rng(0)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return self.x[index] + self.rng.normal()


loader = DataLoader(Noisy(torch.zeros(8)), batch_size=2, num_workers=2)
""",
        """\
import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset


def worker_init_fn(worker_id):
    np.random.seed(42)


loader = DataLoader(TensorDataset(torch.zeros(8)), num_workers=2, worker_init_fn=worker_init_fn)
""",
    )
    good = (
        """\
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset


class Noisy(Dataset):
    def __len__(self):
        return 8

    def __getitem__(self, index):
        return torch.zeros(1) + np.random.randn()


loader = DataLoader(Noisy(), batch_size=2, num_workers=2)
""",
        """\
import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset


def worker_init_fn(worker_id):
    np.random.seed(torch.initial_seed() % 2**32)


loader = DataLoader(TensorDataset(torch.zeros(8)), num_workers=2, worker_init_fn=worker_init_fn)
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        if "DataLoader" not in view.identifiers:
            return
        accused: set[str] = set()
        for loader in view.calls:
            if loader.target != "torch.utils.data.DataLoader" or not _has_workers(loader):
                continue
            starts = loader.argument(None, "worker_init_fn")
            if starts is not None:
                yield from _seeded_alike(view, starts)
            elif not loader.is_open:
                dataset = _class_of(view, loader)
                if dataset is not None and dataset.name not in accused:
                    accused.add(dataset.name)
                    yield from self._drawn_alike(dataset)

    def _drawn_alike(self, dataset: ClassView) -> Iterator[Found]:
        getter = dataset.methods.get("__getitem__")
        if getter is None or dataset.mentions("get_worker_info", "worker_info"):
            return
        for call in getter.calls:
            generator = next((part for part in _drawn_from(call) if _is_kept(part)), None)
            if generator is not None:
                yield Found(
                    message=f"`{generator.text}` is the same generator in each worker: all draw alike.", at=call
                )
            elif self._numpy_is_not_seeded and (call.target or "").startswith("numpy.random."):
                yield Found(message=f"Before torch 1.9 `{call.text}` gives the same numbers in each worker.", at=call)

    @property
    def _numpy_is_not_seeded(self) -> bool:
        return self.target_torch is not None and self.target_torch < _NUMPY_SEEDED


def _has_workers(loader: CallView) -> bool:
    workers = loader.argument(5, "num_workers")
    count = workers.constant if workers is not None else 0
    return isinstance(count, int) and count > 0


def _class_of(view: FileView, loader: CallView) -> ClassView | None:
    dataset = loader.argument(0, "dataset")
    made = dataset.value.call if dataset is not None else None
    name = made.func.identifier if made is not None else None
    found = [one for one in view.classes if one.name == name]
    return found[0] if len(found) == 1 else None


def _drawn_from(call: CallView) -> Iterator[ExprView]:
    if call.receiver is not None:
        yield call.receiver
    generator = call.argument(None, "generator")
    if generator is not None:
        yield generator


def _is_kept(part: ExprView) -> bool:
    """Whether it is an attribute of the dataset that holds a generator, made once."""
    made = settled(part).call if part.self_attribute is not None else None
    made_in = made.function if made is not None else None
    return made is not None and made.target in _GENERATORS and made_in is not None and made_in.name == "__init__"


def _seeded_alike(view: FileView, starts: ExprView) -> Iterator[Found]:
    function: FunctionView | None = next((f for f in view.functions if f.name == starts.identifier), None)
    calls = (
        function.calls
        if function is not None
        else [
            call
            for call in view.calls
            if call.span().start >= starts.span().start and call.span().end <= starts.span().end
        ]
    )
    for call in calls:
        seed = call.argument(0, "seed")
        if call.target in _SEEDS and seed is not None and isinstance(seed.literal, int):
            yield Found(
                message=f"`{call.text}` seeds every worker alike.",
                at=call,
                help="Seed with `torch.initial_seed() % 2**32`, which differs by worker and epoch.",
            )
