"""TCK408: parts of one dataset share its transform."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from torchcheck.code import words_of
from torchcheck.code.epochs import receivers
from torchcheck.code.parts import (
    Part,
    augmentation_of,
    has_transform,
    holders,
    is_changed,
    is_copied,
    is_random,
    is_set_once,
    loaders_of,
    parts_in,
    transforms_set,
)
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import AssignView, CallView, ExprView, FileView

_CHECKS = words("val valid vali validation validate dev eval evaluation test testing holdout valset valid_set testset")
_TRAINS = words("train training trn trainset")
_SAMPLERS = frozenset({"torch.utils.data.SubsetRandomSampler", "torch.utils.data.sampler.SubsetRandomSampler"})


class SharedSubsetTransform(Rule):
    """`random_split` and `Subset` keep the dataset: all parts have one transform, and change it for each other.

    Accused are loaders for validation whose samples the transform of the dataset augments at random, as the training
    samples, and `val_set.dataset.transform = …`, which takes the augmentation from the training set, too. Two datasets
    that are built with a transform each, copies, and parts that are wrapped in a dataset of their own are right.
    """

    code = "TCK408"
    name = "shared-subset-transform"
    level = Level.WARNING
    why = (
        "Validation on augmented samples is noisy and too low; with the transform of validation set on the shared "
        "dataset, training loses its augmentation."
    )
    help = "Build the dataset twice, once with each transform, and take `Subset`s of the two by the same indices."
    bad = (
        """\
import torch
from torch.utils.data import DataLoader, random_split
from torchvision import datasets, transforms

transform = transforms.Compose([transforms.RandomHorizontalFlip(), transforms.ToTensor()])
dataset = datasets.FakeData(size=20, image_size=(3, 8, 8), num_classes=2, transform=transform)
train_set, val_set = random_split(dataset, [16, 4], torch.Generator().manual_seed(0))
train_loader = DataLoader(train_set, batch_size=4, shuffle=True)
val_loader = DataLoader(val_set, batch_size=4)
""",
        """\
import torch
from torch.utils.data import DataLoader, random_split
from torchvision import datasets, transforms

augment = transforms.Compose([transforms.RandomHorizontalFlip(), transforms.ToTensor()])
dataset = datasets.FakeData(size=20, image_size=(3, 8, 8), num_classes=2, transform=augment)
train_set, val_set = random_split(dataset, [16, 4], torch.Generator().manual_seed(0))
val_set.dataset.transform = transforms.ToTensor()
train_loader = DataLoader(train_set, batch_size=4, shuffle=True)
""",
    )
    good = (
        """\
import torch
from torch.utils.data import DataLoader, Dataset, Subset


class RandomFlip:
    def __call__(self, x):
        return x.flip(0) if torch.rand(()) < 0.5 else x


class Rows(Dataset):
    def __init__(self, x, transform=None):
        self.x = x
        self.transform = transform

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return self.transform(self.x[index]) if self.transform else self.x[index]


x = torch.randn(20, 4)
augmented, plain = Rows(x, transform=RandomFlip()), Rows(x)
order = torch.randperm(20).tolist()
train_loader = DataLoader(Subset(augmented, order[:16]), batch_size=4, shuffle=True)
val_loader = DataLoader(Subset(plain, order[16:]), batch_size=4)
print(next(iter(train_loader)), next(iter(val_loader)))
""",
        """\
import copy

import torch
from torch.utils.data import DataLoader, Dataset, random_split


class RandomFlip:
    def __call__(self, x):
        return x.flip(0) if torch.rand(()) < 0.5 else x


class Rows(Dataset):
    def __init__(self, x, transform=None):
        self.x = x
        self.transform = transform

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return self.transform(self.x[index]) if self.transform else self.x[index]


x = torch.randn(20, 4)
dataset = Rows(x, transform=RandomFlip())
train_set, val_set = random_split(dataset, [16, 4], torch.Generator().manual_seed(0))
val_set.dataset = copy.copy(dataset)
val_set.dataset.transform = None
train_loader = DataLoader(train_set, batch_size=4, shuffle=True)
val_loader = DataLoader(val_set, batch_size=4)
print(next(iter(train_loader)), next(iter(val_loader)))
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        if view.identifiers.isdisjoint({"random_split", "Subset", "SubsetRandomSampler"}):
            return
        parts = parts_in(view)
        yield from _augmented_parts(parts)
        yield from _augmented_loaders(view)
        yield from _set_for_all(view, parts)


def _augmented_parts(parts: list[Part]) -> Iterator[Found]:
    """Parts for validation that a loader reads as they are."""
    for part in parts:
        if not _checks(part.name) or not _siblings(part, parts) or is_changed(part.name):
            continue
        augmentation = augmentation_of(part)
        if augmentation is None or _is_changed_before(part.dataset):
            continue
        loader = next((one for name in holders(part) for one in loaders_of(name)), None)
        if loader is not None and not _is_changed_anywhere(part):
            yield _accused(part.name, part.dataset, augmentation, part.at)


def _augmented_loaders(view: FileView) -> Iterator[Found]:
    """Loaders for validation that draw their samples from the training set by a sampler."""
    loaders = [call for call in view.calls if call.target == "torch.utils.data.DataLoader"]
    for loader in loaders:
        dataset, name = loader.argument(0, "dataset"), next(iter(receivers(loader)), None)
        if dataset is None or name is None or not _checks(name) or not _draws(loader):
            continue
        same = [one for one in loaders if one != loader and _text(one.argument(0, "dataset")) == dataset.text]
        augmentation = augmentation_of(Part(name, dataset, loader)) if any(_draws(one) for one in same) else None
        if augmentation is not None and not _is_changed_before(dataset):
            yield _accused(name, dataset, augmentation, loader)


def _set_for_all(view: FileView, parts: list[Part]) -> Iterator[Found]:
    """`val_set.dataset.transform = …`"""
    by_name = {part.name.text: part for part in parts}
    every = [(by_name[name.text], one) for name, one in transforms_set(view) if name.text in by_name]
    for part, one in every:
        others = [sibling.name.text for sibling in _siblings(part, parts)]
        if not others or one.in_loop or _is_replaced(view, [part.name.text, *others]) or not is_set_once(part.name):
            continue
        if _is_lost(part, one, every):
            yield Found(
                message=f"`{one.target.text}` is the transform of `{others[0]}`, too: both are parts of "
                f"`{part.dataset.text}`.",
                at=one,
            )


def _is_lost(part: Part, one: AssignView, every: list[tuple[Part, AssignView]]) -> bool:
    """Whether the transform that is set takes another one from a sibling, or gives it one that is not for it."""
    rest = [other for sibling, other in every if sibling.at == part.at or _is_same(sibling.dataset, part.dataset)]
    rivals = [other for other in rest if other.target.text != one.target.text]
    if rivals:
        return all(other.is_before(one) and other.value.text != one.value.text for other in rivals)
    if _checks(part.name):
        return has_transform(part)
    return not part.name.words.isdisjoint(_TRAINS) and is_random(one.value)


def _siblings(part: Part, parts: list[Part]) -> list[Part]:
    """The other parts of the same dataset, one of which is not for validation."""
    same = [one for one in parts if one.name.text != part.name.text and _is_same(one.dataset, part.dataset)]
    return same if _checks(part.name) is False or any(not _checks(one.name) for one in same) else []


def _is_same(one: ExprView, other: ExprView) -> bool:
    """Whether two expressions mean one dataset: two calls of a constructor make two."""
    return one.text == other.text and (one == other or one.call is None)


def _checks(name: ExprView) -> bool:
    """Whether a name says that it is for validation or a test."""
    said = set(words_of(name.text))
    return not said.isdisjoint(_CHECKS) and said.isdisjoint(_TRAINS)


def _draws(loader: CallView) -> bool:
    sampler = loader.argument(3, "sampler")
    made = sampler.value.call if sampler is not None else None
    return made is not None and made.target in _SAMPLERS


def _is_changed_before(dataset: ExprView) -> bool:
    """Whether something sets the transform of the dataset itself."""
    targets = [one.target for one in dataset.file.assignments if one.target.attribute in ("transform", "transforms")]
    return any(_text(target.base) == dataset.text for target in targets)


def _is_replaced(view: FileView, names: list[str]) -> bool:
    """Whether one of the parts gets a dataset of its own, or is copied together with it."""
    for one in view.assignments:
        if one.target.text in [f"{name}.dataset" for name in names]:
            return True
        if one.target.text in names and is_copied(one.target):
            return True
    return False


def _is_changed_anywhere(part: Part) -> bool:
    return any(is_changed(name) for name in holders(part))


def _accused(name: ExprView, dataset: ExprView, augmentation: CallView, at: CallView) -> Found:
    return Found(
        message=f"`{name.text}` is a part of `{dataset.text}`, whose transform augments by "
        f"`{augmentation.last_name}`: it is validated on augmented samples.",
        at=at,
    )


def _text(view: ExprView | None) -> str | None:
    return view.text if view is not None else None
