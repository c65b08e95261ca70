"""TCK709: functions and arguments that torch or torchvision have deprecated or removed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from torchcheck.deprecations import ARGUMENTS, METHODS, NAMES, DeprecatedArgument, Deprecation, Version
from torchcheck.facts.place import FixMaker, no_fix
from torchcheck.finding import Level
from torchcheck.patterns import pattern
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import CallView, ExprView, FileView, ImportView
    from torchcheck.code.nodes import NodeView

_LAST_NAMES = frozenset(name.rpartition(".")[2] for name in NAMES)
_NEWEST = (2, 13)
_VERSIONED = pattern(r"version|hasattr|torch_?[gl]\w*_|is\w*torch|_available|torch_\d", re.IGNORECASE)
_REDUCTIONS = {"size_average": {True: "mean", False: "sum"}, "reduce": {True: "mean", False: "none"}}
_MAY_FAIL = frozenset({"", "ImportError", "ModuleNotFoundError", "AttributeError", "TypeError", "Exception"})


class DeprecatedApi(Rule):
    """Functions and arguments that torch or torchvision have deprecated or removed, as of `target-torch`.

    `torch.cuda.amp.autocast()`, `torch.symeig`, `nn.init.xavier_uniform`, `size_average=False`, `pretrained=True`. A
    name is accused where it is used, or where it is imported if it is gone. Not accused: code that asks for the
    version or the name (`if torch.__version__ >= …`, `hasattr(torch.linalg, "eigh")`, `except ImportError`),
    annotations, `isinstance`, and what the project's oldest torch has nothing else for.
    """

    code = "TCK709"
    name = "deprecated-api"
    level = Level.WARNING
    why = "What is deprecated warns first and then disappears: with a newer torch the program stops here."
    help = "Use what replaced it."
    bad = (
        """\
import torch
from torch import nn

layer = nn.Linear(4, 4)
nn.init.xavier_uniform(layer.weight)
print(layer(torch.ones(1, 4)))
""",
        """\
import torch
from torch import nn

criterion = nn.MSELoss(size_average=False)
print(criterion(torch.ones(2, 3), torch.zeros(2, 3)))
""",
    )
    good = (
        """\
import torch
from torch import nn

layer = nn.Linear(4, 4)
nn.init.xavier_uniform_(layer.weight)
print(layer(torch.ones(1, 4)))
""",
        """\
import torch

matrix = torch.eye(3)
if hasattr(torch.linalg, "eigh"):
    values = torch.linalg.eigh(matrix)[0]
else:
    values = torch.symeig(matrix)[0]
print(values)
""",
    )
    call_names = METHODS | {"backward"}

    def file(self, view: FileView) -> Iterable[Found]:
        used = _LAST_NAMES & view.identifiers
        imports = {one.bound: one.source for one in view.imports}
        for reference in view.references(used) if used else ():
            yield from self._reference(reference, imports)
        for one in view.imports:
            yield from self._import(one)
        for argument in ARGUMENTS:
            if argument.keyword in view.keywords and argument.since <= self._target:
                yield from self._arguments(view, argument)
        aliases = {one.bound for one in view.imports if one.source in NAMES and one.bound not in _LAST_NAMES}
        for reference in view.references(aliases) if aliases else ():
            yield from self._reference(reference, imports)

    def call(self, view: CallView) -> Iterable[Found]:
        """Methods of tensors: `a.symeig()`, `loss.backward(retain_variables=True)`."""
        receiver = view.receiver
        if receiver is None or view.target is not None:
            return
        if view.last_name == "backward":
            if (old := view.argument(None, "retain_variables")) is not None:
                yield Found(
                    message="`retain_variables` was removed from `backward`: it is called `retain_graph`.",
                    at=view,
                    help="Write `retain_graph`.",
                    fix=view.file.edits.replace_keyword(old, f"retain_graph={old.text}", "rename it", safe=True),
                )
        elif receiver.kind.is_tensor and not _is_guarded(view):
            entry = NAMES[f"torch.{view.last_name}"]
            if self._counts(entry):
                yield self._found(entry, view, f"{receiver.text}.{view.last_name}", no_fix)

    @property
    def _target(self) -> Version:
        return self.target_torch or _NEWEST

    def _counts(self, entry: Deprecation) -> bool:
        return entry.since <= self._target and entry.exists <= self._target

    def _import(self, view: ImportView) -> Iterator[Found]:
        """An import is accused of what is gone; of all else, the uses are."""
        source = view.source
        parts = source.split(".") if source is not None else []
        for end in range(2, len(parts) + 1):
            entry = NAMES.get(".".join(parts[:end]))
            if entry is not None and entry.removed and not entry.called and self._counts(entry):
                if not _is_guarded(view):
                    yield self._found(entry, view, entry.name, no_fix)
                return

    def _reference(self, view: ExprView, imports: dict[str, str | None]) -> Iterator[Found]:
        entry = NAMES.get(_full_name(view, imports) or "")
        if entry is None or not self._counts(entry) or (entry.called and view.called is None):
            return
        if view.identifier is not None and (entry.removed or _import_is_guarded(view)):
            return
        if _is_guarded(view) or view.names_a_type or _asks_for(view.file, entry):
            return
        if view.called is None and _names_both(view.file, entry):
            return
        yield self._found(entry, view.called or view, view.text, _rename(view, entry))

    def _found(self, entry: Deprecation, view: NodeView, text: str, fix: FixMaker) -> Found:
        since = ".".join(map(str, entry.since))
        what = "is gone from torch, deprecated" if entry.removed else "is deprecated"
        device = f"({entry.device!r}, …)" if entry.device else ""
        return Found(
            message=f"`{text}` {what} since torch {since}.",
            at=view,
            help=f"Use `{entry.instead}{device}`." if entry.instead.startswith("torch") else None,
            fix=fix,
        )

    def _arguments(self, view: FileView, argument: DeprecatedArgument) -> Iterator[Found]:
        for call in view.calls:
            value = call.argument(None, argument.keyword)
            if value is None or call.target is None or _is_guarded(call):
                continue
            if not any(fnmatchcase(call.target, pattern) for pattern in argument.where):
                continue
            instead = f": it is `{argument.instead}` now" if argument.instead else ""
            what = "has been removed from" if argument.removed else "is deprecated in"
            yield Found(
                message=f"The argument `{argument.keyword}` {what} `{call.func.text}`{instead}.",
                at=call,
                help=f"Use `{argument.instead}`." if argument.instead else "Leave it out.",
                fix=_replace_argument(call, value, argument),
            )


def _full_name(view: ExprView, imports: dict[str, str | None]) -> str | None:
    """The name under which it is written; `view.name` is the public name of what has several."""
    if view.identifier is not None:
        return imports.get(view.identifier) if view.name is not None else None
    base = view.base
    return f"{base.name}.{view.attribute}" if base is not None and base.name is not None else None


def _rename(view: ExprView, entry: Deprecation) -> FixMaker:
    """Write the new name, where what differs between the names is all in the text."""
    if not entry.same or view.identifier is not None:
        return no_fix
    call = view.called
    if entry.most is not None:
        given = call.arguments if call is not None else []
        plain = [arg for arg in given if arg.keyword is None]
        if call is None or call.is_open or len(plain) > entry.most or (entry.most and len(given) > entry.most):
            return no_fix
    old, new = entry.name.split("."), entry.instead.split(".")
    while old[0] == new[0] and len(old) > 1:
        old, new = old[1:], new[1:]
    written = view.text
    if not f".{written}".endswith("." + ".".join(old)):
        return no_fix
    name = written[: len(written) - len(".".join(old))] + ".".join(new)
    if not entry.device:
        return view.file.edits.replace(view, name, f"rename it to `{name}`", safe=True)
    if call is None or call.is_open:
        return no_fix
    return view.file.edits.replace_called(call, name, f'"{entry.device}"', f"use `{name}`", safe=True)


def _replace_argument(call: CallView, value: ExprView, argument: DeprecatedArgument) -> FixMaker:
    edits, keyword = call.file.edits, argument.keyword
    if argument.same:
        return edits.replace_keyword(value, f"{argument.instead}={value.text}", "rename the argument", safe=True)
    both = all(call.argument(None, one) is not None for one in _REDUCTIONS)
    if keyword in _REDUCTIONS and isinstance(value.literal, bool) and not both and not call.is_open:
        reduction = _REDUCTIONS[keyword][value.literal]
        return edits.replace_keyword(value, f'reduction="{reduction}"', "say it with `reduction`", safe=True)
    if keyword.startswith("pretrained") and value.literal is False:
        return edits.replace_keyword(value, f"{argument.instead}=None", "say it with `weights`", safe=True)
    return no_fix


def _is_guarded(view: NodeView) -> bool:
    """Whether it runs only with some versions, or may fail."""
    if view.caught & _MAY_FAIL:
        return True
    around: NodeView | None = view
    while around is not None:
        if any(_VERSIONED.search(test.text) for test in around.conditions):
            return True
        around = around.function
    return False


def _import_is_guarded(view: ExprView) -> bool:
    return any(_is_guarded(one) for one in view.file.imports if one.bound == view.identifier)


def _names_both(view: FileView, entry: Deprecation) -> bool:
    """Whether the file names what replaced it, too: a table of all there is."""
    return any(one.name == entry.instead for one in view.references({entry.instead.rpartition(".")[2]}))


def _asks_for(view: FileView, entry: Deprecation) -> bool:
    """Whether the file asks somewhere if torch has the old name or the new one, or the module of the new one."""
    module = entry.instead.rpartition(".")[0]
    if module != "torch" and any(one.source == module and _is_guarded(one) for one in view.imports):
        return True
    lasts = "|".join(re.escape(name.rpartition(".")[2]) for name in (entry.name, entry.instead) if name)
    return re.search(rf"(hasattr|getattr)\([^)]*['\"]({lasts})['\"]", view.text) is not None
