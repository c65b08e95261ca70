"""How the user calls tensors, modules and optimizers. Nothing is looked up before a finding needs it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any
from weakref import ref

from torchcheck.finding import Span
from torchcheck.probe.frames import caller_place, is_user_file, user_frames
from torchcheck.probe.source import argument, assigned_to, callee, method, receiver

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn


class Names:
    """Names for the things that findings speak of: `net.fc1.weight`, `net.fc1`, `optimizer`.

    Roots are the modules that were called from outside every module. Only weak references are kept.
    """

    def __init__(self) -> None:
        self._roots: dict[int, tuple[ref[nn.Module], Span | None]] = {}
        self._parts: dict[int, tuple[ref[Any], str]] = {}
        self._built: dict[int, tuple[ref[torch.optim.Optimizer], Span]] = {}
        self._stepped: dict[int, tuple[ref[torch.optim.Optimizer], tuple[Span, bool]]] = {}
        self._known: dict[int, tuple[ref[Any], str]] = {}

    def saw_root(self, module: nn.Module) -> None:
        """A module was called from outside every module."""
        known = self._roots.get(id(module))
        if known is None or known[0]() is not module:
            self._roots[id(module)] = (ref(module), caller_place())

    def saw_built(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        """An optimizer was constructed."""
        self._built[id(optimizer)] = (ref(optimizer), place)

    def knows_step(self, optimizer: torch.optim.Optimizer) -> bool:
        """Whether `saw_step` has been told of an optimizer."""
        known = self._stepped.get(id(optimizer))
        return known is not None and known[0]() is optimizer

    def saw_step(self, optimizer: torch.optim.Optimizer, place: Span, *, by_scaler: bool) -> None:
        """An optimizer steps, or is given to the scaler that steps it."""
        self._stepped[id(optimizer)] = (ref(optimizer), (place, by_scaler))

    def roots(self) -> list[nn.Module]:
        """The roots that are alive, those with most modules first."""
        alive = [module for module in (reference() for reference, _ in self._roots.values()) if module is not None]
        return sorted(alive, key=lambda module: -sum(1 for _ in module.modules()))

    def tensor(self, tensor: Tensor) -> str:
        """The dotted name of a parameter or buffer; its shape where it belongs to no known module."""
        return self._part(tensor) or self._variable(tensor) or f"a parameter of shape {tuple(tensor.shape)}"

    def module(self, module: nn.Module) -> str:
        """The dotted path of a module with the user's name of its root; its class name where that is not known."""
        return self._part(module) or self._variable(module) or type(module).__name__

    def optimizer(self, optimizer: torch.optim.Optimizer) -> str:
        """The user's name of an optimizer; its class name where that is not known."""
        return self._optimizer_in_source(optimizer) or self._variable(optimizer) or type(optimizer).__name__

    def root_name(self, root: nn.Module) -> str:
        """The user's name of a root; its class name where that is not known."""
        place = self._roots.get(id(root), (None, None))[1]
        called = callee(place) if place is not None else None
        if called is not None and not called.startswith("super("):
            return called
        return self._variable(root) or type(root).__name__

    def variable(self, thing: Any) -> str | None:
        """The user's name of anything that can be referred to weakly; None where no variable holds it."""
        return self._variable(thing)

    def _part(self, thing: Any) -> str | None:
        known: str | None = _alive(self._parts, thing)
        if known is None:
            for root in reversed(self.roots()):
                self._index(root)
            known = _alive(self._parts, thing)
        return known

    def _index(self, root: nn.Module) -> None:
        name = self.root_name(root)
        parts: list[tuple[str, Any]] = [*root.named_modules()]
        parts += root.named_parameters()
        parts += root.named_buffers()
        for path, part in parts:
            path = path.replace("_orig_mod.", "").removesuffix("_orig_mod")
            self._parts[id(part)] = (ref(part), f"{name}.{path}" if path else name)

    def _optimizer_in_source(self, optimizer: torch.optim.Optimizer) -> str | None:
        stepped = _alive(self._stepped, optimizer)
        if stepped is not None and method(stepped[0]) == "step" and is_user_file(stepped[0].filename):
            place, by_scaler = stepped
            return argument(place, 0, "optimizer") if by_scaler else receiver(place)
        place = _alive(self._built, optimizer)
        return assigned_to(place) if place is not None else None

    def _variable(self, thing: Any) -> str | None:
        """The name of a variable that holds `thing`, or of an attribute of `self`, or of a module in a variable."""
        known: str | None = _alive(self._known, thing)
        if known is None:
            known = _find_variable(thing)
            if known is not None:
                self._known[id(thing)] = (ref(thing), known)
        return known


def _alive(table: dict[int, tuple[ref[Any], Any]], thing: Any) -> Any:
    reference, value = table.get(id(thing), (None, None))
    return value if reference is not None and reference() is thing else None


def _find_variable(thing: Any) -> str | None:
    for name, value in variables():
        if value is thing:
            return name
    for name, value in variables():
        path = _path_within(value, thing)
        if path is not None:
            return f"{name}.{path}"
    return None


def _path_within(holder: Any, thing: Any) -> str | None:
    """The dotted path of a tensor or module within a module."""
    if "torch" not in sys.modules:
        return None
    from torch import Tensor, nn

    if not isinstance(holder, nn.Module):
        return None
    parts = holder.named_parameters() if isinstance(thing, Tensor) else holder.named_modules()
    return next((path for path, part in parts if part is thing and path), None)


def variables() -> Iterator[tuple[str, Any]]:
    """The variables that the user's running functions see, innermost function first, then those of the script."""
    namespaces: list[dict[str, Any]] = []
    for frame in user_frames():
        namespaces += _namespaces(frame)
    main = sys.modules.get("__main__")
    namespaces.append(vars(main) if main is not None else {})
    seen: set[int] = set()
    for namespace in namespaces:
        if id(namespace) not in seen:
            seen.add(id(namespace))
            yield from [(name, value) for name, value in namespace.items() if not name.startswith("__")]


def _namespaces(frame: FrameType) -> list[dict[str, Any]]:
    found = []
    if frame.f_code.co_name != "<module>":
        local = _locals(frame)
        found.append(local)
        owner = local.get("self")
        attributes = getattr(owner, "__dict__", None)
        if isinstance(attributes, dict):
            attributes = {**attributes, **attributes.get("_modules", {}), **attributes.get("_parameters", {})}
            found.append({f"self.{name}": value for name, value in attributes.items()})
    found.append(frame.f_globals)
    return found


_KEEPS_LOCALS = {"locals", "vars", "dir", "eval", "exec"}


def _locals(frame: FrameType) -> dict[str, Any]:
    """A copy of a frame's local variables that leaves nothing behind.

    Before Python 3.13 reading them makes a dictionary that lives as long as the frame, and with it every tensor in it;
    it is emptied again unless the function asks for its own.
    """
    view = frame.f_locals
    found = dict(view)
    clear: Callable[[], None] | None = getattr(view, "clear", None)
    if sys.version_info < (3, 13) and clear is not None and not _KEEPS_LOCALS & set(frame.f_code.co_names):
        clear()
    return found
