"""`torchcheck preflight`: the exam of one batch before the run."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torchcheck.cli.output import check_output_file, deliver
from torchcheck.cli.parser import (
    Parser,
    add_config_options,
    add_output_options,
    add_rule_options,
    parse,
    rules,
    settings,
)
from torchcheck.config import FAIL_ON
from torchcheck.errors import UsageError
from torchcheck.finding import Level, Position, Span
from torchcheck.preflight import SECONDS
from torchcheck.report.style import PLAIN, style_for

if TYPE_CHECKING:
    from torchcheck.preflight.result import Exam

_DESCRIPTION = """\
Examine a model with one batch, before the training run.

SETUP names a function without parameters, as in `train.py:setup` or `package.module:setup`, that returns
`(model, batch, loss_fn, optimizer)`; loss_fn and optimizer may be left out, and a dictionary with these names does,
too. Everything that the exam changes is put back.

Exit code: 1 if a finding reaches --fail-on, else 0; 2 for a wrong option or path, and for a setup that fails."""

_PARTS = ("model", "batch", "loss_fn", "optimizer", "batch_dim")
FORMATS = ("full", "concise", "json")


def build_parser() -> Parser:
    """The options of `preflight`."""
    parser = Parser("preflight", _DESCRIPTION)
    parser.add_argument("setup", metavar="SETUP", help="FILE.py:FUNCTION or MODULE:FUNCTION; default function: setup")
    add_rule_options(parser)
    group = parser.add_argument_group("preflight")
    group.add_argument(
        "--seconds", type=_seconds, metavar="N", default=SECONDS, help=f"time for the exam; default: {SECONDS:g}"
    )
    group.add_argument(
        "--fail-on", choices=FAIL_ON, help="level from which findings make the exit code 1; default: error"
    )
    add_output_options(parser, FORMATS)
    add_config_options(parser)
    return parser


def main(argv: Sequence[str]) -> int:
    """Build what the setup function returns, examine it, and show the result."""
    options = parse(build_parser(), argv)
    check_output_file(options.output_file)
    path, function = split_setup(options.setup)
    chosen = settings(options, Path(path) if path.endswith(".py") else Path.cwd())
    fail_on = options.fail_on or chosen.run.fail_on
    exam = examine_setup(path, function, rules=rules(options, chosen), seconds=options.seconds)
    style = PLAIN if options.output_file else style_for(sys.stdout)
    deliver(_shown(exam, options.output_format or "full", style), options.output_file, sys.stdout)
    return 0 if fail_on == "never" else int(bool(exam.at_least(Level(fail_on))))


def split_setup(text: str) -> tuple[str, str]:
    """File or module, and function."""
    path, colon, function = text.rpartition(":")
    if not colon or not function.isidentifier():
        path, function = text.removesuffix(":"), "setup"
    if not path:
        raise UsageError(f"`{text}` names no setup; write `train.py:setup` or `package.module:setup`")
    return path, function


def examine_setup(path: str, function: str, *, rules: Any, seconds: float = SECONDS) -> Exam:
    """The exam of what a function in a file or module returns.

    Raises:
        UsageError: there is no such function, it fails, or its result can't be examined.
    """
    from torchcheck.probe.needs import require_torch

    require_torch()
    with _first_on_path(path):
        setup = _function(path, function)
        parts = _parts(_told(f"`{path}:{function}` failed", setup), function)
        from torchcheck.preflight.exam import examine

        return examine(
            parts["model"],
            parts["batch"],
            parts.get("loss_fn"),
            parts.get("optimizer"),
            rules=rules,
            place=_place(setup),
            seconds=seconds,
            batch_dim=parts.get("batch_dim", 0),
        )


@contextmanager
def _first_on_path(path: str) -> Any:
    """Import as a script in that folder would, or as `python -m` here."""
    before = sys.path.copy()
    sys.path.insert(0, str(Path(path).resolve().parent) if path.endswith(".py") else os.getcwd())
    try:
        yield
    finally:
        sys.path[:] = before


def _function(path: str, name: str) -> Callable[[], Any]:
    if path.endswith(".py"):
        if not os.path.isfile(path):
            raise UsageError(f"there is no file `{path}`")
        module = _told(f"`{path}` can't be imported", lambda: _from_file(path))
    else:
        module = _told(f"`{path}` can't be imported", lambda: importlib.import_module(path))
    setup = getattr(module, name, None)
    if not callable(setup):
        raise UsageError(
            f"`{path}` has no function `{name}`; write one that returns (model, batch, loss_fn, optimizer)"
        )
    return setup  # type: ignore[no-any-return]


def _from_file(path: str) -> Any:
    full = os.path.abspath(path)
    spec = importlib.util.spec_from_file_location(Path(path).stem, full)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(spec.name)
    sys.modules[spec.name] = module  # classes find their module while it is being made
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(spec.name, None)
        if before is not None:
            sys.modules[spec.name] = before
        raise
    return module


def _told(what: str, action: Callable[[], Any]) -> Any:
    """The result; a failure of the user's code is shown with its traceback and ends in one line."""
    try:
        return action()
    except UsageError:
        raise
    except Exception as error:
        import traceback

        traceback.print_exc()
        raise UsageError(f"{what}: {type(error).__name__}: {' '.join(str(error).split())}") from None


def _parts(given: Any, function: str) -> Mapping[str, Any]:
    if isinstance(given, Mapping):
        parts: Mapping[str, Any] = given
    elif isinstance(given, (tuple, list)) and len(given) <= len(_PARTS):
        parts = dict(zip(_PARTS, given, strict=False))
    else:
        raise UsageError(
            f"`{function}` must return (model, batch, loss_fn, optimizer) or a dictionary with these names"
        )
    unknown = [str(key) for key in parts if key not in _PARTS]
    if unknown:
        raise UsageError(f"`{function}` returns `{unknown[0]}`; the names are {', '.join(_PARTS)}")
    if "model" not in parts or "batch" not in parts:
        raise UsageError(f"`{function}` must return at least a model and a batch")
    return parts


def _place(setup: Any) -> Span:
    code = getattr(getattr(setup, "__wrapped__", setup), "__code__", None)
    if code is None:
        return Span("<unknown>", Position(1, 1), Position(1, 1))
    import linecache

    row = code.co_firstlineno
    width = len(linecache.getline(code.co_filename, row).rstrip())
    return Span(os.path.abspath(code.co_filename), Position(row, 1), Position(row, width + 1))


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise ArgumentTypeError(f"must be a number of seconds, not {text!r}")
    return value


def _shown(exam: Exam, output_format: str, style: Any) -> str:
    if output_format == "json":
        import json

        return json.dumps(exam.to_json(), indent=2) + "\n"
    if output_format == "concise":
        from torchcheck.report.text import concise

        return "".join(concise(finding, style) + "\n" for finding in exam.findings)
    from torchcheck.preflight.table import render

    return render(exam, style) + "\n"
