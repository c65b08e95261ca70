"""Other processes that do a part of the work. What one of them fails to do is done here: nothing is lost but time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

from torchcheck.rules.base import Rule

_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from torchcheck.lint.worker import main; main()"


class Lost(Exception):
    """A process did not answer."""


class Workers:
    """Processes that answer one task after the other."""

    def __init__(self, number: int, start: Mapping[str, Any]) -> None:
        self._threads = ThreadPoolExecutor(number)
        self._processes = [_started(start) for _ in range(number)]
        self._idle: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
        for process in self._processes:
            self._idle.put(process)

    def submit(self, task: Mapping[str, Any]) -> Future[dict[str, Any]]:
        """A task for whichever is idle next. The future raises Lost where it was not done."""
        return self._threads.submit(self._ask, json.dumps(task))

    def tell(self, task: Mapping[str, Any]) -> None:
        """The same task for each of them; none may have another at the moment."""
        for process in self._processes:
            with suppress(Lost):
                _answer(process, json.dumps(task))

    def close(self) -> None:
        """End them all."""
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):
                    stream.close()  # type: ignore[union-attr]
            process.kill()
            process.wait()

    def _ask(self, task: str) -> dict[str, Any]:
        process = self._idle.get()
        try:
            return _answer(process, task)
        finally:
            self._idle.put(process)


def workers(jobs: int, rules: Sequence[Rule], names: Mapping[str, str]) -> Workers | None:
    """Processes for the work on these files; None where there can be none, or they would not pay."""
    from torchcheck.lint.worker import described

    rules_as_data = described(list(rules))
    if rules_as_data is None or not sys.executable:
        return None
    try:
        return Workers(jobs, {"rules": rules_as_data, "names": dict(names)})
    except OSError:
        return None


def _started(start: Mapping[str, Any]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _PROGRAM, *(os.path.abspath(path) for path in sys.path)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
    )
    with suppress(OSError):  # it has ended already: its answers will be missed
        assert process.stdin is not None
        process.stdin.write(json.dumps(start) + "\n")
        process.stdin.flush()
    return process


def _answer(process: subprocess.Popen[str], task: str) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(task + "\n")
        process.stdin.flush()
        answer: dict[str, Any] = json.loads(process.stdout.readline())
    except (OSError, ValueError):
        raise Lost from None
    return answer
