"""Fixes as edits of the text: comments and formatting stay, and no name is made up."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.lint.linting import RULES
from torchcheck.finding import Finding
from torchcheck.fixing import apply
from torchcheck.lint.engine import lint_files


def findings_of(source: str) -> list[Finding]:
    path = Path("script.py")
    return lint_files([path], RULES, sources={path: source}).findings


def fixed(source: str) -> str:
    """The text with every fix applied; each of them must be marked unsafe, and leave nothing to find."""
    source = textwrap.dedent(source)
    findings = [finding for finding in findings_of(source) if finding.fix is not None]
    assert findings, "no fix"
    assert not any(finding.fix.safe for finding in findings if finding.fix)
    text = apply(source, findings)[0]
    assert findings_of(text) == []
    return text


HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
DROPPED = {
    "functional": (
        "loss = F.cross_entropy(F.softmax(out, dim=1), y)  # why\n",
        "loss = F.cross_entropy(out, y)  # why\n",
    ),
    "method": ("loss = F.cross_entropy(net(x).softmax(-1), y)\n", "loss = F.cross_entropy(net(x), y)\n"),
    "of a sum": ("F.cross_entropy(torch.softmax(a + b, 1), y)\n", "F.cross_entropy((a + b), y)\n"),
    "through a name": ("p = F.softmax(out, dim=1)\nF.cross_entropy(p, y)\n", "p = out\nF.cross_entropy(p, y)\n"),
    "module": (
        "soft = nn.Softmax(1)\nF.cross_entropy(soft(out), y)\n",
        "soft = nn.Softmax(1)\nF.cross_entropy(out, y)\n",
    ),
    "last layer": (
        "m = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))\nF.cross_entropy(m(x), y)\n",
        "m = nn.Sequential(nn.Linear(4, 3))\nF.cross_entropy(m(x), y)\n",
    ),
    "last layer on a line of its own": (
        (
            "m = nn.Sequential(\n    nn.Tanh(),  # body\n    nn.Linear(4, 3),\n"
            "    nn.Softmax(dim=1),\n)\nF.cross_entropy(m(x), y)\n"
        ),
        "m = nn.Sequential(\n    nn.Tanh(),  # body\n    nn.Linear(4, 3),\n)\nF.cross_entropy(m(x), y)\n",
    ),
    "last pair of an OrderedDict": (
        (
            "from collections import OrderedDict\n"
            'm = nn.Sequential(OrderedDict([("fc", nn.Linear(4, 3)), ("soft", nn.Softmax(dim=1))]))\n'
            "F.cross_entropy(m(x), y)\n"
        ),
        (
            "from collections import OrderedDict\n"
            'm = nn.Sequential(OrderedDict([("fc", nn.Linear(4, 3))]))\n'
            "F.cross_entropy(m(x), y)\n"
        ),
    ),
    "last item of a list": (
        "layers = [nn.Linear(4, 3), nn.Softmax(1)]\nm = nn.Sequential(*layers)\nF.cross_entropy(m(x), y)\n",
        "layers = [nn.Linear(4, 3)]\nm = nn.Sequential(*layers)\nF.cross_entropy(m(x), y)\n",
    ),
    "assigned to itself": (
        "out = F.softmax(out, dim=1)\nF.cross_entropy(out, y)\n",
        "F.cross_entropy(out, y)\n",
    ),
    "sigmoid": (
        "F.binary_cross_entropy_with_logits(torch.sigmoid(out), y)\n",
        "F.binary_cross_entropy_with_logits(out, y)\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), DROPPED.values(), ids=DROPPED)
def test_the_activation_is_dropped(before: str, after: str) -> None:
    assert fixed(HEAD + before) == HEAD + after


KEPT = {
    "used elsewhere": "p = F.softmax(out, dim=1)\nF.cross_entropy(p, y)\nprint((p > 0.5).sum())\n",
    "a comment would be lost": (
        "m = nn.Sequential(nn.Linear(4, 3),  # head\n    nn.Softmax(1))\nF.cross_entropy(m(x), y)\n"
    ),
    "an argument of a user's method": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.stack = nn.Sequential()\n"
        "    def add(self, name, layer):\n        self.stack.add_module(name, layer)\n"
        "    def forward(self, x):\n        return self.stack(x)\n"
        "net = Net()\nnet.add('fc', nn.Linear(4, 3))\nnet.add('soft', nn.Softmax(1))\nF.cross_entropy(net(x), y)\n"
    ),
    "a user's Sequential": (
        "class Sequential(nn.Sequential):\n    pass\n"
        "m = Sequential(nn.Linear(4, 3), nn.Softmax(1))\nF.cross_entropy(m(x), y)\n"
    ),
    "a tuple would be none": ("m = nn.Sequential(*(nn.Linear(4, 3), nn.Softmax(1)))\nF.cross_entropy(m(x), y)\n"),
    "layers counted from the end": (
        "m = nn.Sequential(nn.Linear(4, 3), nn.Softmax(1))\nprint(m[-2].weight)\nF.cross_entropy(m(x), y)\n"
    ),
    "a block would be empty": "with scope:\n    out = F.softmax(out, 1)\nF.cross_entropy(out, y)\n",
    "a helper": ("def predict(net, x):\n    return F.softmax(net(x), dim=1)\nF.cross_entropy(predict(net, x), y)\n"),
    "an activation chosen by configuration": (
        "KINDS = {'none': nn.Identity, 'soft': lambda: nn.Softmax(dim=1)}\n"
        "class Net(nn.Module):\n    def __init__(self, kind):\n        super().__init__()\n"
        "        self.fc = nn.Linear(4, 3)\n        self.activation = KINDS[kind]()\n"
        "    def forward(self, x):\n        return self.activation(self.fc(x))\n"
        "net = Net('soft')\nF.cross_entropy(net(x), y)\n"
    ),
    "another function reads probabilities": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.fc = nn.Linear(4, 3)\n"
        "    def forward(self, x):\n        return F.softmax(self.fc(x), dim=1)\n"
        "def sure(net, x):\n    return net(x).amax(1) > 0.9\nF.cross_entropy(Net()(x), y)\n"
    ),
    "its dtype is asked for": "F.cross_entropy(F.softmax(out, 1, dtype=torch.float32), y)\n",
    "the only layer": "m = nn.Sequential(nn.Softmax(1))\nF.cross_entropy(m(x), y)\n",
}


@pytest.mark.parametrize("source", KEPT.values(), ids=KEPT)
def test_no_fix_where_it_would_break_something(source: str) -> None:
    (finding,) = findings_of(HEAD + source)

    assert finding.fix is None


def test_a_label_from_argmax_does_not_hold_the_softmax_back() -> None:
    before = HEAD + "p = F.softmax(out, dim=1)\nF.cross_entropy(p, y)\nlabel = p.argmax(1)\n"

    assert "p = out\n" in fixed(before)


def test_the_clear_is_inserted_before_the_backward() -> None:
    source = """\
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()  # gradients
        self.opt.step()
    """
    expected = """\
    for x, y in loader:
        loss = criterion(model(x), y)
        self.opt.zero_grad()
        loss.backward()  # gradients
        self.opt.step()
    """

    assert fixed(source) == textwrap.dedent(expected)


ACCUMULATED = {
    "the step now and then": """\
        for i, (x, y) in enumerate(loader):
            loss = criterion(model(x), y) / 4
            loss.backward()
            if (i + 1) % 4 == 0:
                opt.step()
                +
        """,
    "the step after the loop": """\
        for epoch in range(3):
            for x, y in loader:
                criterion(model(x), y).backward()
            opt.step()
            +
        """,
    "other turns go on before the step": """\
        for i, (x, y) in enumerate(loader):
            (criterion(model(x), y) / 4).backward()
            if (i + 1) % 4:
                continue
            opt.step()
            +
        """,
    "several backwards": """\
        import torch
        model = torch.nn.Linear(2, 1)
        opt = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in loader:
            model(x).sum().backward()
            model(y).sum().backward()
            opt.step()
            +
        """,
}


@pytest.mark.parametrize("expected", ACCUMULATED.values(), ids=ACCUMULATED)
def test_an_accumulation_is_cleared_after_the_step(expected: str) -> None:
    lines = textwrap.dedent(expected).splitlines(keepends=True)
    source = "".join(line for line in lines if line.strip() != "+")

    assert fixed(source) == "".join(lines).replace("+\n", "opt.zero_grad()\n")


UNCLEAR = {
    "gradients are read after the step": (
        "for i, x in enumerate(loader):\n    model(x).sum().backward()\n    if (i + 1) % 4 == 0:\n"
        "        opt.step()\n        print(model.weight.grad.norm())\n"
    ),
    "the step is left out for broken gradients": (
        "for x in loader:\n    loss = model(x).sum()\n    loss.backward()\n    if torch.isfinite(loss):\n"
        "        opt.step()\n"
    ),
}


@pytest.mark.parametrize("source", UNCLEAR.values(), ids=UNCLEAR)
def test_no_clear_where_it_could_do_harm(source: str) -> None:
    findings = [finding for finding in findings_of("import torch\n" + source) if finding.code == "TCK201"]

    assert findings
    assert all(finding.fix is None for finding in findings)


def test_line_ends_are_kept() -> None:
    source = "for x in loader:\r\n    loss.backward()\r\n    opt.step()\r\n"

    assert fixed(source) == "for x in loader:\r\n    opt.zero_grad()\r\n    loss.backward()\r\n    opt.step()\r\n"


NO_NAME = {
    "the optimizer has another name where the backward is": (
        "def learn(loss):\n    loss.backward()\nfor x in loader:\n    learn(model(x))\n    opt.step()\n"
    ),
    "several statements on one line": "for x in loader:\n    loss = model(x); loss.backward()\n    opt.step()\n",
    "one line": "for x in loader: loss.backward(); opt.step()\n",
    "weights updated by hand": (
        "import torch\nw = torch.zeros(2, requires_grad=True)\nfor x in loader:\n    (w * x).sum().backward()\n"
        "    w.data -= 0.1 * w.grad\n"
    ),
}


@pytest.mark.parametrize("source", NO_NAME.values(), ids=NO_NAME)
def test_no_clear_is_inserted_where_it_cannot_be_written(source: str) -> None:
    (finding,) = findings_of(source)

    assert (finding.code, finding.fix) == ("TCK201", None)


def test_the_clear_is_moved() -> None:
    source = """\
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        opt.zero_grad()  # reset
        opt.step()
    """
    expected = """\
    for x, y in loader:
        loss = criterion(model(x), y)
        opt.zero_grad()  # reset
        loss.backward()
        opt.step()
    """

    assert fixed(source) == textwrap.dedent(expected)


RENAMED = {
    "attribute": (
        "import torch\nopt = torch.optim.Adam(p, weight_decay=0.1)\n",
        "import torch\nopt = torch.optim.AdamW(p, weight_decay=0.1)\n",
    ),
    "name": (
        "from torch.optim import SGD, Adam\nopt = Adam(p, weight_decay=0.1)\n",
        "from torch.optim import SGD, Adam, AdamW\nopt = AdamW(p, weight_decay=0.1)\n",
    ),
    "both imported": (
        "from torch.optim import Adam, AdamW\nopt = Adam(p, weight_decay=0.1)\n",
        "from torch.optim import Adam, AdamW\nopt = AdamW(p, weight_decay=0.1)\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), RENAMED.values(), ids=RENAMED)
def test_adam_becomes_adamw(before: str, after: str) -> None:
    assert fixed(before) == after


OTHER_ADAM = {
    "another name": "from torch.optim import Adam as A\nopt = A(p, weight_decay=0.1)\n",
    "a module without AdamW": "from torch.optim.adam import Adam\nopt = Adam(p, weight_decay=0.1)\n",
    "an AdamW from elsewhere": (
        "from torch.optim import Adam\nfrom transformers import AdamW\nopt = Adam(p, weight_decay=0.1)\n"
    ),
}


@pytest.mark.parametrize("source", OTHER_ADAM.values(), ids=OTHER_ADAM)
def test_adam_is_left_alone_where_adamw_cannot_be_named(source: str) -> None:
    (finding,) = findings_of(source)

    assert finding.fix is None
