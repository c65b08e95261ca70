"""The modules of the models that a program calls, and what is known of their parameters' past."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import ref

from torch import Tensor, nn

from torchcheck.facts.training import ON_PURPOSE
from torchcheck.probe.frames import is_hidden_file, is_user_file

if TYPE_CHECKING:
    from torchcheck.probe.session import Session

_MOST_LOADS = 20  # loads whose parameters are noted; more are the copies of a target network


@dataclass
class Models:
    """The called models as they are now: made for one look, not kept.

    Attributes:
        roots: as of `Names.roots`.
        holder: by id of a parameter, the module that registers it.
        ready: ids of parameters of models of a library, whose weights come with them.
    """

    roots: list[nn.Module]
    holder: dict[int, nn.Module] = field(default_factory=dict)
    ready: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, session: Session) -> Models:
        """The models that the session has seen at work."""
        models = cls(session.names.roots())
        for root in models.roots:
            for module in root.modules():
                for parameter in module._parameters.values():
                    if parameter is not None:
                        models.holder[id(parameter)] = module
                if is_ready_made(module):
                    models.ready.update(map(id, module.parameters()))
        return models


class Loads:
    """Which parameters were loaded from a file, and are not expected to learn. Only weak references are kept."""

    def __init__(self) -> None:
        self._loaded: dict[int, ref[Tensor]] = {}
        self._count = 0

    def add(self, module: nn.Module) -> None:
        """`load_state_dict` has run."""
        self._count += 1
        if self._count <= _MOST_LOADS:
            self._loaded.update({id(p): ref(p) for p in module.parameters()})

    def has(self, parameter: Tensor) -> bool:
        """Whether it was loaded."""
        known = self._loaded.get(id(parameter))
        return known is not None and known() is parameter


def is_ready_made(module: nn.Module) -> bool:
    """Whether a module's class belongs to a library other than torch."""
    source = getattr(sys.modules.get(type(module).__module__), "__file__", None)
    return source is not None and not is_user_file(source) and not is_hidden_file(source)


def is_meant(name: str) -> bool:
    """Whether a name says that something is not supposed to learn."""
    return ON_PURPOSE.search(name) is not None


def topmost(root: nn.Module, wanted: set[int], others: set[int]) -> Iterable[nn.Module | Tensor]:
    """The largest modules whose parameters are wanted ones, and wanted parameters beside others.

    Args:
        wanted: ids of the parameters that are looked for; one at least must be in each part.
        others: ids of those that must not be in it.
    """
    inside = {id(p) for p in root.parameters()}
    if not inside & wanted:
        return
    if not inside & others:
        yield root
        return
    yield from (p for p in root._parameters.values() if p is not None and id(p) in wanted)
    for child in root.children():
        yield from topmost(child, wanted, others)
