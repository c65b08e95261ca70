"""What was known of the call that raised: the user's line, the module, the tensors that met."""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from torchcheck.facts.crash import Crash
from torchcheck.facts.layer import TensorInfo
from torchcheck.finding import Span
from torchcheck.probe.frames import UNKNOWN_PLACE, is_hidden_file, is_user_file, place_at
from torchcheck.probe.layers import tensor_info
from torchcheck.probe.observer import Observer

_MOST_TENSORS = 12
_PASSED_ON = ("_call_impl", "_wrapped_call_impl", "_slow_forward")


class Crashes(Observer):
    """Records a `Crash` fact for the exception that ended the watched code, which it never touches."""

    facts: ClassVar[tuple[str, ...]] = ("crash",)

    def crashed(self, error: BaseException) -> None:
        if not isinstance(error, Exception):
            return
        frames = list(_entries(error.__traceback__))
        module = _innermost_module(frames)
        place = _user_place(frames)
        self.session.report(
            self.session.judge.crash(
                Crash(
                    kind=type(error).__name__,
                    text=str(error),
                    place=place,
                    function=_function(frames),
                    module=None if module is None else self.session.names.module(module),
                    module_kind=None if module is None else type(module).__name__,
                    tensors=_tensors(frames, module),
                    step=self.session.step,
                    is_explained=place == self.session.explained,
                )
            )
        )


def _entries(traceback: TracebackType | None) -> Iterator[TracebackType]:
    """The entries of a traceback, outermost first."""
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _user_place(entries: list[TracebackType]) -> Span:
    """The user's innermost line; the innermost outside torch where the user's code isn't among them."""
    for wanted in (is_user_file, lambda name: not is_hidden_file(name)):
        for entry in reversed(entries):
            if wanted(entry.tb_frame.f_code.co_filename):
                return place_at(entry.tb_frame.f_code, entry.tb_lasti, entry.tb_lineno)
    return UNKNOWN_PLACE


def _torch_frames(entries: list[TracebackType]) -> list[FrameType]:
    """The frames of torch below the user's innermost one, innermost first."""
    frames = []
    for entry in reversed(entries):
        if is_user_file(entry.tb_frame.f_code.co_filename):
            break
        if entry.tb_frame.f_globals.get("__name__", "").startswith("torch."):
            frames.append(entry.tb_frame)
    return frames


def _function(entries: list[TracebackType]) -> str:
    """The torch function that was called last; an optimizer's `step`, whatever it called in turn."""
    frames = _torch_frames(entries)
    for frame in frames:
        owner = frame.f_locals.get("self")
        if isinstance(owner, torch.optim.Optimizer) and frame.f_code.co_name == "step":
            return f"{type(owner).__module__}.{type(owner).__qualname__}.step"
    for frame in frames:
        if frame.f_code.co_name not in _PASSED_ON:
            return f"{frame.f_globals['__name__']}.{getattr(frame.f_code, 'co_qualname', frame.f_code.co_name)}"
    return ""


def _innermost_module(entries: list[TracebackType]) -> nn.Module | None:
    for entry in reversed(entries):
        owner = entry.tb_frame.f_locals.get("self")
        if isinstance(owner, nn.Module) and entry.tb_frame.f_code.co_name not in ("__init__", "_apply"):
            return owner
    return None


def _tensors(entries: list[TracebackType], module: nn.Module | None) -> tuple[TensorInfo, ...]:
    """What met there: the arguments of the innermost frame that has tensors, and the module's own weights."""
    found: dict[str, TensorInfo] = {}
    for entry in reversed(entries):
        frame = entry.tb_frame
        if frame.f_globals.get("__name__", "").startswith("torch._"):
            continue  # what torch makes of the call calls it other names
        names = frame.f_code.co_varnames[: frame.f_code.co_argcount]
        _collect(found, [(name, frame.f_locals.get(name)) for name in names if name != "self"])
        if found or frame.f_locals.get("self") is module is not None or is_user_file(frame.f_code.co_filename):
            break
    if module is not None:
        _collect(found, [*module._parameters.items(), *module._buffers.items()], own=True)
    return tuple(found.values())[:_MOST_TENSORS]


def _collect(found: dict[str, TensorInfo], values: list[tuple[str, Any]], own: bool = False) -> None:
    """Add the tensors; the first argument of a forward is its input, whatever its name."""
    for name, value in values:
        if not isinstance(value, Tensor):
            continue
        if own and "weight" not in found and value.dim() > 0 and name.startswith("weight"):
            name = "weight"
        elif not own and not found and name not in ("target", "weight"):
            name = "input"
        found.setdefault(name, tensor_info(name, value))
