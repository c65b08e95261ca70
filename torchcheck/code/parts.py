"""The parts that a dataset is split into, and how its samples are augmented."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code.epochs import call_with, flows_to, uses_of
from torchcheck.code.nodes import AssignView, CallView, ExprView
from torchcheck.code.uses import settled
from torchcheck.records import frozen
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.file import FileView

_AUGMENTS = words(
    "ColorJitter AutoAugment RandAugment TrivialAugmentWide AugMix ElasticTransform ScaleJitter HorizontalFlip "
    "VerticalFlip ShiftScaleRotate HueSaturationValue GaussNoise CoarseDropout RGBShift OneOf"
)
"""What transforms at random without saying so."""
_BUILDERS = words("Compose Sequential")
_NOT_RANDOM = words("RandomSampler RandomState")
_TRANSFORMS = words("transform transforms")
_DEEPEST = 4


@frozen
class Part:
    """A part of a dataset that keeps the dataset, and looks up its own indices in it.

    Attributes:
        name: what holds it.
        dataset: what it is a part of.
        at: the call that makes it.
    """

    name: ExprView
    dataset: ExprView
    at: CallView


def parts_in(file: FileView) -> list[Part]:
    """The parts that `random_split` and `Subset` make, where they are given a name."""
    found: list[Part] = []
    for call in file.calls:
        dataset = call.argument(0, "dataset")
        if dataset is None:
            continue
        if call.target == "torch.utils.data.random_split":
            given = [one.target for one in file.assignments if one.value == call and one.unpacked]
            found += [Part(name, dataset, call) for name in given]
        elif call.target == "torch.utils.data.Subset":
            found += [Part(one.target, dataset, call) for one in file.assignments if one.value == call]
    return found


def holders(part: Part) -> list[ExprView]:
    """The names that hold a part, also those that a function hands it on to."""
    return [part.name, *(name for use in uses_of(part.name) for name in flows_to(use))]


def loaders_of(name: ExprView) -> list[CallView]:
    """The data loaders that are given what a name holds."""
    outer = [(use, call_with(use)) for use in uses_of(name)]
    return [
        call
        for use, call in outer
        if call is not None and call.target == "torch.utils.data.DataLoader" and call.argument(0, "dataset") == use
    ]


def is_changed(name: ExprView) -> bool:
    """Whether the dataset of a part is replaced, or something is set on the part."""
    for one in name.file.assignments:
        base = one.target.base if one.target.attribute is not None else None
        while base is not None and base.attribute == "dataset" and base.text != name.text:
            base = base.base
        if base is not None and base.text == name.text:
            return True
    return False


def is_copied(name: ExprView) -> bool:
    """Whether a name stands for a copy as well."""
    given = [one.value for one in name.file.assignments if one.target.text == name.text]
    return any("copy" in word for value in given for word in value.words)


def is_set_once(name: ExprView) -> bool:
    """Whether one place gives a name its value."""
    return sum(one.target.text == name.text for one in name.file.assignments) == 1


def _made(part: Part) -> CallView | None:
    """The call that builds the dataset of a part; its name may be given to the part after that."""
    built = part.dataset.built_by
    if built is not None:
        return built
    every = part.dataset.file.assignments
    given = [one for one in every if one.target.text == part.dataset.text and one.value != part.at]
    before = [one for one in given if one.is_before(part.at) and one.function == part.at.function]
    return before[0].value.call if before == given and len(given) == 1 and not given[0].unpacked else None


def augmentation_of(part: Part) -> CallView | None:
    """The random transform that a dataset is built with; None where there is none, and where it isn't known."""
    made = _made(part)
    if made is None or made.is_open:
        return None
    for given in made.arguments:
        if given.keyword is None or given.keyword in _TRANSFORMS:
            found = _random_in(given.value, _DEEPEST)
            if found is not None:
                return found
    return None


def has_transform(part: Part) -> bool:
    """Whether the dataset of a part is surely built with a transform."""
    made = _made(part)
    return made is not None and any(
        given.keyword in _TRANSFORMS and given.value.constant is not None for given in made.arguments
    )


def is_random(transform: ExprView) -> bool:
    """Whether a transform is surely random."""
    return _random_in(transform, _DEEPEST) is not None


def _random_in(view: ExprView, deepest: int) -> CallView | None:
    if not deepest:
        return None
    if isinstance(view.node, ast.Subscript):
        entry = _entry(view)
        return _random_in(entry, deepest - 1) if entry is not None else None
    value = settled(view)
    call = value.call
    if call is None:
        return _random_in(value, deepest - 1) if value is not view else None
    name = call.last_name
    if (name.startswith("Random") or name in _AUGMENTS) and name not in _NOT_RANDOM:
        return call
    if name not in _BUILDERS:
        return None
    steps = [item for given in call.arguments for item in given.value.value.items or [given.value]]
    return next((found for found in (_random_in(one, deepest - 1) for one in steps) if found is not None), None)


def _entry(view: ExprView) -> ExprView | None:
    """`transforms["train"]` in the dict that the name was given."""
    base, index = view.base, view.node.slice
    shown = base.value.node if base is not None else None
    if not isinstance(shown, ast.Dict) or not isinstance(index, ast.Constant):
        return None
    for key, value in zip(shown.keys, shown.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == index.value:
            return ExprView(view.file, value)
    return None


def transforms_set(file: FileView) -> Iterator[tuple[ExprView, AssignView]]:
    """Every `part.dataset.transform = …`: the part, and the assignment."""
    for one in file.assignments:
        owner = one.target.base if one.target.attribute in _TRANSFORMS else None
        part = owner.base if owner is not None and owner.attribute == "dataset" else None
        if part is not None and not one.unpacked:
            yield part, one
