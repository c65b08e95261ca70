"""The processes that a script starts with `torch.multiprocessing.spawn`: each is watched, and leaves what it found."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torchcheck.probe.session import Session, Stop
from torchcheck.probe.tracebacks import clean
from torchcheck.ranks.record import Record, Writer
from torchcheck.rules.base import Rule

if TYPE_CHECKING:
    from torchcheck.history.recorder import Recorder


@dataclass(frozen=True, slots=True)
class Plan:
    """How the children are watched.

    Attributes:
        rules, every, steps, fail_fast: as of a session.
        folder: makes the place for what they find.
        history: the folder of the run, if its history is kept.
    """

    rules: Sequence[Rule]
    every: int | None
    steps: int | None
    fail_fast: bool
    folder: Callable[[], Path]
    history: Path | None = None


class Children:
    """While it is on, what `torch.multiprocessing` starts is watched. Workers of data loaders are no part of that."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._replaced: list[tuple[Any, Any, Any]] = []

    def adopt(self) -> None:
        """Begin; torch is imported."""
        import torch.multiprocessing

        module: Any = sys.modules["torch.multiprocessing.spawn"]  # `torch.multiprocessing.spawn` is the function
        original = module.start_processes

        def start_processes(fn: Any, *args: Any, **kwargs: Any) -> Any:
            return original(self._watched(fn), *args, **kwargs)

        owners: tuple[Any, ...] = (torch.multiprocessing, module)
        for owner in owners:
            self._replaced.append((owner, original, start_processes))
            owner.start_processes = start_processes

    def release(self) -> None:
        """Put the original back."""
        for owner, original, ours in self._replaced:
            if owner.start_processes is ours:
                owner.start_processes = original
        self._replaced.clear()

    def _watched(self, function: Any) -> Any:
        plan = self._plan
        try:
            folder = plan.folder()
        except OSError:
            return function
        return Watched(function, folder, plan.rules, plan.every, plan.steps, plan.fail_fast, plan.history)


@dataclass(frozen=True, slots=True)
class Watched:
    """A function that is watched in the process where it is called. It goes there by pickle, as the function does."""

    function: Any
    folder: Path
    rules: Sequence[Rule]
    every: int | None
    steps: int | None
    fail_fast: bool
    history: Path | None = None

    def __call__(self, index: int, *args: Any) -> Any:
        began = time.perf_counter()
        writer = Writer(self.folder / f"{index}.{os.getpid()}.jsonl", index)
        recorder = self._recorder(index)
        session = Session(
            self.rules,
            every=self.every,
            steps=self.steps,
            fail_fast=self.fail_fast,
            keeper=writer,
            hearers=[recorder] if recorder is not None else [],
        )
        error: BaseException | None = None
        try:
            session.start()
            return self.function(index, *args)
        except BaseException as raised:
            if isinstance(raised, Stop) and raised.session is session:
                if raised.failed:  # the others wait for this one: it must not end as if all were well
                    raise SystemExit(1) from None
                return None
            error = raised
            clean(raised)
            raise
        finally:
            session.end(error)
            record = Record(
                index,
                findings=session.findings,
                remarks=session.remarks,
                steps=session.step,
                seconds=time.perf_counter() - began,
                status=int(error is not None),
            )
            with suppress(Exception):
                writer.end(record)
            if recorder is not None:
                recorder.end(record, error=error)

    def _recorder(self, index: int) -> Recorder | None:
        if self.history is None:
            return None
        from torchcheck.history import recorder

        with suppress(OSError):
            return recorder.join(self.history, f"rank{index}")
        return None
