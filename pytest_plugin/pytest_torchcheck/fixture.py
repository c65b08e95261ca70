"""The fixture `torchcheck`: the test that requests it is watched."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from pytest_torchcheck.asking import watch_from_here

if TYPE_CHECKING:
    from pytest_torchcheck.watching import Watching
    from torchcheck.finding import Finding
    from torchcheck.preflight.result import Exam


class TorchcheckFixture:
    """What the fixture `torchcheck` gives to a test."""

    def __init__(self, watching: Watching | None) -> None:
        self._watching = watching

    @property
    def findings(self) -> list[Finding]:
        """What was found so far, the gravest first, without what was allowed; empty with `--no-torchcheck`."""
        return self._watching.findings if self._watching else []

    @property
    def remarks(self) -> list[str]:
        """What the probes could not see, and what broke inside them; never a reason to fail."""
        return self._watching.remarks if self._watching else []

    def preflight(
        self,
        model: Any,
        batch: Any,
        loss_fn: Any = None,
        optimizer: Any = None,
        *,
        seconds: float = 30.0,
        batch_dim: int | None = 0,
    ) -> Exam:
        """Examine a model with one batch, as `torchcheck.preflight` does, with the rules of this test.

        Everything is put back: the test goes on as if there had been no exam.

        Args:
            model, batch, loss_fn, optimizer, seconds, batch_dim: see `torchcheck.preflight`.

        Returns:
            A verdict for each check; an empty one with `--no-torchcheck`.

        Raises:
            FindingsError: there are findings at or above the level that fails this test; others become warnings.
            UsageError: the parts can't be put together to a loss; pytest shows it as one line.
        """
        __tracebackhide__ = True
        from pytest_torchcheck.examined import examined
        from pytest_torchcheck.misuse import Misused
        from torchcheck.errors import UsageError

        caller = sys._getframe(1)
        try:
            return examined(self._watching, caller, (model, batch, loss_fn, optimizer), seconds, batch_dim)
        except UsageError as error:
            raise Misused(str(error), caller.f_code.co_filename, caller.f_lineno) from None

    def allow(self, selector: str, *, reason: str) -> None:
        """Take findings of this test as they are: they neither fail it nor warn.

        Args:
            selector: a code (`TCK601`), a prefix (`TCK6`) or a rule name; holds for what was found before, too.
            reason: why this is no mistake here.

        Raises:
            UsageError: the selector matches no rule, or the reason is empty; pytest shows it as one line.
        """
        from pytest_torchcheck.misuse import Misused
        from torchcheck.errors import UsageError
        from torchcheck.selection import check_selectors

        try:
            check_selectors([selector])
            if not reason.strip():
                raise UsageError(f"allow({selector!r}) needs a reason: say why this is no mistake here")
        except UsageError as error:
            caller = sys._getframe(1)
            raise Misused(str(error), caller.f_code.co_filename, caller.f_lineno) from None
        if self._watching:
            self._watching.allow(selector, reason)


@pytest.fixture
def torchcheck(request: pytest.FixtureRequest) -> TorchcheckFixture:
    """Watch this test for the training bugs that don't crash, from here to the end of its call."""
    return TorchcheckFixture(watch_from_here(request.node))
