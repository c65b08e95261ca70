"""Where the user's code stands."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from torchcheck.probe import frames  # noqa: E402
from torchcheck.probe.source import argument, assigned_to, callee, method, receiver, text_of  # noqa: E402

HERE = str(Path(__file__).resolve())
columns = pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 knows lines only")


def test_files_are_told_apart() -> None:
    assert frames.is_user_file(__file__)
    assert frames.is_user_file("<stdin>")
    assert not frames.is_user_file(torch.__file__)
    assert not frames.is_user_file(pytest.__file__)
    assert not frames.is_user_file(frames.__file__)
    assert frames.is_own_file(frames.__file__)
    assert frames.is_own_file(frames.HIDDEN)


@columns
def test_a_place_is_the_expression_in_characters() -> None:
    place = [("über", frames.user_place()), 0][0][1]  # type: ignore[index]
    assert place.filename == HERE
    assert text_of(place) == "frames.user_place()"
    assert callee(place) == "frames.user_place"


@columns
def test_a_call_over_several_lines_begins_at_its_first() -> None:
    place = _over_lines()
    assert text_of(place).startswith("Holder().step(\n")
    assert method(place) == "step"


def _over_lines() -> frames.Span:
    return Holder().step(
        None,
    )


class Holder:
    def __init__(self) -> None:
        self.place = None
        self.items = [self]

    def step(self, other: object = None) -> frames.Span:
        return frames.frame_place(sys._getframe(1))


@columns
def test_names_are_read_off_a_call() -> None:
    holder = Holder()
    place = holder.step(holder)
    assert (receiver(place), argument(place, 0, "other"), assigned_to(place)) == ("holder", "holder", "place")
    holder.place = holder.items[0].step(other=holder.items)
    assert receiver(holder.place) == "holder.items[0]"
    assert argument(holder.place, 0, "other") == "holder.items"
    assert assigned_to(holder.place) == "holder.place"


def test_what_has_no_source_has_no_name() -> None:
    scope: dict[str, object] = {"holder": Holder()}
    exec(compile("place = holder.step()", "<generated here>", "exec"), scope)
    place = scope["place"]
    assert isinstance(place, frames.Span)
    assert (place.filename, place.start.row, receiver(place)) == ("<generated here>", 1, None)
