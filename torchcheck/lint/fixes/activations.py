"""Take an activation out of the source that a loss applies itself."""

from __future__ import annotations

from typing import Any

import libcst as cst

from torchcheck.facts.place import FixMaker, no_fix
from torchcheck.finding import Edit, Fix, Position
from torchcheck.lint import ir
from torchcheck.lint.fixes.layers import without_layer
from torchcheck.lint.fixes.syntax import Syntax, fix_of
from torchcheck.lint.fixes.tree import ancestors, is_alone, last_name, own_line, replace, walk
from torchcheck.lint.interp.torch_values import Applied
from torchcheck.lint.source import SourceFile
from torchcheck.patterns import pattern

_ACTIVATION = pattern(r"(?i)(log_?)?(soft_?max|soft_?min|sigmoid)(2d)?_?|expit")
_READS_PROBABILITIES = pattern(
    r"multinomial|Categorical|Bernoulli|bernoulli|\bround\(|[<>]=?\s*0?\.\d|def \w*proba|threshold|confidence"
)
"""Code that would go wrong if a model gave logits; an argmax of them is the same."""
_FORWARD = ("forward", "__call__")


def drop_activation(file: SourceFile, applied: Applied | None, loss: ir.Expr) -> FixMaker:
    """Take an activation out of the source; only in the loss's own syntax, and where nothing but losses uses it."""
    if applied is None or applied.place.file is not file:
        return no_fix

    def make(syntax: Syntax) -> Fix | None:
        node = syntax.node_of(applied.place.node)
        if node is None or applied.other_uses or _read_elsewhere(syntax, node, applied, syntax.node_of(loss.node)):
            return None
        if applied.kind == "sequential":
            edit = without_layer(syntax, node)
        else:
            edit = _unwrapped(syntax, node, applied) if _is_fixed(syntax, node, applied.kind) else None
        return Fix("Drop the activation", (edit,)) if edit is not None else None

    return fix_of(file, make)


def _read_elsewhere(syntax: Syntax, node: Any, applied: Applied, loss: Any) -> bool:
    """Whether code that was not followed may read the activation's result.

    A helper may have other callers; that those of a model need probabilities shows in how they read them.
    """
    if any(around is loss for around in ancestors(syntax.module, node)):
        return False
    function = _function_of(syntax, node)
    is_forward = isinstance(function, cst.FunctionDef) and function.name.value in _FORWARD
    if applied.kind != "sequential" and function is not _function_of(syntax, loss) and not is_forward:
        return True
    return bool(_READS_PROBABILITIES.search(syntax.text))


def _function_of(syntax: Syntax, node: Any) -> Any:
    around = ancestors(syntax.module, node)
    return next((a for a in around if isinstance(a, cst.FunctionDef | cst.Lambda)), None)


def _is_fixed(syntax: Syntax, node: Any, kind: str) -> bool:
    """Whether a call is always this activation: by its own name, or through one that is bound to nothing else."""
    if not isinstance(node, cst.Call):
        return False
    func = node.func
    if isinstance(func, cst.Call):
        return _names_activation(func.func)
    if kind != "module":
        return _names_activation(func)
    text = last_name(func)
    bound = [assign.value for assign in walk(syntax.module, (cst.Assign,)) if _binds(assign, text)]
    return bool(bound) and all(isinstance(value, cst.Call) and _names_activation(value.func) for value in bound)


def _binds(assign: Any, name: str) -> bool:
    return bool(name) and any(last_name(target.target) == name for target in assign.targets)


def _names_activation(func: Any) -> bool:
    return _ACTIVATION.fullmatch(last_name(func)) is not None


def _unwrapped(syntax: Syntax, node: Any, applied: Applied) -> Edit | None:
    """The call replaced by what it was applied to; the whole statement taken out where nothing would be left of it."""
    argument = syntax.node_of(applied.argument.node) if applied.argument is not None else None
    kept = any(a.star or (a.keyword and a.keyword.value in ("out", "dtype")) for a in node.args)
    if argument is None or argument is node or kept or "#" in syntax.text_of(node):
        return None
    text = syntax.module.code_for_node(argument)
    parent = ancestors(syntax.module, node)[0]
    targets = [syntax.text_of(t.target) for t in parent.targets] if isinstance(parent, cst.Assign) else []
    if isinstance(parent, cst.Expr) or text in targets:
        return _without_statement(syntax, parent) if len(targets) < 2 else None
    simple = isinstance(argument, cst.Name | cst.Attribute | cst.Call | cst.Subscript) or argument.lpar
    if not simple:
        text = f"({text})"
    return None if "\n" in text and not text.startswith("(") else replace(syntax, node, text)


def _without_statement(syntax: Syntax, node: Any) -> Edit | None:
    """The lines of a statement taken out, where others are left in its block."""
    line = own_line(syntax, node)
    last = syntax.span(node).end.row
    if line is None or is_alone(syntax, node) or not syntax.lines()[last - 1].endswith(("\n", "\r")):
        return None
    return Edit(Position(line[0], 1), Position(last + 1, 1), "")
