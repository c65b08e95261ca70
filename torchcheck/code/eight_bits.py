"""Which arrays and tensors surely hold unsigned bytes, and the arithmetic that is done with them."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code.lately import lately
from torchcheck.code.nodes import CallView, ExprView
from torchcheck.code.uses import around, method_called, settled
from torchcheck.records import frozen
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.file import FileView

_DEEPEST = 8


class Bytes(enum.Enum):
    """How much of the range from 0 to 255 the values of an array of unsigned bytes take."""

    PIXELS = "all of it"
    SOME = "not known"  # a mask, perhaps


@frozen
class Operation:
    """`left sign right`, or `left sign= right`."""

    at: ExprView
    sign: str
    left: ExprView
    right: ExprView


_SIGNS: dict[type, str] = {ast.Sub: "-", ast.Add: "+", ast.Mult: "*", ast.Pow: "**"}
_READS = {
    **dict.fromkeys(("imageio.imread", "imageio.v2.imread", "imageio.v3.imread", "skimage.io.imread"), ()),
    **dict.fromkeys(("cv2.imread", "cv2.imdecode"), ("IMREAD_COLOR", "IMREAD_GRAYSCALE", "IMREAD_COLOR_RGB", "0", "1")),
    **dict.fromkeys(words("torchvision.io.decode_image torchvision.io.decode_jpeg torchvision.io.decode_png"), ()),
    **dict.fromkeys(words("torchvision.io.read_image torchvision.io.image.read_image"), ()),
    "torchvision.transforms.functional.pil_to_tensor": (),
}
"""Functions that read an image, and which flags leave it 8 bits deep."""
_KEEPS = {
    "cv2": words(
        "cvtColor resize flip rotate warpAffine warpPerspective copyMakeBorder GaussianBlur blur medianBlur remap "
        "bilateralFilter transpose pyrDown pyrUp equalizeHist"
    ),
    "numpy": words(
        "array asarray ascontiguousarray copy transpose flip fliplr flipud rot90 expand_dims squeeze swapaxes moveaxis "
        "roll reshape ravel"
    ),
    "torch": words(
        "from_numpy as_tensor tensor flip permute transpose squeeze unsqueeze flatten reshape clone roll movedim rot90"
    ),
}
"""Functions whose result is of the type of their first argument, unless they are told another."""
_KEEPING_METHODS = words(
    "copy clone transpose permute reshape view flatten ravel squeeze unsqueeze contiguous detach cpu cuda numpy "
    "swapaxes flip roll repeat expand"
)
_PICTURE_METHODS = words("resize crop rotate transpose copy")
_DEEP_MODES = ("1", "I", "F", "I;16")
_DATASETS = words("MNIST FashionMNIST KMNIST EMNIST QMNIST CIFAR10 CIFAR100 SVHN STL10")
_TYPES = ("numpy.uint8", "numpy.ubyte", "torch.uint8", "torch.ByteTensor")


def operations(file: FileView) -> Iterator[Operation]:
    """Every difference, sum, product and power, in place or not."""
    for node in file.tree.of_type(ast.BinOp, ast.AugAssign):
        sign = _SIGNS.get(type(node.op))  # type: ignore[attr-defined]
        if sign is None:
            continue
        if isinstance(node, ast.BinOp):
            yield Operation(ExprView(file, node), sign, ExprView(file, node.left), ExprView(file, node.right))
        elif isinstance(node, ast.AugAssign):
            yield Operation(ExprView(file, node), sign, ExprView(file, node.target), ExprView(file, node.value))


def is_only_tested(view: ExprView) -> bool:
    """Whether all that matters of a difference is where it is zero; or the wrap is meant, as with `%`."""
    outer = around(view)
    if outer is None:
        return False
    method = method_called(view)
    call = method if method is not None else outer.call
    if call is not None and call.last_name in ("any", "all", "count_nonzero", "countNonZero", "nonzero"):
        return True
    is_masked = isinstance(outer.node, ast.BinOp) and isinstance(outer.node.op, ast.Mod | ast.BitAnd)
    return is_masked or isinstance(outer.node, ast.Compare)


def unsigned(view: ExprView, depth: int = 0) -> Bytes | None:
    """How an array or tensor of unsigned bytes is filled; None for all that isn't surely one."""
    if depth > _DEEPEST:
        return None
    if view.call is not None:
        return _of_call(view.call, depth + 1)
    if view.identifier is not None:
        given = lately(view)
        return unsigned(given, depth + 1) if given is not None else None
    if view.self_attribute is not None:
        given = settled(view)
        return unsigned(given, depth + 1) if given is not view else None
    if view.attribute == "data" and view.base is not None:
        return _of_dataset(view.base)
    is_part = isinstance(view.node, ast.Subscript) or view.attribute in ("T", "mT")
    return unsigned(view.base, depth + 1) if is_part and view.base is not None else None


def _of_dataset(base: ExprView) -> Bytes | None:
    built = base.built_by
    target = (built.target or "") if built is not None else ""
    known = target.startswith("torchvision.datasets.") and target.rpartition(".")[2] in _DATASETS
    return Bytes.PIXELS if known else None


def _of_call(call: CallView, depth: int) -> Bytes | None:
    target, first = call.target, call.argument(0)
    if target in _READS:
        return Bytes.PIXELS if _is_eight_bits_deep(call, _READS[target]) else None
    if target is None:
        return _of_method(call, depth)
    head, _, last = target.rpartition(".")
    if last == "randint" and head in ("torch", "numpy.random") and _is_bytes(call.argument(None, "dtype")):
        return Bytes.PIXELS if any(arg.value.literal in (255, 256) for arg in call.arguments) else Bytes.SOME
    if last not in _KEEPS.get(head, ()) or first is None:
        return None
    told = call.argument(1, "dtype") if last in ("array", "asarray", "as_tensor") else call.argument(None, "dtype")
    if told is not None and not _is_bytes(told):
        return None
    known = Bytes.PIXELS if head == "numpy" and is_picture(first) else unsigned(first, depth)
    return Bytes.SOME if known is None and told is not None else known


def _is_eight_bits_deep(call: CallView, flags: tuple[str, ...]) -> bool:
    flag = call.argument(1, "flags") if flags else None
    return flag is None or (flag.attribute or flag.text) in flags


def _of_method(call: CallView, depth: int) -> Bytes | None:
    receiver, first = call.receiver, call.argument(0)
    if receiver is None:
        return None
    casts = call.method == "byte" or (call.method in ("astype", "to", "type") and _is_bytes(first))
    if casts:
        return unsigned(receiver, depth) or Bytes.SOME
    moves = call.method == "to" and first is not None and (first.literal in ("cuda", "cpu") or "device" in first.words)
    return unsigned(receiver, depth) if moves or call.method in _KEEPING_METHODS else None


def _is_bytes(dtype: ExprView | None) -> bool:
    return dtype is not None and (dtype.name in _TYPES or dtype.literal in ("uint8", "u1"))


def is_picture(view: ExprView, depth: int = 0) -> bool:
    """Whether it is an image of PIL with 8 bits a channel."""
    given = lately(view) if view.identifier is not None else view
    call = given.call if given is not None else None
    if call is None or depth > _DEEPEST:
        return False
    if call.target == "PIL.Image.open":
        return True
    if call.receiver is None or call.target is not None:
        return False
    if call.method == "convert":
        mode = call.argument(0, "mode")
        is_shallow = mode is not None and isinstance(mode.literal, str) and mode.literal not in _DEEP_MODES
        return is_shallow and is_picture(call.receiver, depth + 1)
    return call.method in _PICTURE_METHODS and is_picture(call.receiver, depth + 1)
