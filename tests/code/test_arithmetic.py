"""What views tell of sums, products, powers, and values that are settled."""

from __future__ import annotations

import pytest

from tests.code.test_views import view
from torchcheck.code import ExprView
from torchcheck.code.uses import factors, in_one_block, negated, powers_of_one_minus, settled, sums


def last(source: str) -> ExprView:
    return max(view(f"import torch\n{source}").expression_statements, key=lambda v: v.node.lineno)


@pytest.mark.parametrize(
    ("source", "parts"),
    [("-0.5 * a * b", ["0.5", "a", "b"]), ("a", ["a"]), ("a / b", ["a / b"]), ("-(a * 2)", ["a", "2"])],
)
def test_factors_are_what_is_multiplied(source: str, parts: list[str]) -> None:
    assert [part.text for part in factors(last(source))] == parts


@pytest.mark.parametrize("source", ["(1 - p) ** 2", "(1.0 - p).pow(2)", "torch.pow(1 - p, 2)"])
def test_a_power_of_one_minus_is_found_however_it_is_written(source: str) -> None:
    ((power, subtracted),) = powers_of_one_minus(last(source).file)
    assert (power.text, subtracted.text) == (source, "p")


@pytest.mark.parametrize("source", ["(2 - p) ** 2", "(1 + p) ** 2", "torch.exp(1 - p)", "2 ** (1 - p)"])
def test_other_expressions_are_no_powers_of_one_minus(source: str) -> None:
    assert powers_of_one_minus(last(source).file) == []


def test_sums_and_negations() -> None:
    ((_, left, right),) = sums(last("-a + b - c").file)
    negative = negated(left)
    assert (left.text, right.text) == ("-a", "b")
    assert negative is not None
    assert negative.text == "a"
    assert negated(right) is None


def test_an_attribute_set_once_is_settled() -> None:
    source = """
    import torch
    class A:
        def __init__(self):
            self.once = 1
            self.twice = 2
        def run(self):
            self.twice = 3
            use(self.once, self.twice)
    """
    (call,) = view(source).calls
    assert [settled(arg.value).text for arg in call.arguments] == ["1", "self.twice"]


def test_statements_of_one_block_run_together() -> None:
    file = view("import torch\nif a:\n    f()\n    g()\nelse:\n    h()")
    f, g, h = sorted(file.calls, key=lambda call: call.node.lineno)
    assert in_one_block(f, g)
    assert not in_one_block(f, h)
