"""TCK416: class ids of a mask divided by 255."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from torchcheck.code.eight_bits import is_picture, operations
from torchcheck.code.uses import settled
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import CallView, ClassView, ExprView, FileView

_MASKS = words("mask masks label labels lbl seg segm segmentation target targets gt annotation annot ann trimap msk")
_FUNCTIONS = ("torchvision.transforms.functional.to_tensor", "torchvision.transforms.v2.functional.to_tensor")
_CLASSES = ("torchvision.transforms.ToTensor", "torchvision.transforms.v2.ToTensor")
_COMPOSES = ("torchvision.transforms.Compose", "torchvision.transforms.v2.Compose")
_RESIZES = words("Resize CenterCrop Pad RandomCrop Grayscale")
"""Transforms behind `ToTensor` that leave the scale as it is."""
_OF_CLASS_IDS = {
    "torchvision.datasets.VOCSegmentation": None,
    "torchvision.datasets.Cityscapes": ("target_type", "semantic"),
    "torchvision.datasets.OxfordIIITPet": ("target_types", "segmentation"),
    "torchvision.datasets.SBDataset": ("mode", "segmentation"),
}
"""Datasets whose targets are images of class ids, and the argument that says so."""
_CLASS_COUNTS = words("num_classes n_classes nclasses num_class nclass n_class nb_classes classes number_of_classes")
_INTEGERS = ("torch.long", "torch.int64", "torch.LongTensor")
_OTHER_TYPES = words("astype int64 int32 float32 long float array asarray from_numpy")


class ScaledLabelMask(Rule):
    """`ToTensor` divides bytes by 255: applied to a mask of class ids it gives k / 255, and 0 once cast to integers.

    Accused are the segmentation datasets of torchvision, and images that are called masks or labels in a file that
    casts them to integers and tells more than two classes apart. A mask of 0 and 255 becomes 0 and 1 as it should;
    `PILToTensor`, an array of integers, and a mask that is multiplied by 255 again are right, too.
    """

    code = "TCK416"
    name = "scaled-label-mask"
    level = Level.ERROR
    why = "The ids become fractions, and 0 once they are cast to integers: every pixel is learned as class 0."
    help = "Keep the ids: `torch.as_tensor(np.array(mask), dtype=torch.int64)`, or `PILToTensor()`."
    bad = (
        """\
from torchvision import datasets, transforms

voc = datasets.VOCSegmentation(
    "data",
    transform=transforms.ToTensor(),
    target_transform=transforms.ToTensor(),
)
print(voc[0][1].unique())
""",
        """\
from PIL import Image
from torch import nn
from torchvision import transforms

NUM_CLASSES = 21
head = nn.Conv2d(64, NUM_CLASSES, 1)


def load(image_path, mask_path):
    image = Image.open(image_path).convert("RGB")
    mask = Image.open(mask_path)
    to_tensor = transforms.ToTensor()
    return to_tensor(image), to_tensor(mask).squeeze(0).long()
""",
    )
    good = (
        """\
import numpy as np
import torch

NUM_CLASSES = 21
mask = np.random.RandomState(0).randint(0, NUM_CLASSES, (8, 8))
print(torch.as_tensor(mask, dtype=torch.int64).unique())
""",
        """\
import torch
from torch import nn


class ToTensor:
    def __call__(self, mask):
        return torch.as_tensor(mask, dtype=torch.int64)


head = nn.Conv2d(4, 21, 1)
labels = ToTensor()([[0, 5], [20, 1]])
print(nn.functional.cross_entropy(head(torch.randn(1, 4, 2, 2)), labels.unsqueeze(0)))
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        if not view.says(("ToTensor", "to_tensor")) or _is_scaled_back(view):
            return
        tells_classes = _tells_classes_apart(view) and _casts_to_ids(view)
        for call in view.calls:
            transform = _target_transform(call)
            if transform is not None and _divides(transform.value):
                yield _found(transform, f"the targets of `{call.last_name}`")
                continue
            mask = call.argument(0)
            if mask is None or not tells_classes or _MASKS.isdisjoint(mask.words):
                continue
            if _applies(call) and _is_class_image(mask):
                yield _found(call, f"`{mask.text}`")


def _found(at: ExprView, what: str) -> Found:
    return Found(message=f"`ToTensor` divides the class ids in {what} by 255.", at=at)


def _target_transform(call: CallView) -> ExprView | None:
    """What is done to the targets of a dataset whose targets are class ids."""
    if call.target not in _OF_CLASS_IDS:
        return None
    condition = _OF_CLASS_IDS[call.target]
    chosen = call.argument(None, condition[0]) if condition is not None else None
    if condition is not None and (chosen is None or chosen.literal != condition[1]):
        return None
    return call.argument(None, "target_transform")


def _divides(transform: ExprView) -> bool:
    """Whether it is `ToTensor()`, or a composition with it after which nothing changes the scale."""
    call = transform.call
    if call is None:
        return False
    if call.target in _CLASSES:
        return True
    shown = call.argument(0, "transforms") if call.target in _COMPOSES else None
    steps = [step.value for step in (shown.value.items or [])] if shown is not None else []
    at = next((i for i, step in enumerate(steps) if step.call is not None and step.call.target in _CLASSES), None)
    return at is not None and all(_keeps_scale(step) for step in steps[at + 1 :])


def _keeps_scale(step: ExprView) -> bool:
    return step.call is not None and step.call.last_name in _RESIZES


def _applies(call: CallView) -> bool:
    """Whether a call runs `ToTensor` on its argument."""
    if call.target in _FUNCTIONS:
        return True
    func = call.func
    if func.call is not None:
        return _divides(func)
    made = settled(func)
    if made is func:
        return False
    return _divides(made) or any(_divides(given.value) for given in _handed_in(call, made))


def _handed_in(call: CallView, made: ExprView) -> Iterator[ExprView]:
    """What the file gives the parameter of the constructor that an attribute of `self` is set to."""
    owner = call.in_class
    init = owner.method("__init__") if owner is not None else None
    if owner is None or init is None or made.identifier not in init.parameters or made.identifier is None:
        return
    position = init.parameters.index(made.identifier) - 1
    for built in _builders(call.file, owner):
        given = built.argument(position, made.identifier)
        if given is not None:
            yield given


def _builders(file: FileView, owner: ClassView) -> list[CallView]:
    return [call for call in file.calls if call.func.identifier == owner.name]


def _is_class_image(mask: ExprView) -> bool:
    """Whether it is an image read by PIL, of one channel, that no step turns into an array of another type."""
    if mask.identifier is None or mask.function is None:
        return is_picture(mask) and not _is_coloured(mask)
    given = [one.value for one in mask.function.assignments if one.target.identifier == mask.identifier]
    if any(not _OTHER_TYPES.isdisjoint(word.lower() for word in _names(one)) or _is_coloured(one) for one in given):
        return False
    return any(is_picture(one) for one in given)


def _names(view: ExprView) -> set[str]:
    return {call.last_name for call in view.file.calls_in(view)}


def _is_coloured(view: ExprView) -> bool:
    return any(call.last_name == "convert" and "RGB" in call.text for call in view.file.calls_in(view))


def _tells_classes_apart(view: FileView) -> bool:
    """Whether the file speaks of more than two classes."""
    named = [(arg.keyword, arg.value) for call in view.calls for arg in call.arguments if arg.keyword is not None]
    named += [((a.target.attribute or a.target.identifier or ""), a.value) for a in view.assignments]
    for name, value in named:
        if name == "ignore_index" and value.constant == 255:
            return True
        if (name or "").lower() in _CLASS_COUNTS and _is_many(value):
            return True
    return False


def _casts_to_ids(view: FileView) -> bool:
    """Whether the file casts a mask to integers, as the ids of classes are."""
    for call in view.calls:
        if call.receiver is None or _MASKS.isdisjoint(call.receiver.words):
            continue
        given = call.argument(0, "dtype")
        if call.method == "long" or (given is not None and given.name in _INTEGERS):
            return True
    return False


def _is_many(value: ExprView) -> bool:
    number = value.constant
    if isinstance(number, int):
        return number > 2
    return isinstance(number, list | tuple) and len(number) > 2


def _is_scaled_back(view: FileView) -> bool:
    if any(call.last_name in ("mul", "mul_") and call.mentions("mask", "label", "target") for call in view.calls):
        return True
    return any(one.sign == "*" and 255 in (one.left.constant, one.right.constant) for one in operations(view))
