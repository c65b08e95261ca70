"""Tensors that a module keeps as plain attributes, and that `forward` computes with where they are."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code.chains import made_from
from torchcheck.code.kinds import Kind
from torchcheck.code.nodes import AssignView, CallView, ExprView
from torchcheck.code.walk import walk
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.definitions import ClassView

_SIZED = words("zeros ones full arange linspace logspace eye randn rand hann_window hamming_window tril triu")
_OF_DATA = words("tensor as_tensor FloatTensor LongTensor DoubleTensor Tensor from_numpy")
_SEVERAL = words("view reshape unsqueeze repeat expand permute transpose t")
_PLACED = ("device", "cuda", "requires_grad", ".to(")
_MOVES = words("to cuda cpu type_as type numpy tolist item device is_cuda get_device data_ptr")
_MEASURES = words("shape size dim ndim dtype numel new_zeros new_ones new_tensor requires_grad __len__")
_HANDLES = words("to cuda _apply __setattr__ __getattr__ setup")
_GLOBAL = words("set_default_device set_default_tensor_type")


class _Fate(enum.Enum):
    COMPUTED = "meets other tensors where it is"
    MOVED = "is moved"
    UNKNOWN = "unknown"


def left_behind(view: ClassView) -> Iterator[tuple[str, AssignView]]:
    """The attributes of a module that hold a tensor which `forward` computes with, and nothing moves."""
    if view.is_module is not True or not _GLOBAL.isdisjoint(view.file.identifiers):
        return
    if any(not _HANDLES.isdisjoint(one.methods) for one in view.lineage):
        return
    set_up = [method for method in view.initializers if method.owner == view]
    candidates = [(attr, one) for attr, one in view.self_assignments if one.function in set_up and _is_plain(one)]
    forward = [method for method in view.reached("forward") if method not in set_up] if candidates else []
    for attr, assigned in candidates:
        if sum(name == attr for one in view.lineage for name, _ in one.self_assignments) > 1:
            continue
        reads = [read for read in view.file.attribute_reads.get(attr, ()) if read.self_attribute == attr]
        fates = [_fate(read) for read in reads if read.function in forward]
        moved = any(_fate(read) is _Fate.MOVED for read in reads)
        if _Fate.COMPUTED in fates and not moved:
            yield attr, assigned


def _is_plain(assigned: AssignView) -> bool:
    """Whether a tensor of several numbers is made here, on no device in particular."""
    value = assigned.value
    if (
        assigned.unpacked
        or value.kind not in (Kind.TENSOR, Kind.UNKNOWN)
        or any(word in value.text for word in _PLACED)
    ):
        return False
    made = [one.call for one in made_from(value) if one.call is not None]
    several = any(call.method in _SEVERAL and call.target is None for call in made) or "[None" in value.text
    for call in made:
        head, _, last = (call.target or "").rpartition(".")
        if head == "torch" and (last in _SIZED or (last in _OF_DATA and (several or _holds_several(call)))):
            return bool(call.node.args)
    return False


def _holds_several(call: CallView) -> bool:
    first = call.argument(0)
    if first is None:
        return False
    data = first.value
    if data.node is not first.node and data.items is None and data.call is None:
        return False
    made_by = data.call.target if data.call is not None else None
    return data.items is not None or isinstance(data.node, ast.ListComp) or (made_by or "").startswith("numpy.")


def _fate(read: ExprView) -> _Fate:
    """What becomes of what is read, within its statement."""
    computed, node = False, read.node
    for parent in read.file.tree.ancestors(read.node):
        if isinstance(parent, ast.Attribute):
            if parent.attr in _MOVES:
                return _Fate.MOVED
            if parent.attr in _MEASURES:
                return _Fate.UNKNOWN
        elif isinstance(parent, ast.Subscript):
            if node is not parent.value or not any(isinstance(n, ast.Slice) for n in walk(parent.slice)):
                return _Fate.UNKNOWN  # an index, or a single number
        elif isinstance(parent, ast.BinOp | ast.Compare):
            computed = computed or _meets(read, parent, node)
        elif isinstance(parent, ast.Call):
            if node is not parent.func:
                if not (CallView(read.file, parent).target or "").startswith("torch."):
                    return _Fate.COMPUTED if computed else _Fate.UNKNOWN
                computed = computed or len(parent.args) > 1
        elif isinstance(parent, ast.stmt):
            if computed and _is_moved_later(read, parent):
                return _Fate.MOVED
            break
        node = parent
    return _Fate.COMPUTED if computed else _Fate.UNKNOWN


def _is_moved_later(read: ExprView, statement: ast.stmt) -> bool:
    """Whether the name that the statement sets is moved somewhere in the function."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if not isinstance(target, ast.Name) or read.function is None:
        return False
    moved = (n.value for n in read.function.nodes if isinstance(n, ast.Attribute) and n.attr in _MOVES)
    return any(isinstance(inner, ast.Name) and inner.id == target.id for value in moved for inner in walk(value))


def _meets(read: ExprView, parent: ast.BinOp | ast.Compare, node: ast.AST) -> bool:
    """Whether the other side is neither a number nor something that the module keeps as well."""
    sides = [parent.left, parent.right] if isinstance(parent, ast.BinOp) else [parent.left, *parent.comparators]
    others = [ExprView(read.file, side) for side in sides if side is not node]
    return any(not isinstance(one.node, ast.Constant) and one.self_attribute is None for one in others)
