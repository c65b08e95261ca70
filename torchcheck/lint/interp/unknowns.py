"""What happens at calls that are not followed: told by their names, and by what they are given.

What is handed an optimizer may step or clear it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.interp import by_hand, cuts
from torchcheck.lint.interp.events import Handed
from torchcheck.lint.interp.generators import generator, give
from torchcheck.lint.interp.join import options_of
from torchcheck.lint.interp.modes import hand_over, set_unseen_mode
from torchcheck.lint.interp.optimizers import (
    HOOKS,
    backward,
    optimizer_of,
    run_closure,
    scaled,
    step_given,
    unscale_given,
)
from torchcheck.lint.interp.ownership import owners_of
from torchcheck.lint.interp.shapes import shape_after
from torchcheck.lint.interp.softmaxes import note_call
from torchcheck.lint.interp.spelling import last_part, spell
from torchcheck.lint.interp.states import load, take, use
from torchcheck.lint.interp.tensors import activated, learnable
from torchcheck.lint.interp.torch_values import ANYTHING, NOTHING, Module, Optimizer, Parameters, Tensor
from torchcheck.lint.interp.values import UNKNOWN, Instance, Mapping, Method, Sequence, Symbol, Value, sequence
from torchcheck.lint.torch_tables import (
    CAST_METHODS,
    CLIPPERS,
    ENGINE_NAME,
    FUNCTION_ACTIVATIONS,
    OPTIMIZER_NAME,
    SAVES_OR_SHOWS,
    SCALER_NAME,
    SCHEDULER_NAME,
    SHAPING_METHODS,
    STEPPERS,
)
from torchcheck.patterns import pattern
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_CLEARING = pattern(r"(?i)zero.*grad|clear.*grad|reset.*grad|grad.*(zero|clear|reset)|optimizer_zero_grad")
_STEPPING = pattern(r"(?i)optim|train_?step|backward|step|update_(param|weight|model|net)|do_update")
_WRAPS_BACKWARD = pattern(r"(?i)accelerat|fabric|strategy|scaler|^amp|optim|trainer|plugin|^self$|precision|backend")
_INPUT_NAME = pattern(r"(?i)^(x|x_?adv\w*|adv\w*|im(g|age)s?|inputs?|data|delta|perturb\w*|noise|z|batch|samples?)$")
_LOSS_OR_MODEL = pattern(r"(?i)loss|model|net|criterion|objective|cost|energy|^l$|actor|critic|generator|trainer")
_KEEPS_RECORD = words("append update add add_scalar add_scalars set_postfix set_description write item format round")
_KEEPS = words("to cuda cpu train eval float double half bfloat16 requires_grad_ module to_device")


def unknown_method(m: Machine, receiver: Value, func: ir.Attribute, site: CallSite) -> Value:
    """A method of something that is not followed: told by its name, and by what it is given."""
    name, text = func.attr, spell(func.value)
    owner = last_part(text)
    m.use(*site.values())
    hand_over(m, name, site)
    if name == "state_dict":
        return take(m, receiver, site)
    if name == "load_state_dict":
        load(m, receiver, site, text or "the model")
    else:
        for value in site.values():
            use(m, value, site)
    if name in ("train", "eval"):
        set_unseen_mode(m, receiver, name, site)
    if name in ("backward", "manual_backward"):
        return _unknown_backward(m, name, owner, site)
    if name == "zero_grad":
        return _unknown_clear(m, receiver, func, owner, site)
    if name == "step":
        return _unknown_step(m, receiver, func, owner, site)
    if name in ("scale", "scale_loss") and site.args and (SCALER_NAME.search(owner) or name == "scale_loss"):
        return scaled(site.args[0]) if name == "scale" else site.args[0]
    if name in ("unscale_", "update") and SCALER_NAME.search(owner):
        return _unknown_scaler(m, name, text, site)
    if name in CLIPPERS:  # of a framework, or of a sharded model: they take the scaler's factor out first
        m.happen(Act.UNSCALE, site.node, certain=False)
        m.happen(Act.CLIP, site.node)
        return UNKNOWN
    if (
        name in ("prepare", "setup", "setup_optimizers", "setup_module", "setup_dataloaders", "initialize")
        and site.args
    ):
        return site.args[0] if len(site.args) == 1 else sequence("tuple", site.args, site.open)
    if by_hand.watch_unknown(m, func, site):
        return receiver
    if name in HOOKS:
        m.hooked = True
    if name == "requires_grad_" and site.const(0, "") is not False:
        cuts.rewrapped(m, "requires_grad_()", site.node, receiver, func.value, cuts=False)
    if name == "requires_grad_" and is_input(func.value):
        return learnable(m, Tensor(deps=NOTHING), func.value)
    if name in _KEEPS and isinstance(receiver, Symbol):
        return receiver
    known = _tensor_method(m, name, func, site)
    marked = cuts.of_unknown(m, name, site, func.value, known or UNKNOWN, method=True)
    if marked is not UNKNOWN:
        return marked
    _side_effects(m, name, site)
    if name == "parameters":
        return generator(m, ANYTHING) if _LOSS_OR_MODEL.search(owner) else Parameters(ANYTHING)
    return UNKNOWN


def is_input(expr: ir.Expr) -> bool:
    """Whether a name is one of those that inputs have."""
    return isinstance(expr, ir.Name) and _INPUT_NAME.search(expr.id) is not None


def _tensor_method(m: Machine, name: str, func: ir.Attribute, site: CallSite) -> Value | None:
    """A method by whose name the receiver must be a tensor."""
    activation = FUNCTION_ACTIVATIONS.get(name)
    if activation is not None:
        applied = m.applied(site.node, "method", func.value)
        note_call(m, activation, site, 0, UNKNOWN, applied)
        return activated(m, activation, UNKNOWN, applied)
    if name in ("view", "reshape", "flatten", "ravel"):
        shape = shape_after(name, None, site)
        return Tensor(shape=shape) if shape is not None else None
    if name in ("detach", "argmax"):
        return Tensor(deps=NOTHING)
    return Tensor() if name in SHAPING_METHODS | CAST_METHODS and name in ("permute", "squeeze", "unsqueeze") else None


def _unknown_backward(m: Machine, name: str, owner: str, site: CallSite) -> Value:
    if site.args and name == "backward":
        if _WRAPS_BACKWARD.search(owner):
            return backward(m, site, site.args[0])
        if ENGINE_NAME.search(owner):
            m.happen(Act.UNKNOWN, site.node)
            return UNKNOWN
        return backward(m, site, None)
    return backward(m, site, site.arg(0, "loss") if name == "manual_backward" else None)


def _unknown_clear(m: Machine, receiver: Value, func: ir.Attribute, owner: str, site: CallSite) -> Value:
    if OPTIMIZER_NAME.search(owner):
        optimizer = optimizer_of(m, receiver, func.value)
        m.happen(Act.CLEAR, site.node, optimizer, text=m.text(func.value))
    else:
        m.happen(Act.CLEAR, site.node, certain=False)
    return UNKNOWN


def _unknown_step(m: Machine, receiver: Value, func: ir.Attribute, owner: str, site: CallSite) -> Value:
    if SCALER_NAME.search(owner) and site.args:
        step_given(m, site, m.text(func.value))
    elif SCHEDULER_NAME.search(owner):
        m.happen(Act.SCHEDULE, site.node)
    elif OPTIMIZER_NAME.search(owner):
        run_closure(m, site.arg(0, "closure"), site.node)
        optimizer = optimizer_of(m, receiver, func.value)
        m.happen(Act.STEP, site.node, optimizer, text=m.text(func.value), scaled=False)
    elif not STEPPERS.search(owner):
        m.happen(Act.UNKNOWN, site.node)
    return UNKNOWN


def _unknown_scaler(m: Machine, name: str, text: str, site: CallSite) -> Value:
    if name == "update":
        m.happen(Act.UPDATE_SCALE, site.node, scaler=text)
    else:
        unscale_given(m, site, text)
    return UNKNOWN


def unknown_call(m: Machine, func: Value, site: CallSite) -> Value:
    """A call of a function that is not followed."""
    m.use(*site.values())
    name = last_part(spell(site.node.func))
    hand_over(m, name, site)
    for value in site.values():
        use(m, value, site)
    _side_effects(m, name, site)
    return cuts.unknown_loss(site, name, UNKNOWN)


def framework_method(m: Machine, receiver: Value, func: Method, site: CallSite) -> Value:
    """A method that a class of the project has from a base that is not known: a framework's, often."""
    from torchcheck.lint.interp.classes import has_unknown_base

    m.use(*site.values())
    if func.name == "optimizers":
        return m.memory.setdefault(("optimizers", receiver), Symbol("optimizer"))  # type: ignore[no-any-return]
    if func.name == "manual_backward":
        return backward(m, site, site.arg(0, "loss"))
    if isinstance(receiver, Instance) and has_unknown_base(receiver.cls):
        _side_effects(m, func.name, site)
    return UNKNOWN


def _side_effects(m: Machine, name: str, site: CallSite) -> None:
    """What a call that is not followed may do to gradients, by its name and by what it is given."""
    if name in HOOKS:
        m.hooked = True
    for value in site.values():
        give(m, value)
    if any(SCALER_NAME.search(part) for part in _names_given(site)):
        m.happen(Act.UPDATE_SCALE, site.node, certain=False)
    if _CLEARING.search(name):
        m.happen(Act.CLEAR, site.node, certain=False)
        return
    given = [optimizer for value in site.values() for optimizer in _optimizers_in(value)]
    if SAVES_OR_SHOWS.search(name):
        return
    for value in site.values():
        m.ownership.handled |= owners_of(value)
    if name not in _KEEPS_RECORD and (given or _is_handed_a_loss(site)):
        m.events.append(Handed())
    for optimizer in given:
        m.happen(Act.UNKNOWN, site.node, optimizer)
    named = any(OPTIMIZER_NAME.search(part) for part in _names_given(site))
    if not given and (named or _STEPPING.search(name)):
        m.happen(Act.UNKNOWN, site.node)


def _is_handed_a_loss(site: CallSite) -> bool:
    """Whether a call is given a loss or a model, by the names that they have or by what is known of them."""
    known = any(isinstance(value, Module | Instance | Parameters) for value in site.values())
    return known or any(_LOSS_OR_MODEL.search(name) for name in _names_given(site))


def _optimizers_in(value: Value) -> list[Optimizer]:
    found: list[Optimizer] = []
    for option in options_of(value):
        if isinstance(option, Optimizer):
            found.append(option)
        elif isinstance(option, Sequence):
            found += [optimizer for item in option.items for optimizer in _optimizers_in(item)]
        elif isinstance(option, Mapping | Instance):
            found += [item for item in option.cells.values() if isinstance(item, Optimizer)]
    return found


def _names_given(site: CallSite) -> list[str]:
    exprs = [*site.exprs, *site.keyword_exprs.values()]
    return [last_part(text) for expr in exprs if (text := spell(expr))]
