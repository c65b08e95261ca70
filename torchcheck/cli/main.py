"""`torchcheck COMMAND`: finds the command and turns what it raises into one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from torchcheck import __version__
from torchcheck.cli.output import drop_output, writing
from torchcheck.errors import UsageError

COMMANDS = {
    "lint": "find mistakes in source files, without running them",
    "run": "run a training script and find mistakes in what it does",
    "preflight": "examine a model with one batch, before the run",
    "curves": "read the log of a training and say what its learning curves show",
    "rule": "list the rules, or explain one",
    "history": "list past runs, show one, compare two",
    "report": "write what is known of a run as one page for the browser",
    "demo": "train a broken loop and its repaired twin, and show the difference",
}

USAGE_EXIT, INTERRUPTED_EXIT, BROKEN_PIPE_EXIT = 2, 130, 141

_HELP = """\
torchcheck finds the bugs in PyTorch training code that don't crash.

usage: torchcheck COMMAND [OPTIONS]

commands:
{commands}

options:
  --version  print the version
  --help     print this text, or that of a command: torchcheck COMMAND --help

try:
  torchcheck lint .
  torchcheck run train.py
  torchcheck preflight train.py:setup
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line; returns its exit code.

    0 nothing found, 1 findings, 2 a wrong option, path or setting, or an error of torchcheck itself. `run` hands on
    the status of a script that failed.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        status = _dispatch(words)
        with writing():
            sys.stdout.flush()
    except UsageError as error:
        print(f"torchcheck: error: {error}", file=sys.stderr)
        return USAGE_EXIT
    except KeyboardInterrupt:
        return INTERRUPTED_EXIT
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        drop_output()
        return BROKEN_PIPE_EXIT
    except Exception:
        import traceback

        traceback.print_exc()
        print("torchcheck: error: this is a bug in torchcheck; please report it with the lines above", file=sys.stderr)
        return USAGE_EXIT
    return status


def _dispatch(words: list[str]) -> int:
    command, rest = (words[0], words[1:]) if words else ("--help", [])
    if command in ("-h", "--help", "help"):
        return _help(rest)
    if command in ("-V", "--version"):
        with writing():
            print(f"torchcheck {__version__}", flush=True)
        return 0
    if command not in COMMANDS:
        raise UsageError(_unknown(command))
    import importlib

    status: int = importlib.import_module(f"torchcheck.cli.{command}").main(rest)
    return status


def _help(rest: list[str]) -> int:
    if rest and rest[0] in COMMANDS:
        return _dispatch([rest[0], "--help"])
    commands = "\n".join(f"  {name:<10} {text}" for name, text in COMMANDS.items())
    with writing():
        print(_HELP.format(commands=commands), end="", flush=True)
    return 0


def _unknown(word: str) -> str:
    if os.path.exists(word):
        return f"`{word}` is not a command; did you mean `torchcheck lint {word}`?"
    if word.startswith("-"):
        return f"options come after the command: torchcheck COMMAND {word}; see `torchcheck --help`"
    import difflib

    close = difflib.get_close_matches(word, COMMANDS, n=1)
    return f"no command `{word}`; " + (f"did you mean `{close[0]}`?" if close else f"there are {', '.join(COMMANDS)}")
