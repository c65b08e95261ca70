"""Look at a program through each lens, as the tests do."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torchcheck.finding import Finding, Level
from torchcheck.selection import Selection


@dataclass(frozen=True)
class Seen:
    """What a lens made of a program: its findings, the exit status of the run, and remarks of the probes."""

    findings: list[Finding]
    status: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def codes(self) -> set[str]:
        return {finding.code for finding in self.findings}

    @property
    def alarms(self) -> list[str]:
        """Errors and warnings as `CODE file:row message`, for a readable assertion."""
        return [f"{f.code} {f.place} {f.message}" for f in self.findings if f.level.reaches(Level.WARNING)]


def lint(paths: Path | Sequence[Path], select: Sequence[str] | None = None) -> Seen:
    """Lint files with the default rules, or with the selected ones."""
    from torchcheck.lint.engine import lint_files

    selection = Selection(select=tuple(select) if select else None)
    result = lint_files([paths] if isinstance(paths, Path) else list(paths), selection.rules())
    assert not result.broken, result.broken
    return Seen(result.findings)


def exam(program: Path, select: Sequence[str] | None = None) -> Seen:
    """Examine what the `setup()` of a program returns."""
    from torchcheck.cli.preflight import examine_setup

    rules = Selection(select=tuple(select) if select else None).rules()
    result = examine_setup(str(program), "setup", rules=rules)
    return Seen(result.findings, remarks=tuple(result.remarks))


def run(script: Path, select: Sequence[str] | None = None, every: int | None = None) -> Seen:
    """Run a script under the probes, in a child process of its own that starts with torch imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch", "torchcheck.probe.script", "torchcheck.selection"])
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_run_in_child, args=(sender, script, select, every))
    child.start()
    sender.close()
    try:
        status, findings, remarks = receiver.recv()
    except EOFError:
        raise AssertionError(f"the child that ran {script} died with exit code {child.exitcode}") from None
    finally:
        child.join()
    return Seen([Finding.from_json(data) for data in findings], status, tuple(remarks))


def _run_in_child(sender: object, script: Path, select: Sequence[str] | None, every: int | None) -> None:
    import torch

    from torchcheck.probe.script import Company, run_script
    from torchcheck.ranks.compare import judged
    from torchcheck.ranks.join import join
    from torchcheck.ranks.meeting import records_in
    from torchcheck.ranks.record import Record

    torch.set_num_threads(1)
    os.chdir(script.parent)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    rules = Selection(select=tuple(select) if select else None).rules()
    folder = Path(tempfile.mkdtemp())
    company = Company(None, lambda: folder, lambda: None, lambda outcome: outcome.status)
    outcome = run_script(
        str(script), [], module=False, rules=rules, every=every, steps=None, fail_fast=False, company=company
    )
    joined = join([Record(None, findings=outcome.findings), *records_in(folder)], judge=judged(rules))
    shutil.rmtree(folder)
    data = (outcome.status, [finding.to_json() for finding in joined.findings], list(outcome.remarks))
    sender.send(data)  # type: ignore[attr-defined]
