"""Whether a model computed a value: told by what it depends on, and where that is not known by how it is called."""

from __future__ import annotations

from torchcheck.facts.loss import Activation
from torchcheck.lint import ir
from torchcheck.lint.interp.torch_values import Tensor
from torchcheck.lint.interp.values import Value
from torchcheck.patterns import pattern

_PREDICTION = pattern(
    r"(?i)^(model_?)?(outputs?|out|outs|preds?|predictions?|predicted|prediction|logits?|y_?(pred|hat)\w*|pred_\w+)$"
)
_TARGET = pattern(
    r"(?i)^(y|ys|y_?(true|train|batch|real|target)|batch_?y|(true|real|class|gt)_?(labels?|targets?)|labels?|targets?|"
    r"tgt|gt|ground_?truth)$"
)
_MODEL = pattern(r"(?i)^(self|model|net|network|classifier|discriminator|netd|my_?(model|net))$")
_KEEPS_ORIGIN = pattern(
    r"(?i)sigmoid|softmax|squeeze|view|reshape|float|long|to$|cuda|cpu|flatten|clamp|double|^(sum|mean)$"
)


def computed_by_model(value: Value, expr: ir.Expr | None) -> bool | None:
    """Whether gradients flow from a value into a model; None where neither flow nor names tell."""
    if isinstance(value, Tensor):
        if value.deps - {0}:
            return True
        if not value.deps:
            return False if value.activation is Activation.UNKNOWN else None
    return _by_name(expr)


def _by_name(expr: ir.Expr | None) -> bool | None:
    """What its name says; views, casts and activations around it change nothing."""
    if isinstance(expr, ir.Attribute):
        return _by_name(expr.value) if expr.attr == "data" else None
    if isinstance(expr, ir.Name):
        return True if _PREDICTION.search(expr.id) else False if _TARGET.search(expr.id) else None
    if not isinstance(expr, ir.Call):
        return None
    func = expr.func
    if isinstance(func, ir.Name) and _MODEL.search(func.id):
        return True
    if not isinstance(func, ir.Attribute) or not _KEEPS_ORIGIN.search(func.attr):
        return None
    of_library = isinstance(func.value, ir.Name) and func.value.id in ("torch", "F")
    return _by_name(expr.args[0].value if of_library and expr.args else func.value)
