"""Run a user's script under the probes, exactly as Python would."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from torchcheck.finding import Finding, merge
from torchcheck.probe.main_module import Program, in_place_of_main
from torchcheck.probe.needs import require_torch
from torchcheck.probe.on_import import OnImport
from torchcheck.probe.session import Session, Stop
from torchcheck.probe.tracebacks import clean
from torchcheck.rules.base import Rule

NO_TORCH = "The program never imported torch: there was nothing to watch."


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Attributes:
        status: exit status that Python would have given; 0 where the run was stopped after its steps.
        findings: merged and sorted.
        remarks: of the probes.
        steps: optimizer steps done.
        seconds: wall time of the script.
        error: what it raised, if it did (its traceback has been printed); never a SystemExit.
        stopped: ended by `steps`, or by `fail_fast`.
    """

    status: int
    findings: list[Finding]
    remarks: list[str]
    steps: int
    seconds: float
    error: BaseException | None
    stopped: bool


def run_script(
    target: str,
    args: Sequence[str],
    *,
    module: bool,
    rules: Sequence[Rule],
    every: int | None,
    steps: int | None,
    fail_fast: bool,
) -> Outcome:
    """Run a script, a directory or zip file with a `__main__`, or (`module`) what `python -m` would run.

    Raises:
        UsageError: there is no such program, or torch is missing or too old.
        SystemExit: in a child process that the script forked, when it reaches its end.
    """
    require_torch()
    process = os.getpid()
    lens = _Lens(rules, every, steps, fail_fast)
    with in_place_of_main(target, args, module=module) as program:
        began = time.perf_counter()
        error: BaseException | None = None
        waiting = OnImport("torch", lens.open)
        try:
            waiting.arm()
            _execute(program)
        except BaseException as raised:
            error = raised
        waiting.disarm()
        seconds = time.perf_counter() - began
        lens.close(None if isinstance(error, SystemExit) else error)
        status = _status(error)
    if os.getpid() != process:
        raise SystemExit(status)
    stopped = isinstance(error, Stop)
    kept = None if stopped or isinstance(error, SystemExit) else error
    return Outcome(status, merge(lens.findings), lens.remarks, lens.steps, seconds, kept, stopped)


class _Lens:
    """The session of a run. It opens when the script imports torch: what the script sets up before that, an
    environment variable that torch reads say, has its effect."""

    def __init__(self, rules: Sequence[Rule], every: int | None, steps: int | None, fail_fast: bool) -> None:
        self._make = partial(Session, rules, every=every, steps=steps, fail_fast=fail_fast)
        self._session: Session | None = None
        self.remarks = [NO_TORCH]

    def open(self) -> None:
        """Put torch under watch. A probe that can't begin does not stop the program."""
        try:
            self._session = self._make()
            self.remarks = self._session.remarks
            self._session.start()
        except Exception as error:
            self.remarks = [f"The probes could not begin ({type(error).__name__}: {error}). Please report this."]

    def close(self, error: BaseException | None) -> None:
        """End the watch."""
        if self._session is not None:
            self._session.end(error)

    @property
    def findings(self) -> list[Finding]:
        return self._session.findings if self._session is not None else []

    @property
    def steps(self) -> int:
        return self._session.step if self._session is not None else 0


def _execute(program: Program) -> None:
    code = program.code()
    exec(code, vars(program.module))


def _status(error: BaseException | None) -> int:
    """The exit status for how the script ended; prints what Python would print."""
    if error is None:
        return 0
    if isinstance(error, Stop):
        return 1 if error.failed else 0
    if isinstance(error, SystemExit):
        return _exit_status(error.code)
    _show(error)
    return 130 if isinstance(error, KeyboardInterrupt) else 1


def _exit_status(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return int(code)
    print(code, file=sys.stderr)
    return 1


def _show(error: BaseException) -> None:
    """Print a traceback as Python would, by the hook that the script may have set."""
    clean(error)
    try:
        sys.stdout.flush()
        sys.excepthook(type(error), error, error.__traceback__)
    except Exception:
        sys.__excepthook__(type(error), error, error.__traceback__)
