"""What becomes of weights: state dicts that are kept, saved and loaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.facts.checkpoint import ModuleSaved, StateKept, StateLoaded
from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.fixes import deepcopied
from torchcheck.lint.interp.events import Happening, flat
from torchcheck.lint.interp.join import options_of
from torchcheck.lint.interp.modes import is_model
from torchcheck.lint.interp.spelling import last_part, spell
from torchcheck.lint.interp.torch_values import MODE, Module, StateDict
from torchcheck.lint.interp.values import UNKNOWN, ExternalObject, Instance, Mapping, Symbol, Value
from torchcheck.lint.source import SourceFile
from torchcheck.patterns import pattern

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

FROM_FILE = "torch.load()"
"""The name of what was read from a file; of its items it is the beginning of the name."""
_BEST = pattern(r"(?i)best")
_MODEL_NAME = pattern(r"(?i)model|net(work)?\d*$|encoder|decoder|classifier|backbone|module|student")
_HANDLES_NAMES = pattern(
    r"\.pop\(|\bdel \w+\[|missing|unexpected|incompatible|\bif k\w* in |lora|adapter|peft|startswith"
)


def take(m: Machine, model: Value, site: CallSite) -> Value:
    """`model.state_dict()`: the weights themselves, no copy."""
    func = site.node.func
    if site.args or site.keywords or not isinstance(func, ir.Attribute) or not _is_weights(model, func):
        return UNKNOWN
    key = ("state", site.node, id(model))
    state: StateDict | None = m.memory.get(key)
    if state is None:  # one for all turns of a loop
        m.memory[key] = state = StateDict(model, m.text(func.value), m.place(site.node), (), 0)
        m.states.append(state)
    state.loops, state.forks = tuple(m.looping), m.forks
    return state


def keep(m: Machine, target: ir.Expr, value: Value) -> None:
    """A state dict, or a dictionary with one in it, gets a name."""
    for state in _states_in(value):
        name = spell(target)
        if not state.name and name and state.model is not None:
            state.name, state.attribute = name, isinstance(target, ir.Attribute)


def use(m: Machine, value: Value | None, site: CallSite, loaded_into: Value | None = None) -> None:
    """A state dict is saved, loaded, or given to something that is not followed."""
    for state in _states_in(value) if value is not None else ():
        state.used = True
        left = [loop for loop in state.loops if not any(loop is other for other in m.looping)]
        if not left or not any(_learns(loop.events) for loop in left):
            continue
        chosen = state.forks > left[0].forks or _BEST.search(state.name) or loaded_into is state.model
        if chosen and state.stale_at is None:
            state.stale_at = m.place(site.node)


def load(m: Machine, model: Value, site: CallSite, name: str) -> None:
    """`model.load_state_dict(...)`."""
    given = site.arg(0, "state_dict")
    use(m, given, site, model)
    ignored = isinstance(m.statement, ir.ExprStmt) and m.statement.value is site.node
    from_file = isinstance(given, Symbol) and given.name.startswith(FROM_FILE)
    if from_file and not _HANDLES_NAMES.search(m.frame.file.text):
        strict = site.const(1, "strict")
        known = True if site.arg(1, "strict") is None else strict if isinstance(strict, bool) else None
        fact = StateLoaded(place=m.place(site.node), model=name, strict=known, ignored=ignored)
        m.facts.told.append(("state_loaded", m.frame.file, fact))


def loads_best(site: CallSite) -> bool:
    """`model.load_state_dict(best_weights)`: a training gives back the best weights that it has seen of this model."""
    given = site.arg(0, "state_dict")
    from_file = isinstance(given, Symbol) and given.name.startswith(FROM_FILE)
    return not from_file and _BEST.search(last_part(spell(site.expr(0, "state_dict")))) is not None


def save(m: Machine, name: str, site: CallSite) -> Value:
    """`torch.save`."""
    m.use(*site.values())
    given, expr = site.arg(0, "obj"), site.expr(0, "obj")
    use(m, given, site)
    items = list(given.cells.values()) if isinstance(given, Mapping) else [given]
    whole = next((item for item in items if _is_module(m, item)), None)
    buffer = site.arg(1, "f") == ExternalObject("io.BytesIO")
    in_memory = buffer and isinstance(site.expr(1, "f"), ir.Name)  # for a copy, or to send it on
    if whole is not None and expr is not None and not in_memory:
        text = (m.text(expr) if whole is given else _named(whole)) or "the model"
        m.facts.told.append(("module_saved", m.frame.file, ModuleSaved(place=m.place(site.node), model=text)))
    return UNKNOWN


def from_file(m: Machine, name: str, site: CallSite) -> Value:
    """`torch.load`."""
    m.use(*site.values())
    return Symbol(FROM_FILE)


def kept_states(m: Machine) -> Iterator[tuple[SourceFile, StateKept]]:
    """The state dicts that were kept while their model trained on, as far as that shows."""
    for state in m.states:
        unseen = not state.used and _BEST.search(state.name) and (state.attribute or state.loops)
        if state.stale_at is not None or unseen:
            file = state.place.file
            fact = StateKept(
                place=state.place,
                model=state.text,
                name=state.name or "it",
                used_at=state.stale_at,
                copy=deepcopied(file, state.place.node),
            )
            yield file, fact


def _states_in(value: Value) -> Iterator[StateDict]:
    for option in options_of(value):
        if isinstance(option, StateDict):
            yield option
        elif isinstance(option, Mapping):
            yield from (item for item in option.cells.values() if isinstance(item, StateDict))


def _is_weights(model: Value, func: ir.Attribute) -> bool:
    if isinstance(model, Symbol):
        return MODE in model.cells or _MODEL_NAME.search(last_part(spell(func.value))) is not None
    return isinstance(model, Module) or (isinstance(model, Instance) and is_model(model))


def _learns(events: list[object]) -> bool:
    learning = (Act.BACKWARD, Act.STEP, Act.UNKNOWN)
    return any(isinstance(event, Happening) and event.act in learning for event in flat(events))  # type: ignore[arg-type]


def _is_module(m: Machine, value: Value | None) -> bool:
    if isinstance(value, Module | Instance) and value.number in m.scripted:
        return False
    return isinstance(value, Module) or (isinstance(value, Instance) and is_model(value))


def _named(value: Value) -> str:
    return (value.name or "") if isinstance(value, Module | Instance) else ""


def scripted(m: Machine, name: str, site: CallSite) -> Value:
    """`torch.jit.script(model)`: what it gives is made to be saved whole."""
    given = site.args[0] if site.args else UNKNOWN
    if isinstance(given, Module | Instance):
        m.scripted.add(given.number)
    return given
