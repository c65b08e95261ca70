"""What of a run goes into a page: points of curves, cells of heat maps."""

from __future__ import annotations

import json
import math
import re
import sys
from pathlib import Path

import pytest

from tests.report.html.made import data_of, figure, page_of, sample, trained
from torchcheck.facts.trail import HEAD, Trail
from torchcheck.history.recorder import Recorder
from torchcheck.history.run import load
from torchcheck.report.html.grid import MOST_COLUMNS, MOST_ROWS, grid, ratio
from torchcheck.report.html.thin import MOST_POINTS, line, medians


def test_a_short_series_stays_as_it_is() -> None:
    drawn = line([0, 1, 2], [3.0, 1.0, 2.0])
    assert (drawn.steps, drawn.values, drawn.broken) == ([0, 1, 2], [3.0, 1.0, 2.0], [])


def test_a_long_series_keeps_its_ends_and_its_spikes_and_is_bounded() -> None:
    values = [math.sin(step / 1000) for step in range(100_000)]
    values[77_777], values[33_333] = 50.0, -50.0
    drawn = line(range(100_000), values)
    assert len(drawn.steps) <= MOST_POINTS
    assert (drawn.steps[0], drawn.steps[-1]) == (0, 99_999)
    assert dict(zip(drawn.steps, drawn.values, strict=True))[77_777] == 50.0
    assert min(value for value in drawn.values if value is not None) == -50.0
    assert drawn.steps == sorted(drawn.steps)


def test_a_line_is_interrupted_where_values_are_no_numbers_and_at_cuts() -> None:
    drawn = line([0, 1, 2, 3, 4], [1.0, math.nan, 2.0, 3.0, math.inf], cuts=[3])
    assert drawn.steps == [0, 2, 2, 3, 3]
    assert drawn.values == [1.0, None, 2.0, None, 3.0]
    assert drawn.broken == [1, 4]


def test_a_series_that_breaks_all_the_time_is_bounded() -> None:
    drawn = line(range(50_000), [1.0 if step % 2 else math.nan for step in range(50_000)])
    assert len(drawn.steps) <= 2 * MOST_POINTS
    assert len(drawn.broken) <= MOST_POINTS


def test_medians_ignore_a_spike() -> None:
    values = [1.0] * 1000
    values[500] = 1e9
    assert set(medians(range(1000), values)[1]) == {1.0}


def trail(layers: int, steps: int) -> Trail:
    names = [f"layer.{index}.weight" for index in range(layers)]
    lines = [json.dumps(HEAD)]
    for step in range(steps):
        peak = 9.0 if step == steps // 2 else 0.01
        told = {name: [10.0, 1.0, peak, 0.0, 1.0, None, None] for name in names}
        lines.append(json.dumps(sample(step, told)))  # type: ignore[arg-type]
    return Trail.from_json_lines(lines)


def test_a_grid_has_a_row_a_layer_and_a_column_a_sample() -> None:
    made = grid(trail(2, 3))
    assert made is not None
    assert (made.names, made.edges, made.left_out) == (["layer.0.weight", "layer.1.weight"], [0, 1, 2, 3], 0)
    assert [row == pytest.approx([0.001, 0.9, 0.001]) for row in made.cells(ratio) or []] == [True, True]
    assert made.cells(lambda layer: layer.dead) is None


def test_a_grid_is_bounded_and_keeps_the_peak_and_what_findings_name() -> None:
    made = grid(trail(500, 400), wanted={"layer.123", "layer.321.weight"})
    assert made is not None
    assert len(made.names) == MOST_ROWS
    assert made.left_out == 500 - MOST_ROWS
    assert {"layer.0.weight", "layer.123.weight", "layer.321.weight"} <= set(made.names)
    assert len(made.edges) - 1 == MOST_COLUMNS
    cells = made.cells(ratio)
    assert cells is not None
    assert max(value for value in cells[0] if value is not None) == pytest.approx(0.9)


def test_weights_of_one_name_stay_two_where_two_optimizers_train_them(tmp_path: Path) -> None:
    folder = trained(tmp_path, steps=0)
    recorder = Recorder(folder, "rank1")
    for optimizer in ("opt_g", "opt_d"):
        recorder.tell("scales", sample(0, {"weight": [1.0, 1.0, 0.1, None, None, None, None]}, optimizer))
    recorder.tell("sample", {"step": 0, "losses": {"loss": 1.0}, "rates": {}})
    recorder.close()
    assert figure(page_of(folder), "ratio")["data"][0]["y"] == ["weight (opt_g)", "weight (opt_d)"]


def test_heat_maps_are_logarithmic_around_the_useful_ratio(tmp_path: Path) -> None:
    made = figure(page_of(trained(tmp_path)), "ratio")
    trace = made["data"][0]
    assert (made["scale"], trace["zmin"], trace["zmax"]) == ("ratio", -6, 0)
    assert trace["z"][0][0] == -3.0
    assert trace["x"] == list(range(41))


def test_only_what_was_measured_is_drawn(tmp_path: Path) -> None:
    names = [one["id"] for one in data_of(page_of(trained(tmp_path)))["figures"]]
    assert names == ["loss", "score", "rate", "ratio", "gradient", "spread", "dead"]


def test_the_bands_hold_mean_and_deviation_of_each_layer(tmp_path: Path) -> None:
    bands = data_of(page_of(trained(tmp_path, layers=2)))["bands"]
    assert bands["layers"] == ["model.layers.0.weight", "model.layers.1.weight"]
    (run,) = bands["runs"]
    mean, deviation = run["layers"][0]
    assert (mean[0], deviation[0], deviation[-1]) == (0.1, 1.0, 1.39)


def test_a_loss_that_is_no_number_is_marked_and_told(tmp_path: Path) -> None:
    losses = (*(2.0 - step / 20 for step in range(30)), math.nan, math.inf, math.nan)
    text = page_of(trained(tmp_path, losses=losses))
    crosses = next(one for one in figure(text, "loss")["data"] if one["name"] == "loss is no number")
    assert crosses["x"] == [30, 31, 32]
    assert "2 at first, 0.55 at the end, lowest 0.55 at step 30; no number from step 30 on." in text


def test_the_same_run_gives_the_same_page(tmp_path: Path) -> None:
    folder = trained(tmp_path)
    assert page_of(folder) == page_of(folder)


def test_charts_are_what_plotly_can_draw(tmp_path: Path) -> None:
    objects = pytest.importorskip("plotly.graph_objects")
    folders = [trained(tmp_path, name) for name in ("20260301-120000-aaaa", "20260302-120000-bbbb")]
    for one in data_of(page_of(*folders))["figures"]:
        text = json.dumps({"data": one["data"], "layout": one["layout"]})
        objects.Figure(json.loads(re.sub(r'"var\(--[\w-]+\)"', '"rgb(1,2,3)"', text)))


def test_a_hundred_layers_and_a_hundred_thousand_steps_are_a_small_page(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("20260301-120000-aaaa", "20260302-120000-bbbb")]
    for folder in folders:
        trained(tmp_path, folder.name, layers=100, steps=0)
        recorder = Recorder(folder, "rank0")
        for index in range(1, 1000):
            step = 100 * index
            told = {f"model.layers.{i}.weight": [5.1234, 0.123456, 0.00512, 0.1, 1.2, 0.25, 0.5] for i in range(100)}
            if index < 200:
                recorder.tell("scales", sample(step, told))  # type: ignore[arg-type]
            losses = {f"loss{i}": 2.123456 + step / 1e5 for i in range(8)}
            recorder.tell("sample", {"step": step, "losses": losses, "rates": {"optimizer": 0.1}})
        recorder.close()
    assert load(folders[0]).steps > 99_000
    alone, both = len(page_of(folders[0])), len(page_of(*folders))
    assert alone < 1_000_000
    assert both < 1_150_000  # plotly's script is 4.82 MB


def test_the_greatest_number_that_there_is_can_be_drawn(tmp_path: Path) -> None:
    folder = trained(tmp_path, losses=(1.0, sys.float_info.max, 2.0))
    assert figure(page_of(folder), "loss")["data"][0]["y"] == [1.0, sys.float_info.max, 2.0]
