"""What views tell of loops."""

from __future__ import annotations

from tests.code.test_views import view
from torchcheck.code.loops import LoopView


def _loop_around(source: str) -> LoopView | None:
    seen = view(f"# torch\n{source}")
    (call,) = (call for call in seen.calls if call.last_name == "f")
    return seen.loop_around(call)


def test_the_loop_around_is_the_innermost_in_whose_body_it_stands() -> None:
    loop = _loop_around("for a in b:\n    for c in d:\n        f()\n        g()\n        while e:\n            h()\n")
    assert loop is not None
    assert loop.source is not None
    assert loop.source.text == "d"
    assert sorted(call.text for call in loop.own_calls) == ["f()", "g()"]
    assert loop.binds("c")
    assert not loop.binds("a")


def test_what_a_loop_runs_over_is_not_in_it_nor_is_a_function_that_it_defines() -> None:
    assert _loop_around("for a in f():\n    g()\n") is None
    assert _loop_around("for a in b:\n    pass\nelse:\n    f()\n") is None
    assert _loop_around("while a:\n    def g():\n        f()\n") is None
