"""Code that gives all weights of a module new values: functions for `apply`, loops over modules and parameters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from torchcheck.code.definitions import FunctionView
from torchcheck.code.layers import callees
from torchcheck.code.nodes import CallView, ExprView
from torchcheck.code.walk import walk
from torchcheck.patterns import pattern
from torchcheck.records import frozen
from torchcheck.torch_names import words

_FILLS = words(
    "normal_ uniform_ zero_ fill_ zeros_ ones_ trunc_normal_ xavier_uniform_ xavier_normal_ kaiming_uniform_ "
    "kaiming_normal_ orthogonal_ constant_"
)
_NAMED_SO = pattern(
    r"(?i)^_?(init(iali[sz]e)?_?(weights?|params|parameters|layers?|model|net(work)?)?|weights?_?init(iali[sz]ation)?|"
    r"(xavier|kaiming|he|orthogonal)_?init|init_?(xavier|kaiming|he|orthogonal)|(weights?|params|parameters)_?reset|"
    r"reset_?(weights?|params|parameters))$"
)
_PLAIN_TEST = pattern(
    r"\.dim\(\)|\.ndim\b|\blen\(|\bclass_?name\b|__name__|\btype\(|\bis (not )?None\b|"
    r"^['\"]\.?(weight|bias)['\"] (not )?in "
)
"""Tests that choose layers by their type and weights by their shape, not by where they stand."""
_LAYERS = pattern(r"\b(Conv|Linear)|Module\b")
_HINT = pattern(r"(?i)init|reset|xavier|kaiming|weights")
"""What the functions are called that may initialise."""
_WHOLE = words("modules named_modules parameters named_parameters")
_DEEPEST = 3


@frozen
class Initialised:
    """That all weights of a module, or of all its layers of some types, get new values.

    Attributes:
        what: the module, as the source writes it.
        types: the source of the tests that choose the layers; empty where it is all of them.
        at: the call that does it, or what the loop that does it goes over.
        is_loop: it is a loop.
    """

    what: str
    types: str
    at: ExprView
    is_loop: bool = False

    def covers(self, *names: str) -> bool:
        """Whether layers of one of these types are among them."""
        return not self.types or any(name in self.types for name in names)


def initialised_by(statement: ast.stmt, file_of: ExprView) -> Initialised | None:
    """What a statement initialises as a whole."""
    if isinstance(statement, ast.For):
        return _by_loop(statement, file_of)
    value = statement.value if isinstance(statement, ast.Expr | ast.Assign) else None
    call = CallView(file_of.file, value) if isinstance(value, ast.Call) else None
    return _by_call(call, 0) if call is not None else None


def _by_call(call: CallView, depth: int) -> Initialised | None:
    first = call.argument(0)
    if call.method == "apply" and call.receiver is not None and first is not None:
        types = _types_of_function(first)
        return Initialised(call.receiver.text, types, call) if types is not None else None
    function = _called(call) if depth <= _DEEPEST and _HINT.search(call.last_name) else None
    if function is None:
        return None
    own = function.owner is not None
    given = call.receiver if own else first
    name = "self" if own else function.parameters[0] if function.parameters else ""
    found = next((one for one in _in_body(function, depth + 1) if one.what == name), None)
    return Initialised(given.text, found.types, call) if found is not None and given is not None else None


def _called(call: CallView) -> FunctionView | None:
    """The function or method of the project that a call reaches."""
    found = callees(call)
    if found or call.receiver is None or call.method is None:
        return found[0] if len(found) == 1 else None
    owner = call.receiver.instance_of
    return owner.method(call.method) if owner is not None else None


def _in_body(function: FunctionView, depth: int) -> Iterable[Initialised]:
    """What a function initialises whenever it runs."""
    for statement in function.node.body:
        here = ExprView(function.file, statement)
        value = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(statement, ast.For):
            found = _by_loop(statement, here)
        else:
            found = _by_call(CallView(function.file, value), depth) if isinstance(value, ast.Call) else None
        if found is not None:
            yield found


def _by_loop(loop: ast.For, here: ExprView) -> Initialised | None:
    """`for m in model.modules(): …`."""
    source = ExprView(here.file, loop.iter).call
    if source is None or source.receiver is None or source.method not in _WHOLE:
        return None
    types = _types_in(here, loop.body)
    return Initialised(source.receiver.text, types, ExprView(here.file, loop.iter), True) if types is not None else None


def _types_of_function(view: ExprView) -> str | None:
    """The tests by which a function for `apply` chooses layers; None where it isn't known to initialise them."""
    if isinstance(view.node, ast.Lambda):
        return _types_in(view, [ast.Expr(view.node.body)])
    body = _definition(view)
    if body is not None:
        return _types_in(body, body.node.body)
    name = view.attribute or view.identifier
    is_bound = view.identifier is not None or view.self_attribute is not None
    return "" if name is not None and is_bound and _NAMED_SO.match(name) and not _is_followed(view) else None


def _definition(view: ExprView) -> FunctionView | None:
    found = view.file.resolver.function_of_name(view.node, view.scope)
    if found is not None:
        return found[0].function_view(found[1])
    owner, name = view.in_class, view.self_attribute
    return owner.method(name) if owner is not None and name is not None else None


def _is_followed(view: ExprView) -> bool:
    """Whether the project says otherwise what a name is."""
    found = view.scope.find(view.identifier or "")
    return found is not None and any(binding.imported is None for binding in found[1])


def _types_in(view: ExprView | FunctionView, body: list[ast.stmt]) -> str | None:
    inside = [node for statement in body for node in walk(statement)]
    calls = [CallView(view.file, node) for node in inside if isinstance(node, ast.Call)]
    if not any(_fills(call) for call in calls):
        return None
    tests = [node.test for node in inside if isinstance(node, ast.If | ast.IfExp)]
    if not all(map(_is_plain, tests)):
        return None
    texts = [ast.unparse(test) for test in tests]
    types = " ".join(text for text in texts if re.search(r"isinstance|\btype\(|class|__name__", text))
    return types if not types or _LAYERS.search(types) else None


def _is_plain(test: ast.expr) -> bool:
    if isinstance(test, ast.BoolOp):
        return all(map(_is_plain, test.values))
    if isinstance(test, ast.UnaryOp):
        return _is_plain(test.operand)
    if isinstance(test, ast.Call):
        return isinstance(test.func, ast.Name) and test.func.id in ("isinstance", "hasattr")
    if isinstance(test, ast.Attribute):
        return test.attr in ("bias", "weight")
    return isinstance(test, ast.Compare) and _PLAIN_TEST.search(ast.unparse(test)) is not None


def _fills(call: CallView) -> bool:
    if (call.target or "").startswith("torch.nn.init.") or call.last_name in _FILLS:
        return True
    return call.target is None and call.last_name in ("reset_parameters", "init_weights")
