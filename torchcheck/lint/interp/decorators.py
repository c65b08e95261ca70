"""What decorators may do around a function: those of the project, and those that nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.lint import ir
from torchcheck.lint.interp.modes import forget_modes_of, is_model
from torchcheck.lint.interp.spelling import last_part, spell
from torchcheck.lint.interp.values import Function, Instance
from torchcheck.lint.torch_tables import NO_GRAD
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_PLAIN = words(
    "staticmethod classmethod property main command record hook override jit compile script option argument dataclass "
    "timer timeit wraps typechecked"
)
_NO_GRAD = frozenset(last_part(known) for known in NO_GRAD)


def has_known_decorators(definition: ir.FunctionDef) -> bool:
    """Whether no decorator of a function can change modes, or whether gradients are recorded."""
    return all(map(_is_plain, definition.decorators))


def _is_plain(decorator: ir.Expr) -> bool:
    name = last_part(spell(decorator.func if isinstance(decorator, ir.Call) else decorator))
    return name in _PLAIN or name in _NO_GRAD


def forget_modes_of_given(m: Machine, function: Function, site: CallSite) -> None:
    """A decorator that is not known may have set the modes of the models that its function is given."""
    given = site.values()
    if isinstance(function.bound, Instance) and not is_model(function.bound):
        given.append(function.bound)
    forget_modes_of(m, given, site.node)
