"""The exam of one batch within a test."""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING, Any

from torchcheck.finding import Level

if TYPE_CHECKING:
    from pytest_torchcheck.watching import Watching
    from torchcheck.preflight.result import Exam


def examined(
    watching: Watching | None,
    caller: FrameType,
    parts: tuple[Any, Any, Any, Any],
    seconds: float,
    batch_dim: int | None,
) -> Exam:
    """The exam, with the rules of the test; its findings fail the test or warn, as those of the watch do.

    Raises:
        FindingsError: there are findings that fail.
        UsageError: the parts can't be put together to a loss.
    """
    __tracebackhide__ = True
    from torchcheck.preflight.result import Exam

    if watching is None:
        return Exam([], [], [], 0.0)
    from torchcheck.preflight.exam import examine
    from torchcheck.probe.frames import frame_place
    from torchcheck.probe.watch import warn

    settings = watching.settings
    exam = examine(*parts, rules=settings.rules, place=frame_place(caller), seconds=seconds, batch_dim=batch_dim)
    watching.allow_in(exam)
    failing = exam.at_least(settings.fail_on) if settings.fail_on is not None else []
    warn([finding for finding in exam.at_least(Level.WARNING) if finding not in failing])
    exam.raise_for_findings(settings.fail_on.value if settings.fail_on is not None else "never")
    return exam
