"""Statistics of a whole data set, taken before it is split."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from torchcheck.code.flow import Flow, mentioned, roots, statements_of
from torchcheck.code.nodes import CallView, ExprView
from torchcheck.code.walk import walk
from torchcheck.code.words import words_of
from torchcheck.records import frozen
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.file import FileView

_SCALERS = words("StandardScaler MinMaxScaler RobustScaler MaxAbsScaler PowerTransformer QuantileTransformer")
_FITS = words("fit fit_transform")
_STATISTICS = words("mean std nanmean nanstd min max amin amax")
_LOWEST = words("min amin")
_HIGHEST = words("max amax")
_PARTS = words("train training trn test testing val valid validation fold batch sample window context history support")
"""Words of data that is a part already, or that has statistics of its own."""
_SELECTIONS = words("cols col columns column features feature names numeric numerical continuous cont keys")


@frozen
class Seen:
    """Statistics that know what they are to be tested on.

    Attributes:
        at: what takes them.
        data: what they are taken of.
        split: the split that comes after.
        scaler: what holds them, if it is a scaler.
    """

    at: ExprView
    data: ExprView
    split: ExprView
    scaler: str | None


def statistics_before_splits(file: FileView) -> Iterator[Seen]:
    """Every fit of a scaler, and every normalisation, whose data is split only after it, in the same function."""
    if file.identifiers.isdisjoint(_SCALERS | _STATISTICS):
        return
    for body in (file.tree.module.body, *(view.node.body for view in file.functions)):
        statements = statements_of(body)
        for index, statement in enumerate(statements):
            for at, data, scaler, names in _taken(file, statement, statements[:index]):
                after = statements[index + 1 :]
                split = Flow(file, names).split_in(after) if not _is_fitted_again(file, scaler, after) else None
                if split is not None:
                    yield Seen(at, data, split, scaler)
                    break


_Taken = tuple[ExprView, ExprView, "str | None", "set[str]"]


def _taken(file: FileView, statement: ast.stmt, before: Sequence[ast.stmt]) -> Iterator[_Taken]:
    """The statistics that a statement takes: where, of what, held by what, and the names that know of them."""
    targets = roots(statement)
    for node in walk(statement):
        if isinstance(node, ast.Call):
            call = CallView(file, node)
            data = call.argument(0, "X")
            if call.method in _FITS and data is not None and _is_scaler(call.receiver) and _is_whole(data):
                scaler = call.receiver.text if call.receiver is not None and call.receiver.call is None else None
                names = targets if call.method == "fit_transform" else mentioned(data.node)
                if call.method == "fit" and isinstance(statement, ast.Assign):
                    names = names | targets
                yield call, data, scaler, names
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div):
            view = ExprView(file, node.left)
            if _is_normalised(file, node, before) and _is_whole(view):
                yield ExprView(file, node), view, None, targets
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Sub | ast.Div):
        view = ExprView(file, statement.target)
        if _is_statistic(file, statement.value, statement.target, statement.op, before) and _is_whole(view):
            yield view, view, None, targets


def _is_scaler(receiver: ExprView | None) -> bool:
    made = receiver.built_by if receiver is not None else None
    return made is not None and made.last_name in _SCALERS


def _is_fitted_again(file: FileView, scaler: str | None, after: Sequence[ast.stmt]) -> bool:
    calls = [CallView(file, node) for one in after for node in walk(one) if isinstance(node, ast.Call)]
    return scaler is not None and any(
        call.method in _FITS and call.receiver is not None and call.receiver.text == scaler for call in calls
    )


def _is_whole(data: ExprView) -> bool:
    """Whether it is a name, or columns of it, that nothing calls a part, and that is made of no part."""
    node = data.node
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Subscript):
            if not _selects_columns(ExprView(data.file, node.slice)):
                return False
            node = node.value
        elif isinstance(node, ast.Attribute) and node.attr in ("values", "iloc", "loc", "T"):
            node = node.value
        elif isinstance(node, ast.Call):
            inner = node.func.value if isinstance(node.func, ast.Attribute) else None
            named = ExprView(data.file, node.func).name or ""
            node = node.args[0] if named.startswith("numpy.") and node.args else inner
            if node is None:
                return False
        else:
            return False
    name = ExprView(data.file, node)
    said = words_of(f"{name.text} {data.text} {name.value.text}")
    return _PARTS.isdisjoint(said)


def _selects_columns(index: ExprView) -> bool:
    node = index.node
    if isinstance(node, ast.Tuple):
        first = node.elts[0] if node.elts else None
        return isinstance(first, ast.Slice) and first.lower is None and first.upper is None
    if isinstance(node, ast.Slice):
        return node.lower is None and node.upper is None
    if isinstance(node, ast.Constant | ast.List):
        shown = index.literal
        return isinstance(shown, str) or (isinstance(shown, list) and all(isinstance(one, str) for one in shown))
    return isinstance(node, ast.Name) and not _SELECTIONS.isdisjoint(index.words)


def _is_normalised(file: FileView, node: ast.BinOp, before: Sequence[ast.stmt]) -> bool:
    return _is_statistic(file, node.right, node.left, node.op, before)


def _is_statistic(
    file: FileView, node: ast.expr, data: ast.expr, operator: ast.operator, before: Sequence[ast.stmt]
) -> bool:
    """Whether something is a statistic over the samples of what it is subtracted from, or divides."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):  # an epsilon
        return _is_statistic(file, node.left, data, operator, before)
    while isinstance(node, ast.Subscript):  # the values of `x.min(0)`
        node = node.value
    if isinstance(node, ast.Name):
        given = [value for one in before for value in _given(one, node.id)]
        return bool(given) and _is_statistic(file, given[-1], data, operator, before[:-1] if before else [])
    if not isinstance(node, ast.Call):
        return False
    call = CallView(file, node)
    name = call.last_name
    of = call.argument(0) if call.target is not None else call.receiver
    if name not in _STATISTICS or of is None or of.text != ExprView(file, data).text:
        return False
    axis = call.argument(0 if call.target is None else 1, "axis") or call.argument(None, "dim")
    over = axis.literal if axis is not None else None
    over_samples = over == 0 or (isinstance(over, tuple | list) and 0 in over)
    if axis is None and name in _HIGHEST:
        return False
    if isinstance(operator, ast.Sub) and name in _HIGHEST:
        return False
    if isinstance(operator, ast.Div) and name in (*_LOWEST, "mean", "nanmean"):
        return False
    return over_samples or axis is None


def _given(statement: ast.stmt, name: str) -> Iterator[ast.expr]:
    """What an assignment gives a name, also where several are assigned side by side."""
    if not isinstance(statement, ast.Assign):
        return
    for target in statement.targets:
        if isinstance(target, ast.Name) and target.id == name:
            yield statement.value
        if isinstance(target, ast.Tuple) and isinstance(statement.value, ast.Tuple):
            for one, value in zip(target.elts, statement.value.elts, strict=False):
                if isinstance(one, ast.Name) and one.id == name:
                    yield value
