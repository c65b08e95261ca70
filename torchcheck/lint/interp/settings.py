"""What a command-line option is unless the user says otherwise."""

from __future__ import annotations

import ast

from torchcheck.lint import ir
from torchcheck.lint.source import SourceFile
from torchcheck.patterns import pattern

_PARSES = pattern(r"\badd_argument\b[\s\S]*\bparse_(known_)?args\b")


def default_of(file: SourceFile, expr: ir.Expr | None) -> float | None:
    """The default of the option that `args.weight_decay` reads; None where it has none, or several have that name.

    The parser must stand in the same file, and nothing there may write to such an attribute.
    """
    if not isinstance(expr, ir.Attribute) or not isinstance(expr.value, ir.Name) or not _PARSES.search(file.text):
        return None
    try:
        tree = ast.parse(file.text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    nodes = list(ast.walk(tree))
    written = (n for n in nodes if isinstance(n, ast.Attribute) and n.attr == expr.attr)
    if any(isinstance(node.ctx, ast.Store) for node in written):
        return None
    calls = [n for n in nodes if isinstance(n, ast.Call) and getattr(n.func, "attr", "") == "add_argument"]
    found = [call for call in calls if _destination(call) == expr.attr]
    default = next((k.value for k in found[0].keywords if k.arg == "default"), None) if len(found) == 1 else None
    value = default.value if isinstance(default, ast.Constant) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _destination(call: ast.Call) -> str:
    """The attribute under which argparse keeps an option: its `dest`, or its first long name."""
    for keyword in call.keywords:
        if keyword.arg == "dest":
            return str(getattr(keyword.value, "value", ""))
    names = [node.value for node in call.args if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    long = next((name for name in names if name.startswith("--")), names[0] if names else "")
    return long.lstrip("-").replace("-", "_")
