"""What surrounds a piece of code."""

from __future__ import annotations

import pytest

from tests.code.test_views import view
from torchcheck.code import CallView


def _call(source: str) -> CallView:
    (found,) = (call for call in view(f"# torch\n{source}").calls if call.last_name == "f")
    return found


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("f()", set()),
        ("try:\n    f()\nexcept ImportError:\n    pass", {"ImportError"}),
        ("try:\n    pass\nexcept (pickle.UnpicklingError, KeyError):\n    f()", {"UnpicklingError", "KeyError"}),
        ("try:\n    f()\nexcept:\n    pass", {""}),
        ("try:\n    f()\nfinally:\n    pass", set()),
    ],
)
def test_the_exceptions_that_are_caught_around_a_call(source: str, names: set[str]) -> None:
    assert _call(source).caught == names


@pytest.mark.parametrize(
    ("source", "is_type"),
    [
        ("isinstance(x, f())", True),
        ("isinstance(f(), int)", False),
        ("x: f() = None", True),
        ("def g(x: f()): pass", True),
        ("def g() -> Optional[f()]: pass", True),
        ("def g(x=f()): pass", False),
    ],
)
def test_what_names_a_type(source: str, is_type: bool) -> None:
    assert _call(source).names_a_type is is_type
