"""What views tell of layers: which have parameters, what holds them, where they are built, repeated and filled."""

from __future__ import annotations

import pytest

from tests.code.test_views import view
from torchcheck.code import ExprView
from torchcheck.code.chains import assigned_to, is_run, made_from
from torchcheck.code.endings import lost_results
from torchcheck.code.held import held_collections
from torchcheck.code.layers import items_of, owns_parameters
from torchcheck.code.repeats import repeats_in
from torchcheck.code.touches import is_filled

HEAD = (
    "import torch\nfrom torch import nn\nclass Block(nn.Module):\n"
    "    def __init__(self):\n        self.fc = nn.Linear(2, 2)\n"
)


def last(source: str, **others: str) -> ExprView:
    return max(view(source, **others).expression_statements, key=lambda v: v.node.lineno)


@pytest.mark.parametrize(
    ("text", "owns"),
    [
        ("nn.Linear(2, 2)", True),
        ("nn.Linear(2, 2).cuda().eval()", True),
        ("nn.ReLU()", False),
        ("nn.BatchNorm1d(4)", True),
        ("nn.BatchNorm1d(4, affine=False)", False),
        ("nn.BatchNorm1d(4, affine=wanted)", None),
        ("nn.InstanceNorm1d(4)", False),
        ("nn.Sequential(nn.ReLU(), nn.Linear(2, 2))", True),
        ("nn.Sequential(nn.ReLU(), nn.Tanh())", False),
        ("nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])", True),
        ("nn.Sequential(*parts)", None),
        ("nn.utils.weight_norm(nn.Conv1d(1, 1, 1))", True),
        ("Block()", True),
        ("made_elsewhere()", None),
        ("nn.Linear(2, 2) if wide else nn.Identity()", True),
    ],
)
def test_which_expressions_build_a_layer_with_parameters(text: str, owns: bool | None) -> None:
    assert owns_parameters(last(f"{HEAD}{text}\n")) is owns


def test_a_function_owns_what_all_its_returns_own() -> None:
    made = "from torch import nn\ndef conv():\n    return nn.Conv2d(1, 1, 1)\n"
    assert owns_parameters(last("import torch\nfrom made import conv\nconv()\n", made=made)) is True
    assert (
        owns_parameters(last("def pick(a):\n    if a:\n        return nn.Linear(1, 1)\n    return a\npick(1)\n"))
        is None
    )


def test_a_class_that_holds_its_own_kind_is_asked_once() -> None:
    source = (
        "from torch import nn\nclass Tree(nn.Module):\n    def __init__(self):\n        self.left = Tree()\nTree()\n"
    )
    assert owns_parameters(last(source)) is False


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("[a, [b, c]]", ["a", "b", "c"]),
        ("{'x': a, 'y': b}", ["a", "b"]),
        ("[f(i) for i in n]", ["f(i)"]),
        ("[a, b] * 3", ["a", "b"]),
        ("list(f(i) for i in n)", ["f(i)"]),
        ("name", []),
    ],
)
def test_items_of_collections(text: str, items: list[str]) -> None:
    assert [item.text for item in items_of(last(f"import torch\n{text}\n"))] == items


def test_collections_that_are_wrapped_are_not_held() -> None:
    source = HEAD + "        self.a = [1]\n        self.b = [2]\n        self.c = nn.ModuleList(self.b)\n"
    assert [held.attr for held in held_collections(view(source).classes[0])] == ["a"]


def test_chains_go_through_methods_operands_and_names() -> None:
    texts = [step.text for step in made_from(last("import torch\nw = torch.ones(2)\n(w * 2).to('cpu')\n"))]
    assert texts == ["(w * 2).to('cpu')", "w * 2", "w", "torch.ones(2)", "2"]


def test_where_a_layer_is_run() -> None:
    source = (
        "from torch import nn\ndef f(x):\n    a = nn.Linear(1, 1).cuda()\n    b = nn.Linear(1, 1)\n    return a(x), b\n"
    )
    built = sorted((c for c in view(source).calls if c.last_name == "Linear"), key=lambda c: c.node.lineno)
    assert [is_run(call) for call in built] == [True, False]
    assert [getattr(assigned_to(call), "text", None) for call in built] == ["a", "b"]


def test_what_is_lost_at_the_end_of_a_function() -> None:
    source = "import torch\ndef f(x):\n    y = torch.exp(x)\ndef g(x):\n    x.append(1)\ndef h(x):\n    return x\n"
    functions = {function.name: function for function in view(source).functions}
    assert [one.text for one in lost_results(functions["f"])] == ["torch.exp(x)"]
    assert lost_results(functions["g"]) == lost_results(functions["h"]) == []


def test_repeats_and_whether_they_become_part_of_a_module() -> None:
    found = list(
        repeats_in(view("from torch import nn\na = nn.Linear(1, 1)\nx = [a] * 3\ny = nn.ModuleList([a] * 3)\n"))
    )
    assert [(repeat.item.text, repeat.is_contained) for repeat in found] == [("a", False), ("a", True)]


def test_what_fills_an_attribute() -> None:
    source = HEAD + "        self.w = torch.empty(1)\n        self.v = torch.empty(1)\n        self.w.zero_()\n"
    (block,) = view(source).classes
    made = dict(block.self_assignments)
    assert is_filled(block, "w", made["w"])
    assert not is_filled(block, "v", made["v"])


def test_a_file_spells_names_by_its_own_imports() -> None:
    assert view("from torch import nn\n").spelling("torch.nn.Parameter") == "nn.Parameter"
    assert view("import torch\n").spelling("torch.nn.Parameter") == "torch.nn.Parameter"
    assert view("import torch.nn.functional as F\n").spelling("torch.nn.Parameter") is None
