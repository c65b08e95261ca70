"""Run a user's script under the probes, exactly as Python would."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from torchcheck.facts.trail import Trail
from torchcheck.finding import Finding, merge
from torchcheck.probe.children import Children, Plan
from torchcheck.probe.main_module import Program, in_place_of_main
from torchcheck.probe.needs import require_torch
from torchcheck.probe.on_import import OnImport
from torchcheck.probe.recording.audience import Hearer
from torchcheck.probe.session import Keeper, Session, Stop
from torchcheck.probe.sudden_exit import SuddenExit
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
        scales: how the scales of weights, gradients, updates and activations went.
    """

    status: int
    findings: list[Finding]
    remarks: list[str]
    steps: int
    seconds: float
    error: BaseException | None
    stopped: bool
    scales: Trail = field(default_factory=Trail)


@dataclass(frozen=True, slots=True)
class Company:
    """Who else has to know of a run.

    Attributes:
        keeper: keeps findings and notes for the others; None where there are none.
        folder: makes the folder in which processes that the script starts leave what they find.
        ended: called as soon as the script has ended, before the probes conclude.
        leave: called when the script calls `os._exit`: tells what was found; its result is the exit status.
        hearers: told of the run while it lasts.
        history: the folder of the run, if its history is kept.
    """

    keeper: Keeper | None
    folder: Callable[[], Path]
    ended: Callable[[], None]
    leave: Callable[[Outcome], int]
    hearers: Sequence[Hearer] = ()
    history: Path | None = None


def run_script(
    target: str,
    args: Sequence[str],
    *,
    module: bool,
    rules: Sequence[Rule],
    every: int | None,
    steps: int | None,
    fail_fast: bool,
    company: Company | None = None,
) -> Outcome:
    """Run a script, a directory or zip file with a `__main__`, or (`module`) what `python -m` would run.

    Raises:
        UsageError: there is no such program, or torch is missing or too old.
        SystemExit: in a child process that the script forked, when it reaches its end.
    """
    require_torch()
    process = os.getpid()
    lens = _Lens(rules, every, steps, fail_fast, company)
    with in_place_of_main(target, args, module=module) as program:
        error: BaseException | None = None
        waiting = OnImport("torch", lens.open)
        sudden = SuddenExit(lambda status: _leave(lens, status, company))
        try:
            sudden.arm()
            waiting.arm()
            _execute(program)
        except BaseException as raised:
            error = raised
        _ended(company)
        waiting.disarm()
        sudden.disarm()
        lens.close(None if isinstance(error, SystemExit) else error)
        status = _status(error)
    if os.getpid() != process:
        raise SystemExit(status)
    return lens.outcome(status, error)


def _ended(company: Company | None) -> None:
    if company is not None:
        with suppress(KeyboardInterrupt):  # it comes too late to end the script
            company.ended()


def _leave(lens: _Lens, status: int, company: Company | None) -> int:
    """The script ends this process with `os._exit`."""
    _ended(company)
    lens.close(None)
    return status if company is None else company.leave(lens.outcome(status, None))


class _Lens:
    """The session of a run. It opens when the script imports torch: what the script sets up before that, an
    environment variable that torch reads say, has its effect."""

    def __init__(
        self,
        rules: Sequence[Rule],
        every: int | None,
        steps: int | None,
        fail_fast: bool,
        company: Company | None,
    ) -> None:
        self._make = partial(Session, rules, every=every, steps=steps, fail_fast=fail_fast)
        self._children: Children | None = None
        if company is not None:
            self._make = partial(self._make, keeper=company.keeper, hearers=company.hearers)
            self._children = Children(Plan(rules, every, steps, fail_fast, company.folder, company.history))
        self._session: Session | None = None
        self._began, self._seconds = time.perf_counter(), 0.0
        self.remarks = [NO_TORCH]

    def open(self) -> None:
        """Put torch under watch. A probe that can't begin does not stop the program."""
        try:
            self._session = self._make()
            self.remarks = self._session.remarks
            self._session.start()
            if self._children is not None:
                self._children.adopt()
        except Exception as error:
            self.remarks = [f"The probes could not begin ({type(error).__name__}: {error}). Please report this."]

    def close(self, error: BaseException | None) -> None:
        """End the watch."""
        self._seconds = time.perf_counter() - self._began
        if self._children is not None:
            self._children.release()
        if self._session is not None:
            self._session.end(error)

    def outcome(self, status: int, error: BaseException | None) -> Outcome:
        """What was seen of a run that ended like this."""
        findings = merge(self._session.findings) if self._session is not None else []
        steps = self._session.step if self._session is not None else 0
        stopped = isinstance(error, Stop)
        kept = None if stopped or isinstance(error, SystemExit) else error
        scales = self._session.scales if self._session is not None else Trail()
        return Outcome(status, findings, self.remarks, steps, self._seconds, kept, stopped, scales)


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
