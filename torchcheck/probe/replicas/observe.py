"""Notes checksums of the parameters, step by step, where several ranks train. No rank waits for another."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from typing import Any, ClassVar
from weakref import WeakKeyDictionary, ref

import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from torchcheck.finding import Span
from torchcheck.probe.frames import frame_place, user_frames
from torchcheck.probe.observer import Observer
from torchcheck.probe.replicas.exchange import EXCHANGES
from torchcheck.probe.replicas.measure import is_whole, measured
from torchcheck.probe.session import Session

_STEPS = frozenset((0, 1, 2, 3, 5, 8, *(digit * 10**zeros for zeros in range(1, 8) for digit in (1, 2, 5))))
"""Steps on which parameters are measured, where they are sampled at all."""

_SMALL = 1000  # numbers: what people average of a metric are fewer
_MOST_SIZES = 100


@dataclass(frozen=True, slots=True)
class _Replica:
    """A model that other ranks should have, too.

    Attributes:
        model: it.
        wrapper: the `DistributedDataParallel` around it.
    """

    model: nn.Module
    wrapper: DistributedDataParallel | None


class Replicas(Observer):
    """Notes what `torchcheck.ranks.compare` compares, before a step uses the gradients."""

    facts: ClassVar[tuple[str, ...]] = ("replicas",)
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._noted = -1
        self._called: WeakKeyDictionary[nn.Module, Span] = WeakKeyDictionary()
        self._wrappers: list[ref[DistributedDataParallel]] = []
        self._shares_data = self._is_edited = False
        self._sizes: set[int] = set()
        self._after: dict[int, tuple[int, float | None, float | None]] = {}
        if session.keeps_notes:
            EXCHANGES.listen(self._exchanged)
        else:
            session.mute(self, True)

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if torch.is_grad_enabled():
            self._called[module] = _calling_place(module) or self.session.user_place()

    def loader_began(self, loader: Any, iterator: Any, place: Span) -> None:
        sampler = getattr(loader, "sampler", None)
        inner = getattr(getattr(loader, "batch_sampler", None), "sampler", None)
        parts = max(getattr(one, "num_replicas", 1) or 1 for one in (sampler, inner))
        self._shares_data |= isinstance(parts, int) and parts > 1 and parts == _world()

    def before_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        step = self.session.step
        if not self.session.sampled or step == self._noted or step not in _STEPS:
            return
        world = _world()
        if world < 2:
            return
        self._noted = step
        models = [self._note(replica, place, world) for replica in self._replicas(step)]
        self.session.note({"step": step, "rank": torch.distributed.get_rank(), "models": models})

    def after_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        """Remember what the weights are now: if they are others before the next step, somebody averages them."""
        if self._noted != self.session.step or self._noted > 2:
            return
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        values = measured(parameters)
        self._after = {id(p): (self._noted, *value) for p, value in zip(parameters, values, strict=True)}

    def end(self) -> None:
        EXCHANGES.leave(self._exchanged)

    def _exchanged(self, size: int) -> None:
        if self.session.step and len(self._sizes) < _MOST_SIZES:  # what is sent before the first step makes equal
            self._sizes.add(size)

    def _exchanges(self, replica: _Replica) -> bool:
        """Whether the program by itself sends what may be parameters of a model, or gradients, one by one or in one."""
        sizes = [p.numel() for p in replica.model.parameters() if p.dim() > 1] or [1]
        largest = max(self._sizes, default=0)
        if replica.wrapper is None and (largest > _SMALL or largest >= min(sizes)):
            return True
        return self._is_edited or largest >= sum(sizes) / 2 or not self._sizes.isdisjoint(sizes)

    def _replicas(self, step: int) -> list[_Replica]:
        if step <= 2:
            found = [thing for thing in gc.get_objects() if issubclass(type(thing), DistributedDataParallel)]
            self._wrappers = [ref(wrapper) for wrapper in found]
        wrappers = [w for w in (reference() for reference in self._wrappers) if w is not None]
        replicas = [_Replica(wrapper.module, wrapper) for wrapper in wrappers]
        covered = {id(module) for replica in replicas for module in replica.model.modules()}
        for root in self.session.names.roots():
            parts = {id(module) for module in root.modules()}
            if not parts & covered and not _is_sharded(root):
                covered |= parts
                replicas.append(_Replica(root, None))
        return replicas

    def _note(self, replica: _Replica, place: Span, world: int) -> dict[str, Any]:
        model, wrapper = replica.model, replica.wrapper
        ignored = getattr(wrapper, "parameters_to_ignore", ())
        named = [(n, p) for n, p in model.named_parameters() if p.requires_grad and is_whole(p) and n not in ignored]
        values, slopes = measured([p for _, p in named]), measured([p.grad for _, p in named])
        self._is_edited |= any(self._is_written(p, value) for (_, p), value in zip(named, values, strict=True))
        group = list(range(world))
        if wrapper is not None:
            group = torch.distributed.get_process_group_ranks(wrapper.process_group)
        return {
            "identity": [type(model).__name__, [[n, list(p.shape)] for n, p in named].__repr__()],
            "name": self.session.names.module(wrapper or model),
            "group": group,
            "parameters": [[n, *v, *s] for (n, _), v, s in zip(named, values, slopes, strict=True)],
            "wrapped": wrapper is not None,
            "hooked": bool(getattr(wrapper, "_comm_hooks", ())),
            "bypassed": self._bypass(replica),
            "shares_data": self._shares_data,
            "exchanges": self._exchanges(replica),
            "place": _flat(place),
        }

    def _is_written(self, parameter: nn.Parameter, value: tuple[float | None, float | None]) -> bool:
        """Whether a parameter has changed since the last step was over."""
        known = self._after.get(id(parameter))
        return known is not None and known[0] == self._noted - 1 and known[1:] != value

    def _bypass(self, replica: _Replica) -> list[Any] | None:
        """Where the model in a wrapper is called, if the wrapper never is."""
        if replica.wrapper is None or any(replica.wrapper in root.modules() for root in self._called):
            return None
        place = self._called.get(replica.model)
        return None if place is None else _flat(place)


def _calling_place(module: nn.Module) -> Span | None:
    """The user's line that called a module, or a method of it that did."""
    for frame in user_frames():
        code = frame.f_code
        if not code.co_argcount or frame.f_locals.get(code.co_varnames[0]) is not module:
            return frame_place(frame)
    return None


def _world() -> int:
    """How many processes train together; 1 where they have not met."""
    distributed = torch.distributed
    return distributed.get_world_size() if distributed.is_available() and distributed.is_initialized() else 1


def _is_sharded(root: nn.Module) -> bool:
    """Whether parts of a model lie on other ranks."""
    if any(type(module).__name__ == "FullyShardedDataParallel" for module in root.modules()):
        return True
    return any(hasattr(p, "_local_tensor") or getattr(p, "_is_flat_param", False) for p in root.parameters())


def _flat(place: Span) -> list[Any]:
    return [place.filename, *place.start, *place.end]
