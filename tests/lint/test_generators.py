"""Training code in generator functions, and in calls that only stand for others."""

from __future__ import annotations

import textwrap

import pytest

from tests.lint.linting import codes

NET = """
net = nn.Linear(6, 3)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
X, Y = torch.randn(8, 6), torch.zeros(8).long()
"""

FIT = (
    NET
    + """
def fit(model, batches):
    for x in batches:
        opt.zero_grad()
        loss = F.cross_entropy(model(x){after}, Y)
        loss.backward()
        opt.step()
        yield loss.item()
"""
)

CONSUMERS = {
    "for": "for value in fit(net, [X] * 9): print(value)",
    "list": "print(list(fit(net, [X] * 9)))",
    "next": "losses = fit(net, [X] * 9)\nfor _ in range(9): print(next(losses))",
    "yield from": "def outer():\n    yield from fit(net, [X] * 9)\nfor value in outer(): print(value)",
}


@pytest.mark.parametrize("consumer", CONSUMERS.values(), ids=list(CONSUMERS))
def test_body_of_a_generator_is_read(consumer: str) -> None:
    assert codes(FIT.format(after=".softmax(1)") + consumer) == ["TCK101"]
    assert codes(FIT.format(after="") + consumer) == []


def test_missing_zero_grad_in_a_generator() -> None:
    source = FIT.format(after="").replace("        opt.zero_grad()\n", "")
    assert codes(source + CONSUMERS["for"]) == ["TCK201"]


def test_method_and_async_generator() -> None:
    method = FIT.format(after=".softmax(1)").replace("def fit(", "async def fit(")
    main = (
        "import asyncio\nasync def main():\n    async for value in fit(net, [X] * 9): print(value)\nasyncio.run(main())"
    )
    assert codes(method + main) == ["TCK101"]


def test_coroutine_is_read() -> None:
    source = FIT.format(after=".softmax(1)").replace("def fit(", "async def fit(").replace("yield loss.item()", "pass")
    assert codes(source + "import asyncio\nasyncio.run(fit(net, [X] * 9))") == ["TCK101"]


SHARED_STEPS = {
    "the consumer runs backward": """
        def clean():
            for x in [X] * 9:
                opt.zero_grad()
                yield x
                opt.step()
        for x in clean():
            F.cross_entropy(net(x), Y).backward()
        """,
    "the consumer steps": """
        def losses():
            for x in [X] * 9:
                opt.zero_grad()
                loss = F.cross_entropy(net(x), Y)
                loss.backward()
                yield loss
        for loss in losses():
            opt.step()
        """,
    "the generator only clears": """
        def clean():
            for x in [X] * 9:
                opt.zero_grad()
                yield x
        for x in clean():
            F.cross_entropy(net(x), Y).backward()
            opt.step()
        """,
    "a context manager": """
        from contextlib import contextmanager
        @contextmanager
        def step():
            opt.zero_grad()
            yield
            opt.step()
        for x in [X] * 9:
            with step():
                F.cross_entropy(net(x), Y).backward()
        """,
    "a whole step, cleared by the consumer": """
        def fit():
            for _ in range(9):
                F.cross_entropy(net(X), Y).backward()
                opt.step()
                yield
        for _ in fit():
            opt.zero_grad()
        """,
    "batches only": """
        def batches():
            while True:
                yield X, Y
        for x, y in batches():
            opt.zero_grad()
            F.cross_entropy(net(x), y).backward()
            opt.step()
        """,
}


@pytest.mark.parametrize("source", SHARED_STEPS.values(), ids=list(SHARED_STEPS))
def test_step_shared_with_the_consumer_is_silent(source: str) -> None:
    assert codes(NET + textwrap.dedent(source)) == []


@pytest.mark.parametrize("name", ["torch.func.functional_call", "torch.nn.utils.stateless.functional_call"])
def test_functional_call_is_a_call_of_the_module(name: str) -> None:
    net = "net = nn.Sequential(nn.Linear(6, 3){})\nparams = dict(net.named_parameters())\n"
    loss = f"F.cross_entropy({name}(net, params, (torch.randn(8, 6),)), torch.zeros(8).long())"
    old = ["TCK709"] * ("stateless" in name)
    assert sorted(codes(net.format(", nn.Softmax(1)") + loss)) == ["TCK101", *old]
    assert codes(net.format("") + loss) == old
