"""Optimizers that are held by something: a namespace, a dataclass, a pattern of a `match`."""

from __future__ import annotations

import pytest

from tests.lint.linting import codes

FORGETFUL = "    model(x).sum().backward()\n    {0}.step()\n"

HOLDERS = {
    "a namespace": (
        "from types import SimpleNamespace\nstate = SimpleNamespace(opt=optim.SGD(model.parameters(), 0.1))\n"
    ),
    "a dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass State:\n    opt: object\n"
        "state = State(optim.SGD(model.parameters(), 0.1))\n"
    ),
    "a dataclass by keyword": (
        "import dataclasses\n@dataclasses.dataclass\nclass State:\n    model: object\n    opt: object = None\n"
        "state = State(model=model, opt=optim.SGD(model.parameters(), 0.1))\n"
    ),
}


@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS)
def test_what_is_held_is_the_optimizer(holder: str) -> None:
    head = "model = nn.Linear(2, 2)\n" + holder + "for x in loader:\n"
    assert codes(head + FORGETFUL.format("state.opt")) == ["TCK201"]
    assert codes(head + "    state.opt.zero_grad()\n" + FORGETFUL.format("state.opt")) == []
    assert codes(head + "    model.zero_grad()\n" + FORGETFUL.format("state.opt")) == []


@pytest.mark.parametrize(
    "match",
    [
        pytest.param("match 'b':\n    case 'a':\n        opt = None\n    case 'b':\n        opt = made\n", id="value"),
        pytest.param(
            "match kind:\n    case 'a' | 'b':\n        opt = made\n    case _:\n        opt = made\n", id="any"
        ),
        pytest.param("match made:\n    case opt:\n        pass\n", id="capture"),
        pytest.param("match (model, made):\n    case (net, opt):\n        pass\n", id="sequence"),
        pytest.param("match holder:\n    case Holder(opt=opt):\n        pass\n", id="attribute"),
    ],
)
def test_what_a_pattern_binds_is_the_optimizer(match: str) -> None:
    head = (
        "from types import SimpleNamespace\nmodel = nn.Linear(2, 2)\nmade = optim.SGD(model.parameters(), 0.1)\n"
        "holder = SimpleNamespace(opt=made)\n" + match + "for x in loader:\n"
    )
    assert codes(head + FORGETFUL.format("opt")) == ["TCK201"]
    assert codes(head + "    made.zero_grad()\n" + FORGETFUL.format("opt")) == []


def test_a_case_that_is_not_taken_does_nothing() -> None:
    text = """
    model = nn.Linear(2, 2)
    opt = optim.SGD(model.parameters(), 0.1)
    for x in loader:
        match "train":
            case "train":
                opt.zero_grad()
            case "test":
                opt.step()
        model(x).sum().backward()
        opt.step()
    """
    assert codes(text) == []


def test_gradients_of_a_distributed_context_are_not_those_of_the_parameters() -> None:
    text = """
    import torch.distributed.autograd as dist_autograd
    from torch.distributed.optim import DistributedOptimizer
    dist_optim = DistributedOptimizer(optim.SGD, refs, 0.1)
    for x in loader:
        with dist_autograd.context() as context_id:
            loss = run(x)
            dist_autograd.backward(context_id, [loss])
            dist_optim.step(context_id)
    """
    assert codes(text) == []
