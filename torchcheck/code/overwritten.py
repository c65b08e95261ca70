"""Weights that are loaded, and given new values before anything has used them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code.initialising import Initialised, initialised_by
from torchcheck.code.kinds import MODEL_FACTORIES
from torchcheck.code.nodes import CallView, ExprView
from torchcheck.code.walk import children, walk
from torchcheck.patterns import pattern
from torchcheck.records import frozen
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.file import FileView

_LOADS = pattern(r"^_?load_?(from_?)?(pre_?trained|checkpoint|ckpt|weights?|state|model)(_\w+)?$")
_HUBS = ("torch.hub.load",)
_SAME = words(
    "to cuda cpu float half double bfloat16 train eval requires_grad_ parameters named_parameters modules "
    "named_modules children named_children compile share_memory type apply load_state_dict"
)
_LOOKS = words("print len isinstance type id DataParallel DistributedDataParallel summary info debug prepare compile")
_VISION = words("vit swin deit bert gpt t5 transformer mixer")
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
Path = tuple[tuple[int, str], ...]


@frozen
class Loaded:
    """That a module got its weights from elsewhere.

    Attributes:
        what: the module, as the source writes it.
        at: the call that loads.
        of_convolutions: what was loaded is a network of convolutions; of attention where False; None where not known.
    """

    what: str
    at: CallView
    of_convolutions: bool | None = None


@frozen
class Overwritten:
    """Weights that are loaded and initialised again."""

    loaded: Loaded
    initialised: Initialised


@frozen
class _Step:
    statement: ast.stmt
    path: Path


def overwritten_in(file: FileView) -> Iterator[Overwritten]:
    """Each initialisation that undoes a load before it, in the same function, on a path that the load is on."""
    bodies = [file.tree.module.body, *(function.node.body for function in file.functions)]
    for body in bodies:
        steps = list(_steps(body, ()))
        for place, step in enumerate(steps):
            initialised = initialised_by(step.statement, ExprView(file, step.statement))
            if initialised is not None:
                yield from _undone(file, steps, place, initialised)


def _undone(file: FileView, steps: list[_Step], place: int, initialised: Initialised) -> Iterator[Overwritten]:
    here = steps[place]
    for position in range(place - 1, -1, -1):
        step = steps[position]
        loaded = _loaded(file, step.statement)
        if loaded is None or not _is_within(loaded.what, initialised.what) or not _concerns(initialised, loaded):
            continue
        if step.path[: len(here.path)] != here.path or _leaves(steps, step, here):
            continue
        between = [one.statement for one in steps[position + 1 : place]]
        after = [one.statement for one in steps[place + 1 :]]
        if any(_uses(file, one, loaded.what) for one in between) or any(_reloads(file, one, loaded) for one in after):
            continue
        yield Overwritten(loaded, initialised)
        return


def _steps(body: list[ast.stmt], path: Path) -> Iterator[_Step]:
    """The statements of a function in their order, with the branches and loops that they stand in."""
    for statement in body:
        yield _Step(statement, path)
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        through = isinstance(statement, ast.With)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(statement, name, None)
            if isinstance(block, list):
                yield from _steps(block, path if through else (*path, (id(statement), name)))
        for handler in getattr(statement, "handlers", ()):
            yield from _steps(handler.body, (*path, (id(statement), "except")))


def _leaves(steps: list[_Step], load: _Step, here: _Step) -> bool:
    """Whether the way from the load leaves the function, or the turn of the loop, before it comes here."""
    inner = load.path[len(here.path) :]
    paths = [load.path[: len(load.path) - depth] for depth in range(len(inner))]
    return any(isinstance(one.statement, _LEAVES) and one.path in paths for one in steps)


def _loaded(file: FileView, statement: ast.stmt) -> Loaded | None:
    value = statement.value if isinstance(statement, ast.Expr | ast.Assign) else None
    call = CallView(file, value) if isinstance(value, ast.Call) else None
    if call is None:
        return None
    first = call.argument(0)
    if call.method == "load_state_dict" and call.receiver is not None:
        return Loaded(call.receiver.text.removesuffix(".module"), call)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        made = ExprView(file, statement.targets[0]).built_by or call
        kind = _pretrained(made)
        what = ExprView(file, statement.targets[0]).text
        return Loaded(what, made, kind == "convolutions") if kind else None
    if _LOADS.match(call.last_name):
        owner = call.receiver if call.method is not None and call.target is None else None
        if owner is not None and owner.text != "self":
            return Loaded(owner.text, call)
        if first is not None and (first.identifier or first.self_attribute):
            return Loaded(first.text, call)
        return Loaded("self", call) if owner is not None else None
    return None


def _pretrained(made: CallView) -> str:
    """What a call builds with weights that are trained: `convolutions` or `attention`; empty where it doesn't."""
    name = made.target or ""
    if made.last_name == "from_pretrained":
        return "attention"
    if not name.startswith((*MODEL_FACTORIES, *_HUBS)):
        return ""
    wants, weights = made.argument(None, "pretrained"), made.argument(None, "weights")
    if wants is None and name.startswith("torchvision.models."):
        wants = made.argument(0)
    is_named = weights is not None and ("Weights." in weights.text or (isinstance(weights.literal, str)))
    if not is_named and (wants is None or wants.literal is not True):
        return ""
    said = made.text.lower()
    return "attention" if any(word in said for word in _VISION) else "convolutions"


def _is_within(what: str, whole: str) -> bool:
    return what == whole or what.startswith(f"{whole}.")


def _concerns(initialised: Initialised, loaded: Loaded) -> bool:
    if loaded.of_convolutions is None:
        return initialised.covers("Linear", "Conv", "Module")
    return initialised.covers("Conv", "Module") if loaded.of_convolutions else initialised.covers("Linear", "Module")


def _uses(file: FileView, statement: ast.stmt, what: str) -> bool:
    """Whether a statement does anything with a module for which its weights matter, or sets the name to another."""
    for node in _own(statement):
        if isinstance(node, ast.Call) and _depends(CallView(file, node), what):
            return True
        if isinstance(node, ast.Assign) and any(ast.unparse(target) == what for target in node.targets):
            return not any(ast.unparse(inner) == what for inner in walk(node.value))
    return False


def _depends(call: CallView, what: str) -> bool:
    """Whether a call runs a module, keeps its weights, or hands it to what may."""
    if call.func.text == what:
        return True
    if call.receiver is not None and call.receiver.text == what:
        return call.method not in _SAME
    given = [*call.node.args, *(keyword.value for keyword in call.node.keywords)]
    return call.last_name not in _LOOKS and any(ast.unparse(one) == what for one in given)


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    """What a statement is made of, the statements within it left out."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [child for child in children(node) if not isinstance(child, ast.stmt)]


def _reloads(file: FileView, statement: ast.stmt, loaded: Loaded) -> bool:
    again = _loaded(file, statement)
    return again is not None and (_is_within(loaded.what, again.what) or _is_within(again.what, loaded.what))
