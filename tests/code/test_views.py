"""What views tell of a source text: names, kinds, classes, places, edits."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest

from torchcheck.code import NOT_LITERAL, FileView, Kind
from torchcheck.lint.codes import Codes
from torchcheck.lint.project import Project


def view(source: str, **others: str) -> FileView:
    """The view of a script, with other files of its project beside it."""
    texts: dict[Path, str | bytes] = {Path("script.py"): textwrap.dedent(source)}
    texts |= {Path(f"{name}.py"): textwrap.dedent(text) for name, text in others.items()}
    project = Project(texts)
    (file,) = project.programs(Path("script.py")).values()
    file.tree = file.look()
    made = Codes(project).view(file, str(Path("script.py").absolute()))
    assert made is not None
    return made


def last_kind(source: str, **others: str) -> Kind:
    """The kind of the expression in the last statement."""
    return max(view(source, **others).expression_statements, key=lambda v: v.node.lineno).kind


def last_name(source: str, **others: str) -> str | None:
    return max(view(source, **others).expression_statements, key=lambda v: v.node.lineno).name


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import torch\ntorch.no_grad", "torch.no_grad"),
        ("import torch as t\nt.nn.Linear", "torch.nn.Linear"),
        ("from torch import nn\nnn.functional.relu", "torch.nn.functional.relu"),
        ("from torch.nn.modules.loss import MSELoss as M\nM", "torch.nn.MSELoss"),
        ("import torch.nn.functional\ntorch.nn.functional.relu", "torch.nn.functional.relu"),
        ("F.relu  # torch", "torch.nn.functional.relu"),
        ("from torch.nn import *\nConv2d", "torch.nn.Conv2d"),
        ("try:\n    import torch\nexcept ImportError:\n    torch = None\ntorch.cat", "torch.cat"),
        ("import torch\nrelu = torch.relu\nrelu", "torch.relu"),
        ("import torch\ndef f(torch):\n    torch.cat", None),
        ("import torch\ntorch = fake()\ntorch.cat", None),
        ("# torch\nprint", "builtins.print"),
    ],
)
def test_a_name_is_resolved(source: str, name: str | None) -> None:
    assert last_name(source) == name


def test_a_name_is_resolved_through_a_file_of_the_project() -> None:
    assert last_name("from common import nn\nnn.Linear  # torch", common="from torch import nn") == "torch.nn.Linear"
    assert last_name("from common import nn\nnn.Linear  # torch", common="nn = fake()") is None


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import torch\nx = torch.randn(2)\n(x * 2).float()", Kind.TENSOR),
        ("from torch import nn\nm = nn.Linear(2, 2).to('cpu')\nm", Kind.MODULE),
        ("from torch import nn\nm = nn.Linear(2, 2)\nfor p in m.parameters():\n    p", Kind.PARAMETER),
        ("from torch import nn\nm = nn.Linear(2, 2)\nfor n, p in m.named_parameters():\n    p.data", Kind.TENSOR),
        ("from torch import nn\nm = nn.Linear(2, 2)\nfor i, p in enumerate(m.parameters()):\n    p", Kind.PARAMETER),
        ("from torch import nn\nclass Net(nn.Module):\n    pass\nNet()", Kind.MODULE),
        ("import torch\ndef f(x: torch.Tensor):\n    x", Kind.TENSOR),
        ("import torch\nopt = torch.optim.SGD(p, 0.1)\nopt", Kind.OPTIMIZER),
        ("import torch\nx = torch.ones(1) if a else None\nx", Kind.TENSOR),
        ("import torch\nx = torch.ones(1) if a else b\nx", Kind.UNKNOWN),
        ("from torch import nn\nloss = nn.MSELoss()(a, b)\nloss", Kind.TENSOR),
        ("import torch\ndef f(x):\n    x", Kind.UNKNOWN),
        ("import torch\nx = torch.ones(2).tolist()\nx", Kind.OTHER),
        ("import torch\nmodel = None\nmodel = torch.nn.Linear(1, 1)\nmodel", Kind.MODULE),
        ("import torchvision\nm = torchvision.models.resnet18()\nm.fc.weight", Kind.UNKNOWN),
    ],
)
def test_the_kind_of_a_value_is_inferred(source: str, kind: Kind) -> None:
    assert last_kind(source) is kind


def test_the_kind_of_an_attribute_is_what_the_methods_set() -> None:
    source = """
    from torch import nn
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(2, 2)
            self.scale = nn.Parameter(torch.ones(1))
        def forward(self, x):
            {}
    """
    assert last_kind(source.format("self.fc")) is Kind.MODULE
    assert last_kind(source.format("self.scale")) is Kind.PARAMETER
    assert last_kind(source.format("self.other")) is Kind.UNKNOWN


def test_an_instance_of_a_class_of_another_file_is_a_module() -> None:
    models = "from torch import nn\nclass Base(nn.Module):\n    pass\nclass Net(Base):\n    pass\n"
    assert last_kind("from models import Net\nNet()  # torch", models=models) is Kind.MODULE
    assert last_kind("import models\nmodels.Net()  # torch", models=models) is Kind.MODULE


def test_a_class_knows_its_ancestors() -> None:
    file = view(
        "from base import Base\nimport torch\nclass Net(Base):\n    pass\nclass Odd(Base, Mixin):\n    pass\n",
        base="from torch import nn\nclass Base(nn.Module):\n    def forward(self, x):\n        return x\n",
    )
    net, odd = file.classes
    assert net.is_module
    assert [c.name for c in net.lineage] == ["Net", "Base"]
    assert net.method("forward") is not None
    assert not net.has_unknown_base
    assert odd.has_unknown_base


def test_positions_count_characters() -> None:
    (call,) = view("s = 'ü'; import torch; torch.tanh(1)").calls
    assert call.span().start == (1, 24)
    assert call.text == "torch.tanh(1)"


def test_arguments_are_found_by_position_and_keyword() -> None:
    (call,) = view("import torch\ntorch.f(1, *rest, a=2, **more)").calls
    assert call.argument(0, "x").literal == 1  # type: ignore[union-attr]
    assert call.argument(None, "a").literal == 2  # type: ignore[union-attr]
    assert call.argument(1, "y") is None
    assert call.is_open


@pytest.mark.parametrize(
    ("source", "fixed"),
    [
        ("torch.f()", "torch.f(k=1)"),
        ("torch.f(a)", "torch.f(a, k=1)"),
        ("torch.f(a,)", "torch.f(a, k=1)"),
        ("torch.f(\n    a,  # why\n    b\n)", "torch.f(\n    a,  # why\n    b, k=1\n)"),
        ("torch.f((\n    a\n))", None),
    ],
)
def test_an_argument_is_added_to_a_call(source: str, fixed: str | None) -> None:
    file = view(source)
    (call,) = file.calls
    fix = file.edits.add_argument(call, "k=1", "add it")()
    if fixed is None:
        assert fix is None
        return
    assert fix is not None
    (edit,) = fix.edits
    lines = source.split("\n")
    line = lines[edit.start.row - 1]
    lines[edit.start.row - 1] = line[: edit.start.column - 1] + edit.content + line[edit.end.column - 1 :]
    assert "\n".join(lines) == fixed
    ast.parse(fixed)


def test_constants_are_followed_through_one_assignment() -> None:
    file = view("import torch\nN = 3\nM = 1\nM = 2\ntorch.f(N, M, 4, x)")
    call = max(file.calls, key=lambda c: c.node.lineno)
    assert [a.value.constant for a in call.arguments] == [3, NOT_LITERAL, 4, NOT_LITERAL]


def test_the_conditions_of_a_statement_are_those_around_it_and_those_that_left_before() -> None:
    source = """
    def f(x):
        if first:
            return x
        if second:
            pass
        while third:
            y = a and (call(x) if fourth else x)  # torch
    """
    (call,) = view(source).calls
    assert [test.text for test in call.conditions] == ["fourth", "a", "third", "first"]


def test_remarks_are_comments_beside_and_above_and_docstrings_around() -> None:
    source = '''
    # not torch

    def f(x):
        """Keeps it ON."""
        # Above
        return call(x)  # beside
    '''
    (call,) = view(source).calls
    assert call.remarks == "# above  beside keeps it on."


def test_words_are_those_of_the_names() -> None:
    (call,) = view("MCDropoutNet(self.keep_p2, 3)  # torch").calls
    assert call.words == {"mc", "dropout", "net", "self", "keep", "p", "2"}


def test_the_call_of_what_is_called() -> None:
    (statement,) = view("build(1)(2)  # torch").expression_statements
    assert statement.call is not None
    inner = statement.call.func
    assert inner.called == statement
    assert statement.called is None


def test_what_a_module_is_built_by() -> None:
    source = """
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            self.fc = nn.Linear(2, 2).to("cpu")
            self.twice = nn.ReLU()
            self.twice = nn.GELU()

        def forward(self, x):
            self.fc
            self.twice

    net = Net().cuda().eval()
    net
    """
    seen = view(source)
    built = {s.text: s.built_by and s.built_by.text for s in seen.expression_statements if s.call is None}
    assert built == {"self.fc": "nn.Linear(2, 2)", "self.twice": None, "net": "Net()"}
    (net,) = [s for s in seen.expression_statements if s.identifier == "net"]
    assert net.instance_of is seen.classes[0]


def test_a_docstring_is_no_statement_of_its_function() -> None:
    one, two = view('def f():\n    """Doc."""\n    return 1\ndef g():\n    torch\n    return 1\n').functions
    assert one.is_one_statement
    assert not two.is_one_statement


def test_a_file_knows_where_attributes_are_read_and_what_stands_in_its_texts() -> None:
    seen = view(
        """
        class Net(torch.nn.Module):
            \"\"\"About fc1.\"\"\"
            def __init__(self):
                self.fc1 = build("fc2.weight")
                self.fc3.weight.zero_()
        """
    )
    assert {name: [r.text for r in reads] for name, reads in seen.attribute_reads.items() if name.startswith("fc")} == {
        "fc3": ["self.fc3"]
    }
    (read,) = seen.attribute_reads["fc3"]
    assert read.part is not None
    assert read.part.text == "self.fc3.weight"
    assert seen.words_in_texts == {"fc2", "weight"}
    assert {"fc1", "self", "zero_", "build"} <= seen.classes[0].identifiers
    assert [call.text for call in seen.calls_in(read.part)] == []
