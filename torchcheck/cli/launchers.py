"""A launcher under `torchcheck run`: it is the ranks that it starts that are to be watched."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

_MODULES = ("torch.distributed.run", "torch.distributed.launch")
_MODULE_FLAGS = ("-m", "--module")


@dataclass(frozen=True, slots=True)
class Launch:
    """A command line of `torchrun`, with each rank under `torchcheck run`.

    Attributes:
        args: of the launcher, after the rewriting.
        target: the training script, or module.
        is_module: which of them.
    """

    args: list[str]
    target: str
    is_module: bool


def launch(target: str, args: Sequence[str], options: Sequence[str], *, is_module: bool) -> Launch | None:
    """The launch with every rank watched; None where the program is no launcher, or starts no Python.

    Args:
        target, args: what `torchcheck run` was asked to run.
        options: its own options: every rank gets them, too.
        is_module: whether the target is a module.
    """
    if not (target in _MODULES if is_module else os.path.basename(target) == "torchrun"):
        return None
    from torch.distributed.run import get_args_parser

    try:
        with redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):
            parsed = get_args_parser().parse_args(list(args))
    except SystemExit:  # the launcher itself says what is wrong, or helps
        return None
    at = len(args) - len(parsed.training_script_args) - 1
    if at < 0 or args[at] != parsed.training_script or parsed.no_python or parsed.run_path:
        return None
    own = [word for word in args[:at] if word not in _MODULE_FLAGS]
    script = ["-m", parsed.training_script] if parsed.module else [parsed.training_script]
    watched = ["-m", "torchcheck", "run", *options, *script, *parsed.training_script_args]
    return Launch([*own, *watched], parsed.training_script, parsed.module)
