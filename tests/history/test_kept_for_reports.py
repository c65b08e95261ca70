"""What a run keeps for its report: learning curves, and the lines of source around findings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.history.made import finding, make
from torchcheck.facts.curve import Curve, Series
from torchcheck.facts.curve_json import curve_from_json, curve_to_json
from torchcheck.finding import Position, Span
from torchcheck.history.run import load

AT = Position(7, 1)
PLACE = Span("/project/train.py", AT, AT)


def test_a_curve_comes_back_as_it_was() -> None:
    series = Series(name="loss", steps=[1.0, 2.5], values=[0.5, 0.25], place=PLACE)
    curve = Curve(training=series, metric=series, samples=10, regularised=("dropout",), chance=2.3, live=True)
    assert curve_from_json(curve_to_json(curve)) == curve


@pytest.mark.parametrize("change", [{"training": 3}, {"metric": {"name": "x"}}, {"regularised": 1}])
def test_what_is_no_curve_is_left_out(change: dict[str, object], tmp_path: Path) -> None:
    data = curve_to_json(Curve(training=Series(name="loss", steps=[1.0], values=[0.5], place=PLACE)))
    with pytest.raises((KeyError, TypeError, ValueError)):
        curve_from_json(data | change)


def test_the_lines_of_a_finding_are_kept_once_and_at_once(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text("".join(f"line{number}\n" for number in range(1, 10)), encoding="utf-8")
    one = replace(finding(filename=str(script)), place=Span(str(script), Position(2, 1), Position(2, 3)))
    folder = make(tmp_path, "run", findings=(one, replace(one, code="TCK202")), status=None)
    (log,) = folder.glob("*.jsonl")
    assert log.read_text(encoding="utf-8").count('"event":"source"') == 1
    (process,) = load(folder).processes
    assert process.sources == {(str(script), None, 2): (1, ["line1", "line2", "line3", "line4", "line5"])}


def test_a_finding_without_source_keeps_none(tmp_path: Path) -> None:
    (process,) = load(make(tmp_path, "run", findings=(finding(),))).processes
    assert process.sources == {}
