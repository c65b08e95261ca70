"""TCK509: weights that all begin alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import NOT_LITERAL, words_of
from torchcheck.finding import Level
from torchcheck.patterns import pattern
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import CallView, ClassView, ExprView
    from torchcheck.facts.symmetry import UnitsAlike

_ZEROS = 2  # layers of zeros that keep the gradient from one another
_INIT = {"constant_": None, "constant": None, "zeros_": 0, "ones_": 1}
_WEIGHTS = words("Linear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d")
_OF_WEIGHTS = pattern(r"""["']\.?weight["'] in \w+""")
_AVERAGES = pattern(r"\b1(\.0*)? ?/ ?[\w.()]*[A-Za-z]")
"""A constant such as `1 / n`: the layer begins as the mean of its inputs."""
_TESTS = pattern(r"(^|/)(tests?|testing|unittests?)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$")
_NOT_HIDDEN = words("gate gates scale lora mask fixed head out output final last ada adaln modulation norm gamma alpha")


class SymmetricInitialisation(Rule):
    """All weights of a network begin at one constant: every unit of a layer computes the same, and learns the same.

    Judged where all weights of a network of several layers get a constant (in a loop over its parameters or modules, in
    a function for `apply`, layer by layer), and where a hidden linear layer gets one other than zero. A last layer, a
    residual branch, a modulation (layers side by side) or a low-rank update that begins at zero is right, and so are
    biases, norms, linear models and weights that aren't trained.
    """

    code = "TCK509"
    name = "symmetric-initialisation"
    level = Level.ERROR
    why = "Units with equal weights get equal gradients and stay equal: a layer of 512 units is worth one of them."
    help = "Begin with random weights, as PyTorch does by itself: `nn.init.xavier_uniform_(weight)`."
    bad = (
        """\
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))
for p in model.parameters():
    nn.init.constant_(p, 0.1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(12):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), x[:, :2].argmax(1)).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 8)
        self.fc2 = nn.Linear(8, 2)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


def init_weights(m):
    if isinstance(m, nn.Linear):
        m.weight.data.fill_(0.01)
        m.bias.data.zero_()


torch.manual_seed(0)
model = Net()
model.apply(init_weights)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(12):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), x[:, :2].argmax(1)).backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))
for name, p in model.named_parameters():
    if "bias" in name:
        nn.init.constant_(p, 0.1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(12):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), x[:, :2].argmax(1)).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 8)
        self.fc2 = nn.Linear(8, 4)
        nn.init.zeros_(self.fc2.weight)
        nn.init.zeros_(self.fc2.bias)

    def forward(self, x):
        return x + self.fc2(torch.relu(self.fc1(x)))


torch.manual_seed(0)
model = Residual()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(12):
    x = torch.randn(16, 4)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x.flip(1)).backward()
    optimizer.step()
""",
    )

    def symmetry(self, fact: UnitsAlike) -> Iterable[Found]:
        """In the run it is seen: after several steps all units of the layer are as alike as they were at first."""
        if not fact.moved and fact.zeros < _ZEROS:
            return  # a single layer of zeros may wait for something else
        began = "with equal weights" if fact.value is None else f"with {fact.value:g} in every weight"
        now = "are still copies of one another" if fact.moved else "have never had a gradient but zero"
        yield Found(
            message=f"The {fact.units} units of `{fact.module}` began {began}, and {now} after {fact.samples} sampled "
            "steps.",
            at=fact.place,
            module=fact.module,
            step=fact.step,
            evidence={"units": fact.units, "value": fact.value},
        )

    call_names = frozenset({*_INIT, "fill_", "zero_"})

    def call(self, view: CallView) -> Iterable[Found]:
        filled = _filled(view)
        if filled is None or _is_in_a_test(view) or _AVERAGES.search(view.text):
            return
        whole = filled.file.loop_source(filled) is not None and _is_every_parameter(view, filled)
        layer = filled.base if filled.attribute == "weight" else None
        if whole:
            message = f"`{view.text}` gives every weight of the network the same value."
        elif layer is not None and _is_every_layer(view, layer):
            message = f"`{view.text}` gives the weights of every such layer the same value."
        elif layer is not None and layer.self_attribute is not None and _is_hidden(view, layer.self_attribute):
            message = f"`{view.text}` makes all units of `{layer.text}` the same."
        else:
            return
        yield Found(message=message, at=view)


def _is_in_a_test(view: CallView) -> bool:
    """Whether it gives a test weights whose outcome is known."""
    function, path = view.function, view.file.name.replace("\\", "/")
    return (function is not None and function.name.startswith("test")) or _TESTS.search(path) is not None


def _filled(view: CallView) -> ExprView | None:
    """What a call fills with one value."""
    if view.target is not None:
        head, _, last = view.target.rpartition(".")
        given = view.argument(0, "tensor") if head == "torch.nn.init" and last in _INIT else None
    else:
        given = view.receiver if view.last_name in ("fill_", "zero_") else None
    return given.base if given is not None and given.attribute == "data" else given


def _value(view: CallView) -> object:
    """The value that a call fills in; `NOT_LITERAL` where it isn't known."""
    if view.last_name in ("zero_", "zeros_"):
        return 0
    if view.last_name == "ones_":
        return 1
    value = view.argument(1 if view.target is not None else 0, "val" if view.target is not None else "value")
    return value.constant if value is not None else NOT_LITERAL


def _is_every_parameter(view: CallView, filled: ExprView) -> bool:
    """Whether it fills, in a loop, all parameters of a network of several layers. Zeroed, it may be to sum others."""
    looped = filled.file.loop_source(filled)
    source = looped.call if looped is not None else None
    if source is None or source.receiver is None or source.method not in ("parameters", "named_parameters"):
        return False
    if view.target is None and not _value(view):
        return False
    if not all(_OF_WEIGHTS.fullmatch(test.text) for test in view.conditions):
        return False
    return _layers_of(source.receiver) > 1


def _is_every_layer(view: CallView, layer: ExprView) -> bool:
    """Whether it fills each layer of a type, in a loop over modules or in a function for `apply`, or one by one."""
    if layer.self_attribute is not None and view.in_class is not None:
        return _all_are_filled(view.in_class, layer.self_attribute)
    types = _types(view)
    if not types:
        return False
    looped = layer.file.loop_source(layer)
    source = looped.call if looped is not None else None
    if source is not None and source.receiver is not None and source.method in ("modules", "named_modules"):
        return _layers_of(source.receiver, types) > 1
    function = view.function
    if function is None or layer.identifier not in function.parameters[:2]:
        return False
    for call in view.file.calls:
        first = call.argument(0)
        if call.method != "apply" or first is None or call.receiver is None:
            continue
        if function.name in (first.identifier, first.attribute) and _layers_of(call.receiver, types) > 1:
            return True
    return False


def _types(view: CallView) -> frozenset[str]:
    """The types of layers that the test around it chooses; none where it chooses by anything else."""
    tests = [test.text for test in view.conditions]
    if not tests or not all(map(_TYPE_TEST.fullmatch, tests)):
        return frozenset()
    return _WEIGHTS & set(_NAME.findall(tests[0]))


_NAME = pattern(r"\w+")
_TYPE_TEST = pattern(r"isinstance\(\w+, [\w., ()|]+\)|type\(\w+\) (==|is|in) [\w., ()\[\]]+")


def _layers_of(model: ExprView, types: frozenset[str] = _WEIGHTS) -> int:
    """How many layers with weights a model is seen to have."""
    if model.identifier == "self" and model.in_class is not None:
        return _layers_in(model.in_class, types)
    if model.instance_of is not None:
        return _layers_in(model.instance_of, types)
    built = model.built_by
    if built is None or built.target != "torch.nn.Sequential":
        return 0
    return sum(_is_layer(call, types) for call in built.file.calls_in(built))


def _layers_in(owner: ClassView, types: frozenset[str]) -> int:
    return sum(_is_layer(call, types) for one in owner.lineage for call in one.own_calls())


def _is_layer(call: CallView, types: frozenset[str]) -> bool:
    head, _, last = (call.target or "").rpartition(".")
    return head == "torch.nn" and last in types


def _layer_names(owner: ClassView) -> list[str]:
    names = [n for n, a in owner.self_assignments if a.value.call is not None and _is_layer(a.value.call, _WEIGHTS)]
    return list(dict.fromkeys(names))


def _all_are_filled(owner: ClassView, attribute: str) -> bool:
    """Whether each of several layers of a class, and nothing else, is filled with a constant."""
    names = _layer_names(owner)
    if len(names) < 2 or attribute not in names or _layers_in(owner, _WEIGHTS) != len(names):
        return False
    filled = set()
    for call in owner.own_calls():
        what = _filled(call)
        layer = what.base if what is not None and what.attribute == "weight" else None
        if layer is not None and layer.self_attribute is not None and not call.conditions:
            filled.add(layer.self_attribute)
    hidden = set(names) <= filled and not _stand_side_by_side(owner, names)
    return hidden and not any(_is_frozen(owner, name) for name in names)


def _stand_side_by_side(owner: ClassView, names: list[str]) -> bool:
    """Whether all of them take one and the same input of a method, as a scale and a shift do: none hides another."""
    calls = [call for call in owner.own_calls() if call.func.self_attribute in names]
    inputs = {(call.function, given.identifier) for call in calls for given in [call.argument(0)] if given is not None}
    if len(inputs) != 1:
        return False
    method, name = inputs.pop()
    if method is None or name not in method.parameters:
        return False
    return all(assignment.target.identifier != name for assignment in method.assignments)


def _is_hidden(view: CallView, attribute: str) -> bool:
    """Whether it fills with a value other than zero a linear layer that another one follows."""
    owner = view.in_class
    if owner is None or not _value(view) or not isinstance(_value(view), int | float) or view.conditions:
        return False
    names = _layer_names(owner)
    if attribute not in names[:-1] or _NOT_HIDDEN & set(words_of(attribute)) or _is_frozen(owner, attribute):
        return False
    built = [a.value.call for n, a in owner.self_assignments if n == attribute]
    units = built[0].argument(1, "out_features") if len(built) == 1 and built[0] is not None else None
    linear = built[0] is not None and built[0].target == "torch.nn.Linear"
    follows = any(
        inner.func.self_attribute == attribute
        for call in owner.own_calls()
        if call.func.self_attribute in names and call.func.self_attribute != attribute
        for inner in call.file.calls_in(call)
    )
    return linear and follows and units is not None and units.literal != 1


def _is_frozen(owner: ClassView, attribute: str) -> bool:
    """Whether the class says anything about the gradients of a layer."""
    for read in owner.file.attribute_reads.get(attribute, ()):
        part = read.part
        while part is not None:
            if part.attribute in ("requires_grad", "requires_grad_"):
                return True
            part = part.part
    return False
