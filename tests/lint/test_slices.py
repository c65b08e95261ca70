"""Which names a block makes its values of, and which of them come from an earlier turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchcheck.lint import ir
from torchcheck.lint.interp.slices import Slice, slice_of_loop
from torchcheck.lint.source import SourceFile


def _turn(body: str) -> Slice:
    lines = "".join(f"    {line}\n" for line in body.split("; "))
    (loop,) = SourceFile(Path("script.py"), f"for x, y in loader:\n{lines}").body()
    assert isinstance(loop, ir.For)
    return slice_of_loop(loop)


@pytest.mark.parametrize(
    ("body", "name", "sources"),
    [
        ("out = model(x); loss = criterion(out, y)", "loss", "loss criterion out y model x loader"),
        ("loss = criterion(model(x.detach()), y.float())", "loss", "loss criterion model y loader"),
        ("total = total + loss.item()", "total", "total"),
        ("terms.append(net(x)); loss = sum(terms)", "loss", "loss sum terms net x loader"),
        ("d['a'] = net(x); loss = d['a']", "loss", "loss d net x loader"),
        ("out, h = rnn(x, h)", "out", "out rnn x h loader"),
        ("loss = sum(net(v) for v in parts)", "loss", "loss sum net parts"),
        ("h = tuple(v.detach() for v in h)", "h", "h tuple"),
    ],
)
def test_what_a_name_is_made_of(body: str, name: str, sources: str) -> None:
    assert _turn(body).sources([name]) == set(sources.split())


@pytest.mark.parametrize(
    ("body", "exposed"),
    [
        ("out, h = rnn(x, h)", {"h"}),
        ("h = h.detach(); out, h = rnn(x, h)", set()),
        ("total += x", {"total"}),
        ("h = x; out = f(h)", set()),
    ],
)
def test_what_comes_from_an_earlier_turn(body: str, exposed: set[str]) -> None:
    assert _turn(body).exposed & {"h", "total"} == exposed


def test_a_name_that_every_arm_binds_is_of_this_turn() -> None:
    text = """\
for x in loader:
    if x.any():
        h = x
    elif x.all():
        continue
    else:
        h = 1
    z = h
"""
    (loop,) = SourceFile(Path("script.py"), text).body()
    assert isinstance(loop, ir.For)
    assert "h" not in slice_of_loop(loop).exposed
