"""Names as the user writes them."""

from __future__ import annotations

from torchcheck.lint import ir


def spell(expr: ir.Expr | None) -> str:
    """A dotted name as text; empty for anything else."""
    if isinstance(expr, ir.Name):
        return expr.id
    if isinstance(expr, ir.Attribute):
        head = spell(expr.value)
        return f"{head}.{expr.attr}" if head else ""
    if isinstance(expr, ir.Subscript) and len(expr.index) == 1 and isinstance(expr.index[0], ir.Constant):
        head = spell(expr.value)
        return f"{head}[{expr.index[0].value!r}]" if head else ""
    return ""


def last_part(text: str) -> str:
    """`optimizer` of `self.optimizer`."""
    return text.rpartition(".")[2]
