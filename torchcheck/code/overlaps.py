"""Overlap of prediction and target (dice, IoU) as projects compute it by hand, and what it is given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code.lately import lately
from torchcheck.code.layers import callees
from torchcheck.code.nodes import CallView, ExprView
from torchcheck.code.uses import settled
from torchcheck.code.words import words_of
from torchcheck.records import frozen
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.definitions import FunctionView
    from torchcheck.code.file import FileView

_OVERLAP = words("dice iou jaccard tversky")
_TARGETS = words("target targets true gt truth label labels mask masks y")
_RESHAPES = words("view reshape flatten contiguous float squeeze unsqueeze to type double half permute cuda")
_HARMLESS = _RESHAPES | words(
    "sum mean size numel dim ndimension len isinstance range append pow tuple list stack cat zeros ones zeros_like "
    "ones_like einsum abs square super print one_hot item chunk cpu long transpose type_as clone int str format mul "
    "zip enumerate tensor expand expand_as scatter_ new_zeros ValueError AssertionError"
)
"""What does not make probabilities of logits."""
_LOGIT_FUNCTIONS = words("cross_entropy binary_cross_entropy_with_logits")
_LOGIT_MODULES = ("torch.nn.CrossEntropyLoss", "torch.nn.BCEWithLogitsLoss")
_DEEPEST = 6


@frozen
class Overlap:
    """A function that multiplies prediction and target as they are.

    Attributes:
        function: the function or method.
        prediction: its parameter for the prediction.
        position: of that parameter, `self` left out.
        product: where both are multiplied; None where a function does that which it calls.
    """

    function: FunctionView
    prediction: str
    position: int
    product: ExprView | None


def overlap_of(function: FunctionView, depth: int = 0) -> Overlap | None:
    """The overlap that a function computes without an activation of its own."""
    named = {*words_of(function.name), *(words_of(function.owner.name) if function.owner is not None else ())}
    parameters = [name for name in function.parameters if name not in ("self", "cls")][:2]
    if named.isdisjoint(_OVERLAP) or len(parameters) < 2 or depth > _DEEPEST:
        return None
    swapped = not _TARGETS.isdisjoint(words_of(parameters[0])) and _TARGETS.isdisjoint(words_of(parameters[1]))
    position = 1 if swapped else 0
    found = Overlap(function, parameters[position], position, _product(function, *parameters))
    inner = [call for call in function.calls if call.last_name not in _HARMLESS and not takes_logits(call)]
    if not all(_hands_on(call, found, depth) for call in inner) or _compares(found):
        return None
    return found if found.product is not None or inner else None


def _hands_on(call: CallView, found: Overlap, depth: int) -> bool:
    """Whether a call hands the prediction to another function that computes the overlap of what it gets."""
    for function in callees(call):
        inner = overlap_of(function, depth + 1) if function != found.function else None
        given = call.argument(inner.position, inner.prediction) if inner is not None else None
        return given is not None and origin(given) == found.prediction
    return False


def _product(function: FunctionView, one: str, other: str) -> ExprView | None:
    nodes = [n for n in function.nodes if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Mult)]
    for node in sorted(nodes, key=lambda n: (n.lineno, n.col_offset)):
        sides = [origin(ExprView(function.file, side)) for side in (node.left, node.right)]
        if sorted(str(side) for side in sides) == sorted((one, other)):
            return ExprView(function.file, node)
    return None


def _compares(found: Overlap) -> bool:
    """Whether the prediction is compared with something: a threshold makes it zeros and ones."""
    file = found.function.file
    compared = [n for n in found.function.nodes if isinstance(n, ast.Compare)]
    sides = [ExprView(file, side) for node in compared for side in (node.left, *node.comparators)]
    return any(origin(side) == found.prediction for side in sides)


def takes_logits(call: CallView) -> bool:
    """Whether it is a loss of torch that applies its own softmax or sigmoid."""
    if (call.target or "").startswith("torch.nn.functional."):
        return call.last_name in _LOGIT_FUNCTIONS
    built = call.func.call or settled(call.func).call or call.func.built_by
    return built is not None and built.target in _LOGIT_MODULES


def origin(view: ExprView, depth: int = 0) -> ast.AST | str | None:
    """What a value was before it was reshaped: the name of a parameter, else an expression; None where unsure."""
    bare = peeled(view)
    if bare.identifier is None:
        node: ast.AST = bare.node
        return node
    given = lately(bare) if depth < _DEEPEST else None
    if given is not None:
        return origin(given, depth + 1)
    function = bare.function
    if function is None or bare.identifier not in function.parameters or _may_be_set(bare, function):
        return None
    return bare.identifier


def peeled(view: ExprView) -> ExprView:
    """What is reshaped or cast: `logits` of `logits.squeeze(1).float()`."""
    call = view.call
    while call is not None and call.target is None and call.method in _RESHAPES and call.receiver is not None:
        view = call.receiver
        call = view.call
    return view


def _may_be_set(view: ExprView, function: FunctionView) -> bool:
    """Whether a name may have been given another value before it is read here."""
    stores = [
        node
        for node in function.nodes
        if isinstance(node, ast.Name) and node.id == view.identifier and isinstance(node.ctx, ast.Store)
    ]
    return any(view.in_loop or node.lineno < view.node.lineno for node in stores)


def overlap_calls(file: FileView) -> Iterator[tuple[CallView, Overlap, ExprView]]:
    """The calls of such functions, and the prediction that each is given."""
    for call in file.calls:
        for function in _called(call):
            overlap = overlap_of(function)
            given = call.argument(overlap.position, overlap.prediction) if overlap is not None else None
            if overlap is not None and given is not None:
                yield call, overlap, given


def gives_logits(node: ast.AST | str | None, file: FileView, depth: int = 0) -> bool:
    """Whether a value is what a model gives that ends in a convolution or a linear layer."""
    call = ExprView(file, node).call if isinstance(node, ast.Call) else None
    if call is None or call.target is not None or depth > _DEEPEST:
        return False
    built = call.func.built_by
    target = (built.target or "") if built is not None else ""
    if built is not None and target.startswith("segmentation_models_pytorch."):
        told = built.is_open or any(arg.keyword in ("activation", "aux_params") for arg in built.arguments)
        return built.last_name[:1].isupper() and not told
    if built is not None and target.startswith("torch.nn."):
        return _is_raw_layer(built)
    owner = call.func.instance_of
    forward = owner.method("forward") if owner is not None else None
    returned = forward.returns if forward is not None else []
    ends = [(one.file, origin(one)) for one in returned if one is not None]
    return bool(ends) and len(ends) == len(returned) and all(gives_logits(e, f, depth + 1) for f, e in ends)


def _is_raw_layer(built: CallView) -> bool:
    last = ExprView(built.file, built.node.args[-1]).call if built.node.args else None
    if built.last_name == "Sequential":
        return last is not None and (last.target or "").startswith("torch.nn.") and _is_raw_layer(last)
    return built.last_name.startswith(("Conv", "Linear"))


def _called(call: CallView) -> list[FunctionView]:
    found = callees(call)
    if found or call.target is not None:
        return found
    made = call.func.call.func if call.func.call is not None else None
    owner = call.func.instance_of
    if made is not None:  # `DiceLoss()(pred, y)`
        known = call.file.resolver.class_of_name(made.node, call.scope)
        owner = known[0].class_view(known[1]) if known is not None else None
    method = owner.method("forward") or owner.method("__call__") if owner is not None else None
    return [method] if method is not None else []
