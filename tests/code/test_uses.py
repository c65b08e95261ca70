"""What views tell of what is done to an expression."""

from __future__ import annotations

import pytest

from tests.code.test_views import view
from torchcheck.code.uses import is_assigned, method_called, statement_around


@pytest.mark.parametrize(
    ("source", "assigned", "method"),
    [
        ("w.data = v", True, None),
        ("w.data[0] = v", True, None),
        ("w.data -= v", True, None),
        ("w.data[0] *= v", True, None),
        ("w.data.add_(v)", False, "add_"),
        ("print(w.data)", False, None),
        ("w.data[0]", False, None),
        ("v[w.data] = 1", False, None),
        ("w.data.add_", False, None),
    ],
)
def test_what_is_done_to_an_expression(source: str, assigned: bool, method: str | None) -> None:
    (data,) = view(f"import torch\n{source}\n").attributes("data")
    called, statement = method_called(data), statement_around(data)
    assert is_assigned(data) is assigned
    assert (called.method if called else None) == method
    assert statement is not None
    assert statement.mentions("w")
    assert not statement.mentions("torch")
