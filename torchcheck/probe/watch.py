"""The probes in code: `with watch() as report:`, and the decorator `torchcheck` for tests and training functions."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Sequence
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from torchcheck.errors import FindingsError, TorchcheckWarning, UsageError
from torchcheck.facts.trail import Trail
from torchcheck.finding import Finding, Level, merge
from torchcheck.probe.needs import require_torch
from torchcheck.probe.session import Session, Stop
from torchcheck.rules.base import Rule
from torchcheck.selection import Selection, check_selectors, split
from torchcheck.suppress import selects

if TYPE_CHECKING:
    from torchcheck.history.watching import WatchHistory

F = TypeVar("F", bound=Callable[..., Any])


class Report:
    """What a watch has found so far. It grows while the watch is on and stays when it has ended."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._allowed: list[str] = []

    @property
    def findings(self) -> list[Finding]:
        """The findings, merged and sorted, without those that were allowed."""
        found = [f for f in self._session.findings if not any(selects(selector, f) for selector in self._allowed)]
        return merge(found)

    @property
    def remarks(self) -> list[str]:
        """What was not seen, and which probe or rule broke."""
        return list(self._session.remarks)

    @property
    def steps(self) -> int:
        """Optimizer steps seen; where several optimizers take turns, one round of theirs is one."""
        return self._session.step

    @property
    def scales(self) -> Trail:
        """How the scales of weights, gradients, updates and activations went, layer by layer: a sample of each step
        that was measured, thinned by age. Empty where no rule that judges scales is on."""
        return self._session.scales

    def allow(self, selector: str, *, reason: str) -> None:
        """Drop the findings of a rule, past and future ones.

        Args:
            selector: its code, name, or a prefix of codes.
            reason: why that is right here.

        Raises:
            UsageError: no such rule, or no reason.
        """
        check_selectors([selector])
        if not reason.strip():
            raise UsageError(f"`allow({selector!r})` needs a reason")
        self._allowed.append("" if selector == "ALL" else selector)

    def at_least(self, level: Level) -> list[Finding]:
        """The findings of this level and of graver ones."""
        return [finding for finding in self.findings if finding.level.reaches(level)]


class Watch:
    """A watch that begins with `with` or around each call of a decorated function. It may be nested and reused."""

    def __init__(
        self,
        rules: Sequence[Rule],
        *,
        every: int | None,
        steps: int | None,
        fail_fast: bool,
        history: bool | str | PathLike[str] = False,
        sinks: Sequence[Any] = (),
    ) -> None:
        self._rules = rules
        self._every, self._steps, self._fail_fast = every, steps, fail_fast
        self._history, self._sinks = history, sinks
        self._running: list[tuple[Session, Report, WatchHistory | None]] = []

    def __enter__(self) -> Report:
        require_torch()
        kept = self._keep()
        hearers = [*kept.hearers(), *kept.sinks] if kept is not None else []
        session = Session(self._rules, every=self._every, steps=self._steps, fail_fast=self._fail_fast, hearers=hearers)
        session.remarks += kept.remarks if kept is not None else []
        report = Report(session)
        self._running.append((session, report, kept))
        try:
            session.start()
        except BaseException:
            self._running.pop()
            session.end()
            raise
        return report

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        __tracebackhide__ = True
        session, report, kept = self._running.pop()
        session.end(error)
        if kept is not None:
            kept.end(report.findings, report.remarks, report.steps, error, stopped=isinstance(error, Stop))
        if not isinstance(error, Stop) or error.session is not session:
            return False
        if error.failed:
            errors = report.at_least(Level.ERROR)
            raise FindingsError(told(errors), errors) from None
        return True

    def _keep(self) -> WatchHistory | None:
        if self._history is False and not self._sinks:
            return None
        from torchcheck.history.watching import WatchHistory

        return WatchHistory(self._history, self._sinks)

    def __call__(self, function: F) -> F:
        """Watch every call of a function; its warnings and errors become `TorchcheckWarning`s."""
        return _around(function, lambda: _Warned(self))


class _Warned:
    """A watch around one call, whose findings become warnings."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def __enter__(self) -> Report:
        self._report = self._watch.__enter__()
        return self._report

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        __tracebackhide__ = True
        stopped = self._watch.__exit__(kind, error, traceback)
        warn(self._report.at_least(Level.WARNING))
        return stopped


class _Required:
    """A watch around one call, which fails if it has findings of a level."""

    def __init__(self, watch: Watch, fail_on: Level | None) -> None:
        self._watch = watch
        self._fail_on = fail_on

    def __enter__(self) -> Report:
        self._report = self._watch.__enter__()
        return self._report

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        __tracebackhide__ = True
        stopped = self._watch.__exit__(kind, error, traceback)
        failing = [] if self._fail_on is None else self._report.at_least(self._fail_on)
        if error is not None and not stopped:
            _add_note(error, self._report.at_least(Level.WARNING))
            return False
        warn([finding for finding in self._report.at_least(Level.WARNING) if finding not in failing])
        if failing:
            raise FindingsError(told(failing), failing)
        return stopped


def _around(function: F, make: Callable[[], Any]) -> F:
    """`function` with every call inside of its own `make()`; generators and coroutines are watched until they end."""
    if not callable(function) or isinstance(function, type):
        raise UsageError(f"only functions can be watched, not {function!r}")
    wrapper: Any
    if inspect.isasyncgenfunction(function):

        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            with make():
                async for item in function(*args, **kwargs):
                    yield item

    elif inspect.iscoroutinefunction(function):

        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            with make():
                return await function(*args, **kwargs)

    elif inspect.isgeneratorfunction(function):

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            with make():
                return (yield from function(*args, **kwargs))

    else:

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            with make() as report:
                wrapper.report = report
                return function(*args, **kwargs)

    return functools.wraps(function)(wrapper)  # type: ignore[return-value]


@overload
def watch(function: F, /) -> F: ...
@overload
def watch(
    *,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    extend_select: Sequence[str] = (),
    every: int | None = None,
    steps: int | None = None,
    fail_fast: bool = False,
    history: bool | str | PathLike[str] = False,
    sink: Any = None,
) -> Watch: ...
def watch(
    function: Any = None,
    /,
    *,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    extend_select: Sequence[str] = (),
    every: int | None = None,
    steps: int | None = None,
    fail_fast: bool = False,
    history: bool | str | PathLike[str] = False,
    sink: Any = None,
) -> Any:
    """Put the probes around a training loop; models and optimizers are discovered.

    Use it as `with watch() as report:`, or as a decorator (`@watch` or `@watch()`), whose findings become
    `TorchcheckWarning`s and stay in the function's `report` attribute.

    Args:
        select, ignore, extend_select: rules, by code, prefix or name; one text may hold several with commas.
        every: measure every so many steps; by default often at first, then rarely.
        steps: leave the block (or the function) after so many optimizer steps.
        fail_fast: raise FindingsError at the first error-level finding.
        history: leave a folder in the history of runs, as `torchcheck run` does; a path names the folder of all runs.
        sink: a logger of yours, or several, that gets losses, learning rates and findings of sampled steps: a
            `SummaryWriter` of TensorBoard, a run of wandb, or mlflow.

    Raises:
        UsageError: a selector that matches no rule, a sink that is no logger, or torch is missing or too old.
    """
    made = _make(select, ignore, extend_select, every, steps, fail_fast, history, sink)
    return made if function is None else made(function)


@overload
def torchcheck(function: F, /) -> F: ...
@overload
def torchcheck(
    *,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    extend_select: Sequence[str] = (),
    fail_on: str = "error",
    every: int | None = None,
) -> Callable[[F], F]: ...
def torchcheck(
    function: Any = None,
    /,
    *,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    extend_select: Sequence[str] = (),
    fail_on: str = "error",
    every: int | None = None,
) -> Any:
    """Watch every call of a test or training function, and fail if it has findings.

    Args:
        select, ignore, extend_select: rules, by code, prefix or name.
        fail_on: lowest level that fails: `error`, `warning`, `info`, or `never`.
        every: measure every so many steps.

    Raises:
        UsageError: a selector that matches no rule, or a level that does not exist.
        FindingsError: (by the decorated function) at its end, with all findings of that level. Others are given as
            `TorchcheckWarning`, advice not at all. An exception of the function's own passes, with the findings as a
            note.
    """
    level = read_level(fail_on)
    made = _make(select, ignore, extend_select, every, None, False)

    def decorate(target: F) -> F:
        return _around(target, lambda: _Required(made, level))

    return decorate if function is None else decorate(function)


def read_level(fail_on: str) -> Level | None:
    """The level named by `fail_on`; None for `never`. Raises UsageError for another word."""
    if fail_on == "never":
        return None
    try:
        return Level(fail_on)
    except ValueError:
        raise UsageError(f"fail_on must be `error`, `warning`, `info` or `never`, not `{fail_on}`") from None


def _make(
    select: Sequence[str] | None,
    ignore: Sequence[str],
    extend_select: Sequence[str],
    every: int | None,
    steps: int | None,
    fail_fast: bool,
    history: bool | str | PathLike[str] = False,
    sink: Any = None,
) -> Watch:
    for name, number in (("every", every), ("steps", steps)):
        if number is not None and number < 1:
            raise UsageError(f"{name} must be 1 or more, not {number}")
    selection = Selection(split(select) if select is not None else None, split(ignore), split(extend_select))
    sinks = _sinks(sink)
    return Watch(selection.rules(), every=every, steps=steps, fail_fast=fail_fast, history=history, sinks=sinks)


def _sinks(given: Any) -> list[Any]:
    if given is None:
        return []
    from torchcheck.history.sinks import sink_for

    return [sink_for(one) for one in (given if isinstance(given, list | tuple) else [given])]


def told(findings: Sequence[Finding]) -> str:
    """Findings as text for an exception: place, code, message and the change to make."""
    lines = [f"{f.place}: {f.code} {f.name}: {f.message}\n  help: {f.help}" for f in findings]
    return "\n".join(lines)


def warn(findings: Sequence[Finding]) -> None:
    """Give findings as warnings at the user's lines."""
    for finding in findings:
        text = f"{finding.code} {finding.name}: {finding.message} {finding.help}"
        warnings.warn_explicit(text, TorchcheckWarning, finding.filename, finding.row)


def _add_note(error: BaseException, findings: Sequence[Finding]) -> None:
    add_note = getattr(error, "add_note", None)  # Python 3.11
    if findings and add_note is not None:
        add_note(f"torchcheck, before this happened:\n{told(findings)}")
