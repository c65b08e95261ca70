"""The options of `torchcheck lint`, and which of them contradict each other."""

from __future__ import annotations

import argparse
import os
from argparse import Namespace
from pathlib import Path

from torchcheck.cli.baseline import DEFAULT_NAME
from torchcheck.cli.output import check_output_file, note
from torchcheck.cli.parser import Parser, add_config_options, add_output_options, add_rule_options, comma_list, count
from torchcheck.config import OUTPUT_FORMATS
from torchcheck.errors import UsageError
from torchcheck.report.write import TEXT_FORMATS
from torchcheck.selection import check_selectors

_DESCRIPTION = """\
Find mistakes in PyTorch training code by reading it. Nothing is imported or run.

Findings go to standard output, everything else to standard error.
Exit code: 0 nothing found, 1 findings, 2 a wrong option, path or setting, or an error of torchcheck itself."""


def build_parser() -> Parser:
    """The options of `lint`."""
    parser = Parser("lint", _DESCRIPTION)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and directories, or - for stdin; default: .")
    add_rule_options(parser)
    _add_per_file_options(parser)
    _add_file_options(parser)
    output = add_output_options(parser, OUTPUT_FORMATS)
    output.add_argument("--statistics", action="store_true", help="count the findings of each rule instead")
    output.add_argument("--show-settings", action="store_true", help="show the settings that hold, and stop")
    output.add_argument("--exit-zero", action="store_true", help="exit with 0 even if there are findings")
    output.add_argument("--exit-non-zero-on-fix", action="store_true", help="exit with 1 also if all was fixed")
    _add_cache_options(parser)
    fixes = parser.add_argument_group("fixes")
    fixes.add_argument("--fix", action="store_true", help="apply the fixes that keep what the program computes")
    fixes.add_argument("--unsafe-fixes", action="store_true", help="with --fix or --diff: those that change it, too")
    fixes.add_argument("--diff", action="store_true", help="show what --fix would change, and change nothing")
    fixes.add_argument("--add-ignore", action="store_true", help="silence every finding that is left by a comment")
    _add_baseline_options(parser)
    add_config_options(parser)
    return parser


def _add_per_file_options(parser: Parser) -> None:
    group = parser.add_argument_group(
        "rules by file", "as in 'tests/*:TCK203,TCK301'; the codes belong to the pattern before them"
    )
    for name, text in (
        ("--per-file-ignores", "rules to leave out in files, instead of the configuration's"),
        ("--extend-per-file-ignores", "the same, beside the configuration's"),
    ):
        group.add_argument(name, type=_per_file, action=_Merge, metavar="PATTERN:RULES", help=text)


def _add_file_options(parser: Parser) -> None:
    group = parser.add_argument_group("files", "patterns are those of .gitignore; with commas or repeated")
    for name, text in (
        ("--exclude", "what to leave out, instead of the defaults (virtual environments, build, dist, caches…)"),
        ("--extend-exclude", "what to leave out beside the defaults"),
    ):
        group.add_argument(name, type=comma_list, action="extend", metavar="PATTERNS", help=text)
    optional = argparse.BooleanOptionalAction
    group.add_argument("--force-exclude", action=optional, help="leave out excluded files even if named as a PATH")
    group.add_argument("--respect-gitignore", action=optional, help="leave out what git ignores; default: yes")
    group.add_argument("--changed-only", action="store_true", help="only files that have changed, by git")
    group.add_argument(
        "--base",
        metavar="REV",
        help="with --changed-only: since this commit, not since the default branch was left",
    )
    group.add_argument("--stdin-filename", metavar="FILE", help="how to call standard input")
    group.add_argument("--show-files", action="store_true", help="list the files that would be linted, and stop")
    group.add_argument("--watch", action="store_true", help="lint again whenever a file changes, until Ctrl-C")


def _add_cache_options(parser: Parser) -> None:
    group = parser.add_argument_group("speed")
    group.add_argument("--cache-dir", metavar="DIR", help="where results are kept; default: .torchcheck/cache")
    group.add_argument("--no-cache", action="store_true", help="keep no results, and use none")
    group.add_argument("-j", "--jobs", type=count, metavar="N", help="processes to share the work; default: one a CPU")


def _add_baseline_options(parser: Parser) -> None:
    group = parser.add_argument_group("baseline", "findings that are known already, counted by file and rule")
    group.add_argument("--baseline", metavar="FILE", help="hide the findings that this file counts")
    group.add_argument(
        "--write-baseline",
        nargs="?",
        const="",
        metavar="FILE",
        help=f"write the findings to the file, and stop; default: the configured one, or {DEFAULT_NAME}",
    )


class _Merge(argparse.Action):
    """Puts the tables of a repeated option together."""

    def __call__(self, parser: object, namespace: Namespace, values: object, option: str | None = None) -> None:
        assert isinstance(values, dict)
        merged = dict(getattr(namespace, self.dest) or {})
        for pattern, selectors in values.items():
            merged[pattern] = (*merged.get(pattern, ()), *selectors)
        setattr(namespace, self.dest, merged)


def _per_file(text: str) -> dict[str, tuple[str, ...]]:
    """`PATTERN:CODE,CODE,PATTERN:CODE` as a table."""
    table: dict[str, tuple[str, ...]] = {}
    pattern = ""
    for part in comma_list(text):
        head, colon, selector = part.rpartition(":")
        pattern = head.strip() if colon else pattern
        if not pattern or not selector.strip():
            raise argparse.ArgumentTypeError(f"{part!r} is not PATTERN:RULE, as in 'tests/*:TCK203'")
        try:
            check_selectors([selector.strip()])
        except UsageError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        table[pattern] = (*table.get(pattern, ()), selector.strip())
    return table


def check(options: Namespace) -> None:
    """Raise UsageError where options contradict each other; fill in the path that a name of standard input means."""
    if options.stdin_filename and not options.paths:
        options.paths = ["-"]
    if "-" in options.paths and len(options.paths) > 1:
        raise UsageError("standard input (-) can't be linted together with other paths")
    check_output_file(options.output_file)
    _check_actions(options)
    _check_formats(options)
    if options.base is not None and not options.changed_only:
        raise UsageError("--base has an effect only with --changed-only")
    if options.unsafe_fixes and not (options.fix or options.diff):
        note("--unsafe-fixes has an effect only with --fix or --diff")


def _check_formats(options: Namespace) -> None:
    for_programs = options.output_format not in (None, *TEXT_FORMATS)
    if options.diff and for_programs:
        raise UsageError(
            f"--diff shows a patch, not findings; leave out --diff or --output-format {options.output_format}"
        )
    if options.statistics and for_programs and not options.output_format.startswith("json"):
        raise UsageError(f"--statistics counts findings, which --output-format {options.output_format} can't say")


_ACTIONS = ("show_settings", "show_files", "write_baseline", "add_ignore")
"""What stands in place of a report; one at a time, and fixes nothing."""


def _check_actions(options: Namespace) -> None:
    given = [name for name in (*_ACTIONS, "fix", "diff", "watch") if getattr(options, name) not in (None, False)]
    if given and given[0] in _ACTIONS and len(given) > 1:
        raise UsageError(f"{_flag(given[0])} and {_flag(given[1])} can't be used together")
    if options.write_baseline is not None and options.baseline is not None:
        raise UsageError("--baseline and --write-baseline can't be used together; write --write-baseline=FILE")
    if options.paths == ["-"]:
        for name in ("changed_only", "write_baseline", "add_ignore", "watch"):
            if getattr(options, name) not in (None, False):
                raise UsageError(f"{_flag(name)} needs files, and standard input is none")


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def start(options: Namespace) -> Path:
    """Where the search for a configuration begins: the deepest directory that holds all that is linted."""
    if options.paths == ["-"]:
        return Path(options.stdin_filename or ".").parent
    paths = [os.path.abspath(path) for path in options.paths]
    common = Path(os.path.commonpath(paths)) if paths else Path.cwd()
    return common if common.is_dir() else common.parent
