"""The one place between torch and the sessions that watch it."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from threading import get_ident
from types import ModuleType
from typing import TYPE_CHECKING, Any

from torchcheck.probe.differences import DIFFERENCES
from torchcheck.probe.forwards import Forwards
from torchcheck.probe.frames import HIDDEN
from torchcheck.probe.parameters.cuts import CUTS
from torchcheck.probe.replicas.exchange import EXCHANGES
from torchcheck.probe.stepping import Stepping
from torchcheck.probe.threads import Inside
from torchcheck.probe.torchscript import lend_operator, take_back_operator

if TYPE_CHECKING:
    from torchcheck.probe.session import Session

Function = Callable[..., Any]
Maker = Callable[["Hub"], Callable[[Function], Function]]


class Patch:
    """One attribute that was replaced."""

    def __init__(self, owner: Any, name: str, original: Any, wrapper: Any) -> None:
        self.owner = owner
        self.name = name
        self.original = original
        self.wrapper = wrapper

    def restore(self) -> None:
        """Put the original back, unless somebody else has replaced it since."""
        take_back_operator(self.wrapper)
        if vars(self.owner).get(self.name) is self.wrapper:
            setattr(self.owner, self.name, self.original)


class Hub:
    """Tells the sessions what happens in torch, each what happens in the thread that it follows.

    Args:
        targets: what to wrap while somebody watches: owner, attribute, and what makes the wrapper.

    Attributes:
        sessions: those that watch.
        only: the session that watches, if it is one.
        heard: the events that any of them listens to just now.
        stopping: a session asks for the end of the watched code.
        tell: passes an event to every session that listens to it and follows this thread.
        backward, grad, schedule, mode, clip: which threads are within such a call.
    """

    def __init__(self, targets: Callable[[], Iterable[tuple[Any, str, Maker]]]) -> None:
        self.sessions: list[Session] = []
        self.only: Session | None = None
        self.stopping = False
        self.tell: Callable[..., None] = self._tell_all
        self.heard: Container[str] = ()
        self.backward, self.grad, self.schedule, self.mode, self.clip = (Inside() for _ in range(5))
        self.forwards = Forwards()
        self.stepping = Stepping(self)
        self._targets = targets
        self._patches: list[Patch] = []
        self._handles: list[Any] = []
        self._fork_registered = False

    def add(self, session: Session) -> None:
        """Watch for one more session."""
        if not self.sessions:
            self._install()
        self.sessions.append(session)
        self.stepping.forget()
        session.listeners.changed = self._listen
        self._listen()

    def remove(self, session: Session) -> None:
        """Forget a session; after the last one torch is as it was."""
        self.forwards.watch(session, False)
        if session in self.sessions:
            self.sessions.remove(session)
            session.listeners.changed = tuple
            self._listen()
        if not self.sessions:
            self._uninstall()

    def watch_forwards(self, session: Session, wanted: bool) -> None:
        """Install the module hooks while any session wants them."""
        self.forwards.watch(session, wanted)

    def here(self, *, trains: bool = False) -> list[Session]:
        """The sessions that follow the calling thread; `trains` if it is about to run a backward."""
        only = self.only
        if only is not None and only.followed.thread == get_ident() and (only.followed.trained or not trains):
            return [only]
        return [session for session in self.sessions if session.followed.here(trains=trains)]

    def settle(self) -> None:
        """End the watched code if a session that follows this thread asks for it; worth a call while `stopping`."""
        for session in self.sessions[:]:
            if session.stop is not None and session.active and session.followed.here():
                raise session.stop

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """What happens in between is told to nobody."""
        sessions, self.sessions = self.sessions, []
        forwards = [session for session in sessions if self.forwards.watches(session)]
        for session in forwards:
            self.forwards.watch(session, False)
        self.stepping.forget()  # an optimizer that steps in between is introduced to nobody
        self._listen()
        try:
            yield
        finally:
            self.sessions = sessions
            for session in forwards:
                self.forwards.watch(session, True)
            self.stepping.forget()
            self._listen()

    def _listen(self) -> None:
        """A session has come, gone, or listens to other events."""
        self.only = self.sessions[0] if len(self.sessions) == 1 else None
        self.stopping = any(session.stopped for session in self.sessions)
        if self.only is not None:
            self.heard, self.tell = self.only.listeners.now, self.only.tell
        else:
            self.heard = {event for session in self.sessions for event in session.listeners.now}
            self.tell = self._tell_all

    def _tell_all(self, event: str, *args: Any) -> None:
        for session in self.sessions[:]:
            session.tell(event, *args)

    def _install(self) -> None:
        if not self._fork_registered and hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.abandon)
            self._fork_registered = True
        self.backward, self.grad, self.schedule, self.mode, self.clip = (Inside() for _ in range(5))
        self.forwards.reset()
        try:
            for owner, name, make in self._targets():
                self._patches.append(_patch(owner, name, make(self)))
            self._handles = self.stepping.hooks()
        except BaseException:
            self._uninstall()
            raise

    def _uninstall(self) -> None:
        for patch in reversed(self._patches):
            patch.restore()
        for handle in self._handles:
            handle.remove()
        self._patches, self._handles = [], []

    def abandon(self) -> None:
        """Leave every session: this process is a forked child, and no part of the run that is watched."""
        for session in tuple(self.sessions):
            session.active = False
            self.remove(session)
        DIFFERENCES.restore()
        CUTS.restore()
        EXCHANGES.restore()


def _patch(owner: Any, name: str, wrap: Callable[[Function], Function]) -> Patch:
    original = vars(owner)[name]
    wrapper: Any = wrap(original)
    wrapper.__code__ = wrapper.__code__.replace(co_filename=HIDDEN)
    functools.update_wrapper(wrapper, original)
    if isinstance(owner, ModuleType):
        lend_operator(original, wrapper)
    setattr(owner, name, wrapper)
    return Patch(owner, name, original, wrapper)
