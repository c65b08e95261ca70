"""One call of a loss: what it is, where, and what it was given."""

from __future__ import annotations

import os
from dataclasses import dataclass
from types import FrameType
from typing import Any
from weakref import ref

from torch import Tensor, nn

from torchcheck.facts.loss import Activation, Loss, Shape
from torchcheck.finding import Span
from torchcheck.probe.activations import last_activation
from torchcheck.probe.frames import caller_place, foreign_frame, user_place
from torchcheck.probe.source import argument, callee

_LOSS_MODULES = os.path.join("torch", "nn", "modules", "loss.py")


@dataclass(frozen=True, slots=True)
class Tag:
    """Which module applied an activation, and where it was called, if the user's own `forward` did that."""

    module: ref[nn.Module]
    place: Span | None


@dataclass(frozen=True, slots=True)
class Call:
    """A loss call; the fields are those of `facts.loss.LossFed`.

    Attributes:
        tag: of the module that applied the activation.
        opaque: name of the graph node that hides what fed the loss.
        direct: the place is the call of the loss itself, not of a library that calls it.
    """

    loss: Loss
    spelling: str
    place: Span
    activation: Activation = Activation.UNKNOWN
    input_shape: Shape | None = None
    target_shape: Shape | None = None
    input_learns: bool | None = None
    target_learns: bool | None = None
    tag: Tag | None = None
    opaque: str | None = None
    direct: bool = False

    def input_name(self) -> str | None:
        """The input as the user writes it."""
        return argument(self.place, 0, "input") if self.direct else None

    def target_name(self) -> str | None:
        """The target as the user writes it."""
        return argument(self.place, 1, "target") if self.direct else None


def read_call(loss: Loss, args: tuple[Any, ...], kwargs: dict[str, Any], key: str) -> Call:
    """Note a call from within it; `key` is that of the tags in the graph's metadata."""
    given = args[0] if args else kwargs.get("input")
    target = args[1] if len(args) > 1 else kwargs.get("target")
    applied = last_activation(given.grad_fn, given.output_nr) if isinstance(given, Tensor) else None
    tag = applied.node.metadata.get(key) if applied is not None and applied.node is not None else None
    place = user_place()
    direct = caller_place() == place
    return Call(
        loss=loss,
        spelling=_spelling(loss, place if direct else None),
        place=place,
        activation=applied.activation if applied is not None else Activation.UNKNOWN,
        input_shape=_shape(given),
        target_shape=_shape(target),
        input_learns=given.requires_grad if isinstance(given, Tensor) else None,
        target_learns=target.requires_grad if isinstance(target, Tensor) else None,
        tag=tag if isinstance(tag, Tag) else None,
        opaque=applied.opaque if applied is not None else None,
        direct=direct,
    )


def _shape(value: Any) -> Shape | None:
    return tuple(int(size) for size in value.shape) if isinstance(value, Tensor) else None


def _spelling(loss: Loss, place: Span | None) -> str:
    frame = foreign_frame()
    module = _loss_module(frame)
    if module is not None:
        kind = type(module)
        return f"nn.{kind.__name__}" if kind.__module__.startswith("torch.nn.") else kind.__name__
    written = callee(place) if place is not None else None
    return written if written is not None and written.split(".")[-1] == loss.value else f"F.{loss.value}"


def _loss_module(frame: FrameType | None) -> Any:
    if frame is None or not frame.f_code.co_filename.endswith(_LOSS_MODULES):
        return None
    return frame.f_locals.get("self")
