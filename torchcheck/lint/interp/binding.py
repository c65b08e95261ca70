"""Arguments bound to parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.lint import ir
from torchcheck.lint.interp.names import at_top_level
from torchcheck.lint.interp.values import Cells, Function, Mapping, Symbol, Unknown, Value, sequence

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine


def bind_arguments(m: Machine, function: Function, site: CallSite) -> Cells:
    """The local names that a call starts with."""
    params = function.definition.params
    args = [function.bound, *site.args] if function.bound is not None else list(site.args)
    keywords = dict(site.keywords)
    cells: Cells = {}
    for index, param in enumerate(params.positional):
        if index < len(args):
            cells[param.name] = _named(args[index], param.name)
        else:
            cells[param.name] = _from_keyword(m, function, param, keywords, site.open)
    for param in params.keyword_only:
        cells[param.name] = _from_keyword(m, function, param, keywords, site.open)
    if params.star is not None:
        cells[params.star] = sequence("tuple", args[len(params.positional) :], site.open)
    if params.double_star is not None:
        cells[params.double_star] = Mapping(dict(keywords), site.open)
    return cells


def _from_keyword(
    m: Machine, function: Function, param: ir.Parameter, keywords: dict[str, Value], is_open: bool
) -> Value:
    if param.name in keywords:
        return _named(keywords.pop(param.name), param.name)
    if param.default is None or is_open:
        return Symbol(param.name)
    with at_top_level(m, function.scope):
        return m.eval(param.default)


def _named(value: Value, name: str) -> Value:
    return Symbol(name) if isinstance(value, Unknown) else value
