"""TCK405: training on a data loader that keeps the order of the dataset."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchcheck.code import NOT_LITERAL, bound_to, is_returned, key_of, loops_over, words_behind, words_of
from torchcheck.facts.place import FixMaker
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import CallView, ExprView
    from torchcheck.facts.loading import LoaderOrder

_TRAIN = words("train training trainloader trainset traindata traindataloader traindataset trn")
_ELSEWHERE = words(
    "val valid validation validate test tests testing eval evaluate evaluation dev predict prediction infer inference "
    "calib calibration calibrate extract extraction extractor feature features feat feats embed embedding embeddings "
    "stat stats statistics mean std memory bank knn ordered sequential unshuffled noshuffle noaug bn query gallery "
    "overfit debug smoke sanity dummy benchmark profile analysis analyze visualize plot measure influence score"
)
"""Words of loaders that are for something else, or in order on purpose."""
_ORDERED = words(
    "stream streaming iterable web wds webdataset pipe datapipe lazy bptt timeseries series forecast forecasting "
    "temporal sequential window windows stock lm wiki corpus language video frames replay rollout rollouts buffer "
    "episode episodes trajectory"
)
"""Words of data that has no order of its own to change, or whose order matters."""
_RANDOM = words(
    "shuffle shuffled permutation permute randperm sample choice choices randint randrange randn rand uniform normal "
    "fakedata fake dummy synthetic toy random_split train_test_split make_classification make_regression make_moons "
    "make_blobs make_circles iterabledataset repeat infinite"
)
"""Words of data that is in random order already, or shuffles itself."""
_STATEFUL = frozenset({"bptt", "repackage_hidden", "detach_hidden", "init_hidden"})
_SAMPLES_ANEW = frozenset({"make_private", "make_private_with_epsilon", "DPDataLoader"})
"""What makes another loader of the one that it is given, which draws its batches at random."""


class TrainLoaderNotShuffled(Rule):
    """Training on a `DataLoader` without `shuffle=True`: each epoch sees the same batches in the order of the files.

    Accused are loaders that a training loop runs over, and those whose name says that they are for training. A
    sampler, an `IterableDataset`, a dataset that shuffles itself or was put in random order, random numbers as data,
    time series and states carried from batch to batch, a batch that is the whole dataset, and loaders for evaluation,
    features or statistics are right.
    """

    code = "TCK405"
    name = "train-loader-not-shuffled"
    level = Level.WARNING
    why = "Data stored class by class gives batches of one class, and every epoch repeats the same batches."
    help = "Give the training loader `shuffle=True`."
    bad = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.linspace(-1, 1, 64).unsqueeze(1)
train_set = TensorDataset(x, (x > 0).float())
train_loader = DataLoader(train_set, batch_size=16)
model = nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for x, y in train_loader:
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(model(x), y).backward()
        optimizer.step()
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.linspace(-1, 1, 64).unsqueeze(1)
loaders = {
    "train": DataLoader(TensorDataset(x, x**2), batch_size=16, shuffle=False),
    "val": DataLoader(TensorDataset(x + 0.01, (x + 0.01) ** 2), batch_size=16, shuffle=False),
}
model = nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for x, y in loaders["train"]:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.linspace(-1, 1, 64).unsqueeze(1)
train_loader = DataLoader(TensorDataset(x, (x > 0).float()), batch_size=16, shuffle=True)
model = nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for x, y in train_loader:
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(model(x), y).backward()
        optimizer.step()
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
train_set = TensorDataset(torch.randn(64, 1), torch.randn(64, 1))
train_loader = DataLoader(train_set, batch_size=32)
model = nn.Linear(1, 1).eval()
with torch.no_grad():
    print(torch.cat([model(x) for x, y in train_loader]).mean())
""",
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        changes: float = option(
            0.5,
            "The class changes from sample to sample less often than this part of what random order would give: data "
            "in random order has 1, data that is sorted by class nearly 0.",
            minimum=0,
            maximum=1,
        )
        memory: float = option(
            0.7, "Correlation of a numeric target with the one before from which data is sorted.", minimum=0, maximum=1
        )
        samples: int = option(32, "Samples that must be seen.", minimum=2)

    call_names = frozenset({"DataLoader"})

    def order_of_data(self, fact: LoaderOrder) -> Iterable[Found]:
        """In the run only data that is seen to be sorted is accused: random order may have been made before."""
        if not fact.sequential or fact.batches < 2 or fact.samples < self.options.samples or fact.moving:
            return
        by_class = fact.changes is not None and fact.changes < self.options.changes
        if not by_class and (fact.memory is None or fact.memory < self.options.memory):
            return
        how = "class after class" if by_class else "sorted by its target"
        yield Found(
            message=f"`{fact.loader}` doesn't shuffle, and its data is {how}.",
            at=fact.place,
            step=fact.step,
            evidence={"changes": fact.changes, "memory": fact.memory, "samples": fact.samples},
        )

    def call(self, view: CallView) -> Iterable[Found]:
        dataset = view.argument(0, "dataset")
        if view.target != "torch.utils.data.DataLoader" or dataset is None or not _keeps_order(view):
            return
        name = bound_to(view) or view
        said = _said(view, dataset)
        if not said.isdisjoint(_ELSEWHERE) or not (_STATEFUL | _SAMPLES_ANEW).isdisjoint(view.file.identifiers):
            return
        if not _is_for_training(view) or not (dataset.words | words_behind(dataset)).isdisjoint(_ORDERED | _RANDOM):
            return
        if _is_drawn_at_random(dataset):
            return
        what = f"`{name.text}`" if name is not view else "The training loader"
        yield Found(
            message=f"{what} doesn't shuffle: training sees `{dataset.text}` in the same order in every epoch.",
            at=view,
            fix=_shuffle(view),
        )


def _is_drawn_at_random(dataset: ExprView) -> bool:
    """Whether it is a `RandomShapesDataset`: one that makes up its samples. A random transform in it doesn't count."""
    made = dataset.built_by
    said = words_of(made.last_name) if made is not None else []
    return "random" in said and "dataset" in said


def _keeps_order(view: CallView) -> bool:
    if view.is_open or not all(_is_off(view.argument(p, k)) for p, k in ((3, "sampler"), (4, "batch_sampler"))):
        return False
    batch = view.argument(1, "batch_size")
    if batch is not None and (batch.constant is None or (batch.value.call and batch.value.call.last_name == "len")):
        return False
    return _is_off(view.argument(2, "shuffle"))


def _is_off(given: ExprView | None) -> bool:
    return given is None or (given.literal is not NOT_LITERAL and not given.literal)


def _said(view: CallView, dataset: ExprView) -> frozenset[str]:
    """The words of the names of the loader, of its dataset and of the function around it."""
    around = view.function.name if view.function is not None else ""
    bound = bound_to(view)
    named = bound.words if bound is not None else frozenset()
    return named | dataset.words | frozenset(words_of(f"{key_of(view) or ''} {around}"))


def _is_for_training(view: CallView) -> bool:
    bound = bound_to(view)
    explicit = view.argument(2, "shuffle") is not None
    loops = loops_over(bound) if bound is not None else []
    if loops:
        return any(loop.trains for loop in loops)
    key = key_of(view) if bound is None or bound.identifier is None else None
    if key is not None:
        return key in ("train", "training") and "backward" in view.file.identifiers
    if bound is not None:
        own = bound.words
    else:
        own = frozenset(words_of(view.function.name if is_returned(view) and view.function is not None else ""))
    return not explicit and not own.isdisjoint(_TRAIN)


def _shuffle(view: CallView) -> FixMaker:
    given = view.argument(2, "shuffle")
    message = "shuffle the training data"
    if given is not None:
        return view.file.edits.replace(given, "True", message)
    return view.file.edits.add_argument(view, "shuffle=True", message)
