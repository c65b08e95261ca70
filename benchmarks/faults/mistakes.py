"""The mistakes, each as a change of the source of a correct program: None where a program has no place for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst
import libcst.matchers as m

Change = Callable[[cst.Module], "cst.Module | None"]


@dataclass(frozen=True)
class Mistake:
    """A mistake.

    Attributes:
        code: the rule that knows it.
        change: puts it into a program.
        also: other rules that may rightly speak: what the mistake leads to.
    """

    code: str
    change: Change
    also: frozenset[str] = frozenset()


# -- changes ---------------------------------------------------------------------------------------------------------


def replaced(matcher: Any, by: Callable[[Any], Any], where: Callable[[str], bool] = lambda code: True) -> Change:
    """Every node that matches becomes another one."""

    def change(module: cst.Module) -> cst.Module | None:
        if not where(module.code):
            return None
        changed = m.replace(module, matcher, lambda node, _: by(node))
        assert isinstance(changed, cst.Module)
        return changed if changed.code != module.code else None

    return change


def without(*statements: Any, where: Callable[[str], bool] = lambda code: True) -> Change:
    """No statement of these."""
    return replaced(_line(m.OneOf(*statements) if len(statements) > 1 else statements[0]), lambda _: _pass(), where)


def behind(moved: Any, anchor: Any) -> Change:
    """The statement comes right behind the other one."""

    def change(module: cst.Module) -> cst.Module | None:
        found = m.findall(module, _line(moved))
        if not found or not m.findall(module, _line(anchor)):
            return None
        taken = m.replace(module, _line(moved), lambda node, _: _pass())
        assert isinstance(taken, cst.Module)
        statement = found[0]
        assert isinstance(statement, cst.SimpleStatementLine)
        return inserted(anchor, [cst.Module([statement.with_changes(leading_lines=[])]).code.strip()])(taken)

    return change


def inserted(anchor: Any, lines: Sequence[str], *, before: bool = False) -> Change:
    """More statements behind (or before) each statement that matches."""

    def by(node: Any) -> Any:
        more = [cst.parse_statement(line) for line in lines]
        return cst.FlattenSentinel([*more, node] if before else [node, *more])

    def change(module: cst.Module) -> cst.Module | None:
        changed = m.replace(module, _line(anchor), lambda node, _: by(node))
        assert isinstance(changed, cst.Module)
        return changed if changed.code != module.code else None

    return change


def chained(*changes: Change) -> Change:
    """One change after the other; nothing where any of them has no place."""

    def change(module: cst.Module) -> cst.Module | None:
        changed: cst.Module | None = module
        for one in changes:
            changed = one(changed) if changed is not None else None
        return changed

    return change


def fed(template: str, *losses: str, position: int = 0) -> Change:
    """What these losses are given goes through something else first."""

    def change(module: cst.Module) -> cst.Module | None:
        names = _criteria(module, losses)

        def by(call: cst.Call) -> cst.Call:
            if cst.Module([]).code_for_node(call.func) not in names or len(call.args) <= position:
                return call
            args = list(call.args)
            text = cst.Module([]).code_for_node(args[position].value)
            args[position] = args[position].with_changes(value=cst.parse_expression(template.format(text)))
            return call.with_changes(args=args)

        return replaced(m.Call(), by)(module)

    return change


def called_with(template: str, where: Callable[[str], bool] = lambda code: True) -> Change:
    """The model is given something else."""

    def by(call: cst.Call) -> cst.Call:
        first = call.args[0]
        text = cst.parse_expression(template.format(cst.Module([]).code_for_node(first.value)))
        return call.with_changes(args=[first.with_changes(value=text), *call.args[1:]])

    model = m.OneOf(m.Name("model"), m.Attribute(m.Name("self"), m.Name("model")))
    return replaced(m.Call(func=model, args=[m.Arg(), m.ZeroOrMore()]), by, where)


def _criteria(module: cst.Module, losses: Sequence[str]) -> set[str]:
    """How the program writes these losses when it calls them."""
    names = {f"F.{loss}" for loss in losses}
    for node in m.findall(module, m.Assign(value=m.Call(func=m.Attribute(attr=m.Name())))):
        assert isinstance(node, cst.Assign)
        assert isinstance(node.value, cst.Call)
        assert isinstance(node.value.func, cst.Attribute)
        if node.value.func.attr.value in losses:
            names.add(module.code_for_node(node.targets[0].target))
    return names


def _line(expression: Any) -> Any:
    return m.SimpleStatementLine(body=[expression])


def _pass() -> cst.BaseStatement:
    return cst.parse_statement("pass")


def _call(name: str) -> Any:
    """A call of a method as a statement."""
    return m.Expr(m.Call(func=m.Attribute(attr=m.Name(name))))


def _step(pattern: str = "optimizer|scaler") -> Any:
    """`optimizer.step()`, of whichever optimizer, or `scaler.step(optimizer)`."""
    called = m.Name(m.MatchRegex(f".*(?:{pattern}).*"))
    return m.Expr(m.Call(func=m.Attribute(m.OneOf(called, m.Attribute(attr=called)), m.Name("step"))))


def _scaled_rate(factor: float) -> Change:
    """The learning rate times a factor."""

    def by(argument: cst.Arg) -> cst.Arg:
        if isinstance(argument.value, cst.Float):
            return argument.with_changes(value=cst.Float(repr(float(argument.value.value) * factor)))
        return argument

    return replaced(m.Arg(keyword=m.Name("lr")), by)


def _has(*words: str) -> Callable[[str], bool]:
    return lambda code: all(word in code for word in words)


# -- what is injected ------------------------------------------------------------------------------------------------

_CLASSES = ("CrossEntropyLoss", "cross_entropy")
_LOGITS = ("BCEWithLogitsLoss",)
_BACKWARD, _ZERO, _CLIP = _call("backward"), _call("zero_grad"), _call("clip_grad_norm_")
_BUILT = m.Assign(value=m.Call(func=m.Attribute(attr=m.Name(m.MatchRegex("Adam|AdamW|SGD")))))
_ADAM_W = m.Attribute(attr=m.Name("AdamW"))
_PARAMETERS = m.Call(func=m.Attribute(m.Name("model"), m.Name("parameters")))


def _floats(code: str) -> bool:
    return "Embedding" not in code


def _learned(code: str) -> bool:
    """Whether the first layer learns from features."""
    return _floats(code) and "requires_grad = False" not in code


MISTAKES = [
    Mistake("TCK101", fed("torch.softmax({}, 1)", *_CLASSES)),
    Mistake(
        "TCK103", replaced(m.Attribute(attr=m.Name("CrossEntropyLoss")), lambda _: cst.parse_expression("nn.NLLLoss"))
    ),
    Mistake("TCK104", fed("torch.sigmoid({})", *_LOGITS)),
    Mistake(
        "TCK105", replaced(m.Attribute(attr=m.Name("BCEWithLogitsLoss")), lambda _: cst.parse_expression("nn.BCELoss"))
    ),
    Mistake("TCK106", fed("torch.relu({})", *_CLASSES), frozenset({"TCK205", "TCK605"})),
    Mistake(
        "TCK108",
        replaced(m.Call(func=m.Attribute(attr=m.Name("squeeze"))), lambda node: node.func.value, _has("MSELoss")),
    ),
    Mistake("TCK112", fed("{}.detach()", *_CLASSES, *_LOGITS, "MSELoss"), frozenset({"TCK205"})),
    Mistake("TCK114", fed("{} + 100", *_CLASSES, position=1)),
    Mistake("TCK201", without(_ZERO), frozenset({"TCK602", "TCK607", "TCK218", "TCK609"})),
    Mistake(
        "TCK202", behind(_ZERO, _BACKWARD), frozenset({"TCK210", "TCK615", "TCK601", "TCK201", "TCK218", "TCK221"})
    ),
    Mistake("TCK203", without(_step()), frozenset({"TCK304", "TCK201", "TCK221", "TCK605"})),
    Mistake("TCK204", without(_BACKWARD), frozenset({"TCK210", "TCK601", "TCK615", "TCK302", "TCK211", "TCK221"})),
    Mistake(
        "TCK205",
        replaced(
            m.Call(func=m.Attribute(m.Name("self"), m.Name("head")), args=[m.Arg(m.Name("h"))]),
            lambda _: cst.parse_expression("self.head(h.detach())"),
            lambda code: "requires_grad = False" not in code,
        ),
        frozenset({"TCK511"}),
    ),
    Mistake(
        "TCK207",
        replaced(
            m.With(items=[m.WithItem(m.Call(func=m.Attribute(attr=m.Name("no_grad"))))]),
            lambda node: cst.If(test=cst.Name("True"), body=node.body),
        ),
    ),
    Mistake(
        "TCK208",
        replaced(
            m.OneOf(
                m.AugAssign(target=m.Name("total_loss")),
                m.Call(func=m.Attribute(attr=m.Name("append")), args=[m.Arg(m.Call())]),
            ),
            lambda node: (
                node.with_changes(value=cst.Name("loss"))
                if isinstance(node, cst.AugAssign)
                else node.with_changes(args=[cst.Arg(cst.Name("loss"))])
            ),
        ),
    ),
    Mistake("TCK210", behind(_CLIP, _step())),
    Mistake("TCK211", without(_call("unscale_"))),
    Mistake(
        "TCK217",
        replaced(
            m.BinaryOperation(right=m.Name("accumulation_steps"), operator=m.Divide()),
            lambda node: node.left,
            _has("accumulation"),
        ),
    ),
    Mistake(
        "TCK218",
        lambda module: (
            inserted(_BACKWARD, ["optimizer.zero_grad()"], before=True)(module)
            if "accumulation" in module.code
            else None
        ),
    ),
    Mistake(
        "TCK220",
        replaced(
            m.Call(func=m.Attribute(attr=m.Name("backward")), args=[]),
            lambda node: node.with_changes(args=[cst.Arg(cst.Name("True"), keyword=cst.Name("retain_graph"))]),
        ),
    ),
    Mistake(
        "TCK221",
        chained(
            without(_call("unscale_")),
            without(_CLIP),
            replaced(
                m.Call(func=m.Attribute(m.Name("scaler"), m.Name("step"))),
                lambda _: cst.parse_expression("optimizer.step()"),
            ),
        ),
    ),
    Mistake("TCK301", replaced(_ADAM_W, lambda node: node.with_changes(attr=cst.Name("Adam")))),
    Mistake(
        "TCK302",
        replaced(
            m.Arg(value=_PARAMETERS),
            lambda node: node.with_changes(value=cst.parse_expression("model.head.parameters()")),
            lambda code: "self.head" in code and "(model.parameters(), lr" in code and "clip_grad" not in code,
        ),
    ),
    Mistake(
        "TCK303",
        lambda module: (
            inserted(_BUILT, ["model.head = nn.Linear(model.head.in_features, model.head.out_features)"])(module)
            if "self.head" in module.code
            else None
        ),
        frozenset({"TCK302"}),
    ),
    Mistake(
        "TCK304",  # where both step in each batch
        lambda module: behind(_step(), _step("scheduler"))(module) if "LambdaLR" in module.code else None,
    ),
    Mistake("TCK305", without(_step("scheduler"))),
    Mistake("TCK312", _scaled_rate(0.0), frozenset({"TCK601", "TCK615", "TCK608"})),
    Mistake("TCK401", called_with("{}.double()", _floats)),
    Mistake(
        "TCK403", called_with("{} * 255 + 100", _learned), frozenset({"TCK602", "TCK613", "TCK605", "TCK606", "TCK607"})
    ),
    Mistake(
        "TCK405",
        replaced(  # where nothing else has shuffled the data
            m.Arg(keyword=m.Name("shuffle")),
            lambda _: cst.RemoveFromParent(),
            lambda code: "randperm" not in code and "random_split" not in code,
        ),
        frozenset({"TCK412"}),
    ),
    Mistake("TCK413", called_with("{}.index_fill(0, torch.tensor([0]), torch.nan)", _floats), frozenset({"TCK607"})),
    Mistake(
        "TCK503",
        replaced(m.Call(func=m.Attribute(attr=m.Name("ModuleList"))), lambda node: node.args[0].value),
        frozenset({"TCK302"}),
    ),
    Mistake("TCK505", without(_call("eval"), where=lambda code: "Dropout" in code and ".eval()" in code)),
    Mistake("TCK506", without(_call("train"), where=lambda code: "Dropout" in code and ".eval()" in code)),
    Mistake(
        "TCK511",
        inserted(m.Expr(m.Call(func=m.Attribute(value=m.Call(func=m.Name("super"))))), ["self.gate = nn.Linear(4, 4)"]),
    ),
    Mistake("TCK601", _scaled_rate(1e-6), frozenset({"TCK608", "TCK615"})),
    Mistake(
        "TCK602",
        _scaled_rate(3e3),
        frozenset({"TCK607", "TCK609", "TCK604", "TCK605", "TCK606", "TCK613", "TCK617", "TCK404"}),
    ),
    Mistake("TCK607", fed("torch.log({} * 0)", "CrossEntropyLoss", "cross_entropy", "BCEWithLogitsLoss", "MSELoss")),
]
