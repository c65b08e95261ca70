"""What loops and numbers count, told by names: epochs or batches."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.scheduler import Better, Unit
from torchcheck.lint import ir
from torchcheck.lint.interp.scope import all_statements, target_names
from torchcheck.lint.interp.spelling import last_part, spell
from torchcheck.naming import EPOCHS, STEPS, better_name, tokens
from torchcheck.torch_names import words

_LOADERS = words("loader loaders dataloader dataloaders batches dl minibatches")
_BATCH_TARGETS = words("batch batches batch_idx minibatch xb yb images imgs inputs labels targets")
_PASSES = words("enumerate tqdm trange zip islice iter list track progress_bar int round max min ceil floor float")
_CUTS = words("split chunk")
_MAX_DEPTH = 6

Scope = list[ir.Stmt]
"""The statements among which a name may be assigned."""


def loop_unit(statement: object) -> Unit | None:
    """What one turn of a loop is."""
    if not isinstance(statement, ir.For):
        return None
    targets = target_names(statement.target)
    named = {token for target in targets for token in tokens(target)}
    over = _iterated(statement.iterable)
    if named & EPOCHS or any(set(tokens(name)) & EPOCHS for name in over if "per" not in tokens(name)):
        return Unit.EPOCH
    if _is_over_batches(statement.iterable) or any(_is_loader(name) for name in over):
        return Unit.BATCH
    if named & (STEPS | _BATCH_TARGETS) and len(targets) > 1:
        return Unit.BATCH
    return Unit.BATCH if set(targets) & _BATCH_TARGETS else None


def _is_loader(name: str) -> bool:
    return any(part in _LOADERS or part.endswith(("loader", "loaders")) for part in tokens(name))


def _iterated(expr: ir.Expr, depth: int = 0) -> list[str]:
    """The names that an iterable is made of."""
    if depth > _MAX_DEPTH:
        return []
    if isinstance(expr, ir.Name | ir.Attribute):
        return [last_part(spell(expr))]
    if isinstance(expr, ir.Subscript):
        keys = [index.value for index in expr.index if isinstance(index, ir.Constant) and isinstance(index.value, str)]
        return [*keys, *_iterated(expr.value, depth + 1)]
    if isinstance(expr, ir.Call):
        return [name for argument in expr.args[:3] for name in _iterated(argument.value, depth + 1)]
    if isinstance(expr, ir.Binary):
        return [*_iterated(expr.left, depth + 1), *_iterated(expr.right, depth + 1)]
    return []


def _is_over_batches(expr: ir.Expr, depth: int = 0) -> bool:
    """`zip(x.split(32), y.split(32))`."""
    if not isinstance(expr, ir.Call) or depth > _MAX_DEPTH:
        return False
    if isinstance(expr.func, ir.Attribute) and expr.func.attr in _CUTS:
        return True
    return any(_is_over_batches(argument.value, depth + 1) for argument in expr.args)


def unit_of(expr: ir.Expr | None, scope: Scope, depth: int = 0) -> Unit | None:
    """What a number counts; None where names don't say."""
    if expr is None or depth > _MAX_DEPTH:
        return None
    if isinstance(expr, ir.Name | ir.Attribute):
        source = assigned_once(spell(expr), scope)
        known = unit_of(source, scope, depth + 1) if isinstance(source, ir.Binary | ir.Call) else None
        return known or _unit_of_name(last_part(spell(expr)))
    if isinstance(expr, ir.Subscript):
        return next((_unit_of_name(name) for name in _iterated(expr)), None)
    if isinstance(expr, ir.Binary):
        left, right = unit_of(expr.left, scope, depth + 1), unit_of(expr.right, scope, depth + 1)
        if expr.op == "*":
            return Unit.BATCH if Unit.BATCH in (left, right) else left or right
        if expr.op in ("/", "//"):
            return left
        return left if left is right else left or right if _is_number(expr.left) or _is_number(expr.right) else None
    if isinstance(expr, ir.Call):
        return _unit_of_call(expr, scope, depth)
    if isinstance(expr, ir.Display) and expr.items:
        units = {unit_of(item, scope, depth + 1) for item in expr.items}
        return units.pop() if len(units) == 1 else None
    return None


def _unit_of_call(expr: ir.Call, scope: Scope, depth: int) -> Unit | None:
    name = last_part(spell(expr.func))
    if name == "len":
        over = [part for argument in expr.args for part in _iterated(argument.value)]
        return Unit.BATCH if any(_is_loader(part) for part in over) else None
    if name in _PASSES and expr.args:
        return unit_of(expr.args[0].value, scope, depth + 1)
    return None


def _unit_of_name(name: str) -> Unit | None:
    parts = set(tokens(name))
    if parts <= {"step", "lr", "decay"}:
        return None  # how far apart the steps of the schedule are, not what they count
    if parts & STEPS and not parts & words("size lr rate"):
        return Unit.BATCH
    return Unit.EPOCH if parts & EPOCHS else None


def _is_number(expr: ir.Expr) -> bool:
    return isinstance(expr, ir.Constant)


def assigned_once(name: str, scope: Scope) -> ir.Expr | None:
    """What a name stands for, where a scope assigns it in one place only."""
    found = [
        statement.value
        for statement in all_statements(scope)
        if isinstance(statement, ir.Assign) and any(spell(target) == name for target in statement.targets)
    ]
    return found[0] if name and len(found) == 1 else None


def better(expr: ir.Expr | None, scope: Scope, depth: int = 0) -> Better | None:
    """Which way a metric improves, by what it is called."""
    if expr is None or depth > _MAX_DEPTH:
        return None
    if isinstance(expr, ir.Name):
        source = assigned_once(expr.id, scope)
        return better_name(expr.id) or better(source, scope, depth + 1)
    if isinstance(expr, ir.Attribute):
        return better_name(expr.attr) or better(expr.value, scope, depth + 1)
    if isinstance(expr, ir.Subscript):
        return next((found for name in _iterated(expr) if (found := better_name(name))), None)
    if isinstance(expr, ir.Binary) and expr.op in ("/", "*") and better(expr.right, scope, depth + 1) is None:
        return better(expr.left, scope, depth + 1)
    if isinstance(expr, ir.Call):
        return _better_call(expr, scope, depth)
    return None


def _better_call(expr: ir.Call, scope: Scope, depth: int) -> Better | None:
    func = expr.func
    if isinstance(func, ir.Attribute) and func.attr in words("item mean cpu detach float compute avg numpy sum"):
        if func.attr in words("mean sum") and spell(func.value) in ("np", "numpy", "torch", "statistics"):
            return _first(expr.args, scope, depth)
        return better(func.value, scope, depth + 1)
    if last_part(spell(func)) in words("float mean sum average abs tensor"):
        return _first(expr.args, scope, depth)
    return None


def _first(args: Iterable[ir.Argument], scope: Scope, depth: int) -> Better | None:
    return next((better(argument.value, scope, depth + 1) for argument in args), None)
