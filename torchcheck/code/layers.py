"""Which expressions build a layer with parameters, and what collections of layers hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code import kinds
from torchcheck.code.kinds import Kind
from torchcheck.code.literals import NOT_LITERAL
from torchcheck.code.nodes import CallView, ExprView
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.definitions import ClassView, FunctionView

_WITH_PARAMETERS = words(
    "Linear Bilinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyLinear LazyConv1d "
    "LazyConv2d LazyConv3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d Embedding EmbeddingBag RNN LSTM "
    "GRU RNNCell LSTMCell GRUCell Transformer TransformerEncoder TransformerDecoder TransformerEncoderLayer "
    "TransformerDecoderLayer MultiheadAttention PReLU AdaptiveLogSoftmaxWithLoss"
)
_AFFINE = {
    **dict.fromkeys(words("BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm GroupNorm"), (3, "affine", True)),
    **dict.fromkeys(words("InstanceNorm1d InstanceNorm2d InstanceNorm3d"), (3, "affine", False)),
    **dict.fromkeys(words("LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d"), (2, "affine", True)),
    **dict.fromkeys(words("LayerNorm RMSNorm"), (2, "elementwise_affine", True)),
}
"""Where each norm is told whether it has parameters, and what holds where it isn't."""
CONTAINERS = words("Sequential ModuleList ModuleDict")
_WRAPPERS = words("weight_norm spectral_norm deepcopy copy DataParallel DistributedDataParallel compile")
_COLLECTORS = words("list tuple dict set OrderedDict deque")
_DEEPEST = 6


def owns_parameters(view: ExprView, depth: int = 0) -> bool | None:
    """Whether an expression builds a module with parameters of its own; None where that isn't known."""
    if depth > _DEEPEST:
        return None
    view = view.value
    call = view.call
    if call is None:
        return _either([owns_parameters(part, depth + 1) for part in _branches(view)])
    if call.target is not None:
        return _outside(call, call.target, depth)
    found = view.file.resolver.class_of_name(call.func.node, call.scope)
    if found is not None:
        file, definition = found
        return file.class_view(definition).owns_parameters
    if call.method in kinds.SAME_KIND and call.receiver is not None and call.receiver.self_attribute is None:
        return owns_parameters(call.receiver, depth + 1)
    returned = [one for function in callees(call) for one in function.returns]
    return _either([owns_parameters(one, depth + 1) if one is not None else None for one in returned], every=True)


def callees(call: CallView) -> list[FunctionView]:
    """The function of the project, or the method of the class around it, that is called; empty where unknown."""
    found = call.file.resolver.function_of_name(call.func.node, call.scope)
    if found is not None:
        file, definition = found
        return [file.function_view(definition)]
    owner, name = call.in_class, call.func.self_attribute
    method = owner.method(name) if owner is not None and name is not None else None
    return [method] if method is not None else []


def class_owns_parameters(view: ClassView) -> bool | None:
    """Whether the instances of a class have parameters."""
    if not view.is_module:
        return None
    for one in view.lineage:
        if any(base.name is not None and _of_torch(base.name) in _WITH_PARAMETERS for base in one.bases):
            return True
        if any(not assigned.unpacked and _is_part(assigned.value) for _, assigned in one.self_assignments):
            return True
        if any(_registers(call) for call in one.own_calls()):
            return True
    return None if view.has_unknown_base else False


def items_of(view: ExprView, depth: int = 0) -> Iterator[ExprView]:
    """What a plain list, tuple, set or dict holds that is written out, computed, or repeated."""
    node = view.node
    if depth > _DEEPEST:
        return
    if isinstance(node, ast.Starred):
        inner = [node.value]
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        inner = node.elts
    elif isinstance(node, ast.Dict):
        inner = node.values
    elif isinstance(node, ast.ListComp | ast.SetComp):
        inner = [node.elt]
    elif isinstance(node, ast.DictComp):
        inner = [node.value]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Add):
        inner = [side for side in (node.left, node.right) if isinstance(side, ast.List | ast.Tuple | ast.ListComp)]
    elif isinstance(node, ast.Call) and _collects(view):
        inner = [*node.args, *(keyword.value for keyword in node.keywords)]
        inner = [one.elt if isinstance(one, ast.GeneratorExp) else one for one in inner]
    else:
        inner = []
    for one in inner:
        part = ExprView(view.file, one)
        nested = list(items_of(part, depth + 1))
        yield from nested or [part]


def is_collection(view: ExprView) -> bool:
    """Whether an expression makes a plain list, tuple, set or dict."""
    shown = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp)
    if isinstance(view.node, ast.BinOp):
        return any(is_collection(ExprView(view.file, side)) for side in (view.node.left, view.node.right))
    return isinstance(view.node, shown) or _collects(view)


def _collects(view: ExprView) -> bool:
    target = view.call.target if view.call is not None else None
    if target is None:
        return False
    return target.startswith(("builtins.", "collections.")) and target.rpartition(".")[2] in (
        *_COLLECTORS,
        "defaultdict",
    )


def _branches(view: ExprView) -> list[ExprView]:
    if isinstance(view.node, ast.IfExp):
        return [ExprView(view.file, view.node.body), ExprView(view.file, view.node.orelse)]
    return []


def _outside(call: CallView, name: str, depth: int) -> bool | None:
    last = _of_torch(name)
    if last in _WITH_PARAMETERS:
        return True
    if last in _AFFINE:
        position, keyword, usual = _AFFINE[last]
        given = call.argument(position, keyword)
        value = usual if given is None else given.literal
        return None if value is NOT_LITERAL or (given is None and call.is_open) else bool(value)
    if last in CONTAINERS:
        parts = [item for arg in call.node.args for item in _items_or_itself(ExprView(call.file, arg))]
        return _either([owns_parameters(part, depth + 1) for part in parts])
    if name.rpartition(".")[2] in _WRAPPERS and name.startswith(("torch.", "copy.")):
        first = call.argument(0)
        return owns_parameters(first, depth + 1) if first is not None else None
    if last:
        return False
    return True if name.startswith("torchvision.models.") and kinds.kind_of_call(name) is Kind.MODULE else None


def _items_or_itself(view: ExprView) -> list[ExprView]:
    inner = ExprView(view.file, view.node.value) if isinstance(view.node, ast.Starred) else view
    return list(items_of(inner.value)) or [inner]


def _of_torch(name: str) -> str:
    """`Linear` of `torch.nn.Linear`; empty for all that is no class of `torch.nn`."""
    head, _, last = name.rpartition(".")
    return last if head == "torch.nn" and last[:1].isupper() and last not in kinds.NOT_MODULES else ""


def _is_part(value: ExprView) -> bool:
    return value.kind is Kind.PARAMETER or owns_parameters(value) is True


def _registers(call: CallView) -> bool:
    if call.last_name not in ("register_parameter", "add_module", "register_module"):
        return False
    second = call.argument(1)
    return second is not None and _is_part(second)


def _either(answers: list[bool | None], *, every: bool = False) -> bool | None:
    """True where one (or, with `every`, each) is; False where none is; else None."""
    if not answers:
        return None
    if True in answers and (not every or all(answers)):
        return True
    return False if all(answer is False for answer in answers) else None
