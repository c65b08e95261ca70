"""TCK420: arithmetic on unsigned bytes that wraps around."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code.eight_bits import Bytes, Operation, is_only_tested, operations, unsigned
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import ExprView, FileView

_SOURCES = words(
    "imread imdecode Image uint8 ubyte byte read_image decode_image decode_jpeg decode_png pil_to_tensor MNIST "
    "FashionMNIST KMNIST EMNIST QMNIST CIFAR10 CIFAR100 SVHN STL10"
)
_FEW_VALUES = words("mask masks label labels seg segm segmentation target targets gt annotation annot trimap alpha ids")
"""Words in the names of images that hold class ids or zeros and ones."""
_MIDDLE = (127, 128)


class UnsignedWraparound(Rule):
    """Images of unsigned bytes are subtracted, added or multiplied before they are cast to float.

    Judged is what surely holds pixels of 8 bits: an image just read, data of a torchvision dataset, `dtype=uint8`.
    Minus a whole number, a difference of two images, a square, a brighter image: all wrap beyond 0 and 255. Right and
    not accused: a division or a float in the arithmetic, which promote; `255 - image`; masks and class ids; differences
    that are only tested for zero.
    """

    code = "TCK420"
    name = "unsigned-wraparound"
    level = Level.WARNING
    why = "Unsigned bytes have no negative numbers: 100 - 128 is 228, so dark pixels silently turn bright."
    help = "Cast first: `image.float()` of a tensor, `image.astype(np.float32)` of an array."
    bad = (
        """\
import torch

torch.manual_seed(0)
images = torch.randint(0, 256, (4, 3, 8, 8), dtype=torch.uint8)
x = (images - 128).float() / 128
print(x.mean())
""",
        """\
import numpy as np
import torch
from PIL import Image

rendered = np.array(Image.open("rendered.png").convert("RGB"))
expected = np.array(Image.open("expected.png").convert("RGB"))
print(torch.tensor(np.mean((rendered - expected) ** 2)))
""",
    )
    good = (
        """\
import torch

torch.manual_seed(0)
images = torch.randint(0, 256, (4, 3, 8, 8), dtype=torch.uint8)
x = (images.float() - 128) / 128
print(x.mean(), (images / 255 - 0.5).mean(), (255 - images).float().mean())
""",
        """\
import numpy as np
import torch

rng = np.random.RandomState(0)
labels = rng.randint(1, 4, (8, 8), dtype=np.uint8)  # 1, 2 and 3
print(torch.from_numpy(labels - 1).unique())
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        if not view.says(_SOURCES):
            return
        for operation in operations(view):
            if _wraps(operation) and not is_only_tested(operation.at):
                yield Found(
                    message=f"`{operation.at.text}` is computed in unsigned bytes: beyond 0 and 255 it wraps around.",
                    at=operation.at,
                )


def _wraps(operation: Operation) -> bool:
    left, right, sign = operation.left, operation.right, operation.sign
    number = _whole(right)
    if number is not None:
        return _wraps_with_number(left, sign, number)
    number = _whole(left)
    if number is not None:
        swapped = sign in "+*" and _wraps_with_number(right, sign, number)
        return swapped or (sign == "-" and 2 <= number < 255 and _is_image(right))
    if sign not in "+-" or left.text == right.text:
        return False
    return _is_image(left) and _is_image(right)


def _wraps_with_number(image: ExprView, sign: str, number: int) -> bool:
    if sign == "-" and number in _MIDDLE and unsigned(image) is not None:
        return True
    if number < 2 or number > 255 or (sign == "*" and number == 255):
        return False
    return _is_image(image)


def _whole(view: ExprView) -> int | None:
    """The whole number that it is; a float promotes."""
    value = view.constant
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is_image(view: ExprView) -> bool:
    return _FEW_VALUES.isdisjoint(view.words) and unsigned(view) is Bytes.PIXELS
