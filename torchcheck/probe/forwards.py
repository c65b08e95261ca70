"""Global module hooks, installed only while some session samples a step, or glances at what may be an evaluation."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.compiler import is_compiling

from torchcheck.probe.abstract import is_abstract

if TYPE_CHECKING:
    from torchcheck.probe.session import Session


NOT_UNDER_COMPILE = (
    "torch.compile is in use: modules and the data that reaches them were not watched, since module hooks would make "
    "it compile twice. Run once without it to have them checked."
)


class Forwards:
    """Tells sessions of forward calls, and which of them come from outside every module.

    Dynamo guards on the number of global hooks, so where torch.compile is in use there are none at all.
    """

    def __init__(self) -> None:
        self._compiles = False
        self._sessions: list[Session] = []
        self._handles: list[Any] = []
        self._nested = threading.local()

    def watch(self, session: Session, wanted: bool) -> None:
        """Begin or end telling a session; without any, no hook is installed."""
        if wanted and self._compiles:
            session.remark(NOT_UNDER_COMPILE)
            return
        if wanted == (session in self._sessions):
            return
        if wanted:
            self._sessions.append(session)
        else:
            self._sessions.remove(session)
        if self._sessions and not self._handles:
            module = torch.nn.modules.module
            self._nested = threading.local()
            self._handles = [
                module.register_module_forward_pre_hook(self._before),
                module.register_module_forward_hook(self._after, always_call=True),
            ]
        elif not self._sessions:
            self._remove()

    def watches(self, session: Session) -> bool:
        """Whether a session is told of forward calls just now."""
        return session in self._sessions

    def reset(self) -> None:
        """A new watch begins: what earlier ones saw of torch.compile may be long past."""
        self._compiles = False

    def avoid_compiler(self) -> None:
        """The program uses torch.compile: install no hooks from now on."""
        self._compiles = True
        for session in self._sessions:
            session.remark(NOT_UNDER_COMPILE)
        self._sessions.clear()
        self._remove()

    def _here(self) -> list[Session]:
        return [session for session in self._sessions if session.followed.here()]

    def _remove(self) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles = []

    def _before(self, module: nn.Module, args: Any) -> None:
        if is_compiling():
            return
        if is_abstract():
            return
        if type(module).__name__ == "OptimizedModule":
            self.avoid_compiler()
            return
        depth = getattr(self._nested, "depth", 0)
        self._nested.depth = depth + 1
        if depth == 0:
            self._before_root(module, args, sys._getframe(1).f_locals.get("kwargs") or {})
        for session in self._sessions[:]:
            if session.sampled and session.followed.here():
                session.tell("before_forward", module, args)

    def _before_root(self, module: nn.Module, args: Any, kwargs: dict[str, Any]) -> None:
        for session in self._here():
            session.root_called()
            session.names.saw_root(module)
            session.tell("root_entered", module, args, kwargs)
            if session.sampled:
                session.tell("before_root_forward", module, args, kwargs)

    def _after(self, module: nn.Module, args: Any, output: Any) -> None:
        if is_compiling():
            return
        if is_abstract():
            return
        depth = getattr(self._nested, "depth", 0)
        for session in self._sessions[:]:
            if session.sampled and session.followed.here():
                session.tell("after_forward", module, args, output)
        if depth == 1:
            for session in self._here():
                if session.sampled:
                    session.tell("after_root_forward", module, output)
                session.tell("root_left", module, output)
        self._nested.depth = max(depth - 1, 0)
