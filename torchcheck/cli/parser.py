"""What the command lines have in common: a parser that speaks in one line, and the options for rules and settings."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from torchcheck.config import Settings, load
from torchcheck.config_values import Place, version
from torchcheck.errors import UsageError
from torchcheck.rules.base import Rule
from torchcheck.selection import Selection


class Parser(argparse.ArgumentParser):
    """A parser that raises `UsageError`, with the closest option for one that it does not know."""

    def __init__(self, command: str, description: str, usage: str | None = None) -> None:
        super().__init__(
            prog=f"torchcheck {command}",
            description=description,
            usage=usage,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        self._command = command

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}{self._hint(message)}; see `torchcheck {self._command} --help`")

    def options(self) -> list[str]:
        """Every long option."""
        return [name for action in self._actions for name in action.option_strings if name.startswith("--")]

    def valued_options(self) -> set[str]:
        """The options that take a value from the next word."""
        return {name for action in self._actions if action.nargs is None for name in action.option_strings}

    def _hint(self, message: str) -> str:
        unknown = re.match(r"unrecognized arguments: (--[\w-]+)", message)
        close = difflib.get_close_matches(unknown[1], self.options(), n=1) if unknown else []
        return f"; did you mean {close[0]}?" if close else ""


def comma_list(text: str) -> list[str]:
    """`A,B` as a list, for options that may also be repeated."""
    return [part.strip() for part in text.split(",") if part.strip()]


def count(text: str) -> int:
    """A whole number of at least 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, not {text!r}")
    return int(text)


def torch_version(text: str) -> tuple[int, int]:
    """A version like 2.4."""
    try:
        return version(Place("--target-torch"), text)
    except UsageError:
        raise argparse.ArgumentTypeError(f"must be a version like 2.4, not {text!r}") from None


def add_rule_options(parser: Parser) -> None:
    """`--select`, `--ignore`, `--extend-select`, `--preview` and `--target-torch`."""
    group = parser.add_argument_group(
        "rules", "codes (TCK101), prefixes (TCK1), names, or ALL; with commas or repeated"
    )
    for name, text in (
        ("--select", "the rules to use, instead of every error and warning rule"),
        ("--ignore", "rules to leave out"),
        ("--extend-select", "rules to use beside the others"),
    ):
        group.add_argument(name, type=comma_list, action="extend", metavar="RULES", help=text)
    group.add_argument("--preview", action=argparse.BooleanOptionalAction, help="turn preview rules on, or off")
    group.add_argument(
        "--target-torch", type=torch_version, metavar="X.Y", help="the oldest torch version that the project supports"
    )


def add_config_options(parser: Parser) -> None:
    """`--config` and `--isolated`."""
    group = parser.add_argument_group("configuration")
    group.add_argument(
        "--config",
        action="append",
        default=[],
        metavar="FILE|KEY=VALUE",
        help="a TOML file instead of the nearest one, or a setting over it, as in 'run.every = 10'",
    )
    group.add_argument("--isolated", action="store_true", help="ignore configuration files")


def add_output_options(parser: Parser, formats: Sequence[str]) -> argparse._ArgumentGroup:
    """`--output-format` and `--output-file`, in a group that may take more."""
    group = parser.add_argument_group("output")
    group.add_argument("--output-format", choices=formats, help="default: full")
    group.add_argument("-o", "--output-file", metavar="FILE", help="write the findings there, not to standard output")
    return group


def selection(options: argparse.Namespace, chosen: Settings) -> Selection:
    """The selectors of the options over those of the settings."""
    select = None if options.select is None else tuple(options.select)
    return chosen.selection(Selection(select, tuple(options.ignore or ()), tuple(options.extend_select or ())))


def rules(options: argparse.Namespace, chosen: Settings) -> list[Rule]:
    """The rules that these options and settings turn on.

    TCK002 among them unless it is ignored as such: a file that can't be read hides whatever was selected.
    """
    wanted = selection(options, chosen)
    always = Selection(("TCK002",), wanted.ignore)
    selected = {rule.code: rule for rule in (*always.rules(), *wanted.rules(chosen.rules, chosen.target_torch))}
    return list(selected.values())


def settings(options: argparse.Namespace, start: Path) -> Settings:
    """The settings that hold for `start`, with the options that stand for a key laid over them."""
    chosen = load(start, isolated=options.isolated, config=options.config)
    given = {key: value for key, value in vars(options).items() if key in _KEYS and value is not None}
    return chosen.replaced("command line", **given)


_KEYS = {"preview", "target_torch", "force_exclude", "respect_gitignore", "output_format"}
"""The options whose value is that of the setting of the same name; None where they are not given."""


def parse(parser: Parser, argv: Sequence[str]) -> argparse.Namespace:
    """The options; a fault is a `UsageError`, and `--help` prints and leaves."""
    return parser.parse_args(list(argv))
