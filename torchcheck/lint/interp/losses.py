"""Losses: the fact of how one is fed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.facts.loss import Activation, Loss, LossFed
from torchcheck.lint import ir
from torchcheck.lint.fixes import drop_activation
from torchcheck.lint.interp import cuts
from torchcheck.lint.interp.join import plain
from torchcheck.lint.interp.origins import computed_by_model
from torchcheck.lint.interp.softmaxes import note_fed
from torchcheck.lint.interp.tensors import deps_of
from torchcheck.lint.interp.torch_values import ByHand, Criterion, Tensor
from torchcheck.lint.interp.values import UNKNOWN, Cells, Const, Value

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_LONGEST_NAME = 60


def call_criterion(m: Machine, criterion: Criterion, site: CallSite) -> Value:
    """Call an instance of a loss class."""
    return feed(m, criterion.loss, criterion.spelling, site, criterion.arguments)


def call_functional(m: Machine, loss: Loss, site: CallSite) -> Value:
    """Call a loss of `torch.nn.functional`."""
    return feed(m, loss, m.text(site.node.func), site, site.keywords)


def feed(m: Machine, loss: Loss, spelling: str, site: CallSite, options: Cells) -> Value:
    """Note how a loss is fed; the answer is the loss tensor."""
    fed = plain(site.arg(0, "input") or UNKNOWN)
    target = plain(site.arg(1, "target") or UNKNOWN)
    m.use(target)
    given = fed if isinstance(fed, Tensor) else Tensor()
    wanted = target if isinstance(target, Tensor) else Tensor()
    judged = given.activation is not Activation.UNKNOWN or (given.shape is not None and wanted.shape is not None)
    m.tally.loss(m.frame.file, site.node.node, judged=judged)
    _report(m, loss, spelling, site, given, wanted, options)
    note_fed(m, given, spelling)
    reduction = options.get("reduction")
    whole = reduction is None or (isinstance(reduction, Const) and reduction.value in ("mean", "sum"))
    result = Tensor(shape=() if whole else None, deps=deps_of(fed) | deps_of(target))
    m.history.losses[id(result)] = result
    return cuts.fed(fed, target, (site.expr(0, "input"), site.expr(1, "target")), result)


def _report(
    m: Machine, loss: Loss, spelling: str, site: CallSite, given: Tensor, target: Tensor, options: Cells
) -> None:
    applied = given.applied
    expr = site.expr(0, "input")
    inline = applied is not None and expr is not None and applied.place.node is expr.node
    if applied is not None and inline:
        expr = applied.argument or expr
    fact = LossFed(
        loss=loss,
        spelling=spelling,
        place=m.place(site.node),
        activation=given.activation,
        beneath=given.beneath,
        applied_at=applied.place if applied is not None and not inline else None,
        module=applied.module if applied is not None else None,
        input_name=_name(m, expr),
        input_shape=given.shape,
        target_shape=target.shape,
        classes=given.width,
        target_activation=target.activation,
        target_name=_name(m, site.expr(1, "target")),
        log_target=_log_target(options),
        input_learns=computed_by_model(plain(site.arg(0, "input") or UNKNOWN), site.expr(0, "input")),
        target_learns=computed_by_model(plain(site.arg(1, "target") or UNKNOWN), site.expr(1, "target")),
        drop_activation=drop_activation(m.frame.file, applied, site.node),
    )
    m.facts.losses.append((m.frame.file, fact))


def _log_target(options: Cells) -> bool | None:
    value = options.get("log_target", Const(False))
    return bool(value.value) if isinstance(value, Const) else None


def report_by_hand(m: Machine, formula: ByHand) -> None:
    """A loss written by hand is one when it is backpropagated."""
    fact = LossFed(
        loss=Loss.BY_HAND,
        spelling="a loss written by hand",
        place=formula.place,
        input_name=formula.name,
        input_shape=formula.input_shape,
        target_shape=formula.target_shape,
    )
    m.facts.losses.append((formula.place.file, fact))


def _name(m: Machine, expr: ir.Expr | None) -> str | None:
    if expr is None:
        return None
    text = m.text(expr)
    return text if len(text) <= _LONGEST_NAME else None
