"""The panel by itself: what it shows, how often, and what becomes of it when something breaks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.history.made import finding
from torchcheck.live import panel as panels
from torchcheck.live.lines import lines
from torchcheck.live.panel import Panel
from torchcheck.live.region import Region
from torchcheck.live.state import State

pytestmark = pytest.mark.skipif(os.name != "posix", reason="no pseudo-terminals here")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def shown(state: State, width: int = 90, most: int = 10) -> list[str]:
    return [line.plain.rstrip() for line in lines(state, "train.py", width, most)]


def sample(step: int, rate: float | list[float] = 0.1, **losses: float) -> dict[str, Any]:
    return {"step": step, "losses": losses, "rates": {"optimizer": rate}}


def scales(**ratios: float) -> dict[str, Any]:
    layers = {name: [1.0, 1.0, ratio, None, None, None, None] for name, ratio in ratios.items()}
    return {"optimizer": "optimizer", "layers": layers}


def test_nothing_but_what_is_known_is_shown() -> None:
    assert shown(State(Clock())) == [
        f"── train.py {'─' * 64} torchcheck ──",
        "step 0   0:00",
        "no loss so far",
        "no findings so far",
    ]


def test_all_that_is_shown() -> None:
    clock = Clock()
    state = State(clock)
    for step in range(0, 101, 10):
        clock.now = step / 40
        state.take("pulse", {"step": step, "epoch": 2, "phase": "training"})
        state.take("sample", sample(step, loss=1 / (step + 1)))
    state.take("scales", scales(first=1e-3, second=2e-7, third=0.5, fourth=3e-3))
    state.take("finding", finding().to_json())
    assert shown(state)[1:] == [
        "step 100   epoch 2   training   40 steps/s   0:02   learning rate 0.1",
        "loss  0.009901  ███▄▄▄▃▃▃▃▃▃▂▂▂▂▂▂▂▂▂▂▂▂▂▁▁▁▁▁▁▁  lowest 0.009901",
        "update / weight  2e-07    below 0.0001 to 0.1  second",
        "                 0.5      above 0.0001 to 0.1  third",
        "                 0.001    within 0.0001 to 0.1  first",
        "error TCK201 train.py:10 Gradients add up.",
    ]


def test_losses_and_rates_of_two_optimizers() -> None:
    state = State(Clock())
    state.take("sample", {"step": 0, "losses": {"loss_d": 1.0, "loss_g": 2.0}, "rates": {"opt_d": 0.1, "opt_g": [0.2]}})
    text = shown(state)
    assert text[1].endswith("learning rates opt_d 0.1, opt_g 0.2")
    assert [line.split()[:2] for line in text[2:4]] == [["loss_d", "1"], ["loss_g", "2"]]


def test_a_loss_that_is_no_number_is_shown_as_one() -> None:
    state = State(Clock())
    for step, loss in enumerate((1.0, float("nan"))):
        state.take("sample", sample(step, loss=loss))
    assert shown(state)[2].startswith("loss  nan ")


def test_more_findings_than_lines_are_counted_and_the_newest_told() -> None:
    state = State(Clock())
    for row in range(20):
        state.take("finding", finding(row=row).to_json())
    text = shown(state, most=6)
    assert len(text) == 6
    assert text[3] == "20 findings, of which the newest:"
    assert text[-1].startswith("error TCK201 train.py:19 ")


def test_findings_that_are_not_to_be_told_are_not() -> None:
    state = State(Clock(), hides=lambda one: one.code == "TCK201")
    state.take("finding", finding().to_json())
    assert state.findings == []


def test_no_line_is_wider_than_the_terminal_and_no_panel_higher_than_it_may_be() -> None:
    state = State(Clock())
    state.take("sample", sample(0, a_loss_with_a_name_that_is_very_long_indeed=1.0, another=2.0))
    state.take("scales", scales(**{"layer" * 20: 1e-9, "b": 1.0, "c": 1.0, "d": 1.0}))
    for row in range(5):
        state.take("finding", finding(row=row).to_json())
    for width in (39, 60, 200):
        for most in (8, 10):
            found = lines(state, "a" * 90, width, most)
            assert max(line.cell_len for line in found) <= width
            assert len(found) <= most


def test_many_samples_take_bounded_memory() -> None:
    state = State(Clock())
    for step in range(20_000):
        state.take("sample", sample(step, loss=float(step)))
    series = state.losses["loss"]
    assert len(series.steps) <= 1024
    assert (series.steps[-1], series.values[-1]) == (19_999, 19_999.0)


class Terminal:
    """Stands in for a region; counts what is drawn."""

    drawn: list[list[str]]

    def __init__(self, *_: Any) -> None:
        self.drawn, self.left, self.broken = [], 0, False

    def size(self) -> os.terminal_size:
        return os.terminal_size((80, 24))

    def is_in_front(self) -> bool:
        return True

    def show(self, lines: list[str]) -> None:
        if self.broken:
            raise OSError(5, "Input/output error")
        self.drawn.append(lines)

    def leave(self) -> None:
        self.left += 1


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    terminal = Terminal()
    monkeypatch.setattr(panels, "Region", lambda *args: terminal)
    return terminal


def made(clock: Clock, hides: Any = lambda one: False) -> Panel:
    with open(os.devnull, "w", encoding="utf-8") as stream:
        return Panel(stream, "train.py", hides, clock)


def test_it_draws_four_times_a_second_at_most(terminal: Terminal) -> None:
    clock = Clock()
    panel = made(clock)
    for step in range(1000):
        clock.now = step / 100
        panel.tell("sample", sample(step, loss=1.0))
        panel.tell("pulse", {"step": step, "epoch": None, "phase": None})
    assert 36 <= len(terminal.drawn) <= 40


def test_nothing_is_drawn_before_a_training_begins(terminal: Terminal) -> None:
    clock = Clock()
    panel = made(clock)
    clock.now = 5.0
    panel.tell("optimizer", {})
    panel.tell("finding", finding().to_json())
    assert terminal.drawn == []


def test_a_terminal_that_is_gone_ends_it(terminal: Terminal) -> None:
    panel = made(Clock())
    terminal.broken = True
    with pytest.raises(OSError, match="Input/output"):
        panel.tell("sample", sample(0, loss=1.0))
    assert terminal.left == 1
    panel.tell("sample", sample(1, loss=1.0))
    panel.close()
    assert terminal.left == 1


def test_a_forked_child_neither_draws_nor_takes_away(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = made(Clock())
    monkeypatch.setattr(os, "getpid", lambda: -1)
    panel.tell("sample", sample(0, loss=1.0))
    panel.close()
    assert (terminal.drawn, terminal.left) == ([], 0)


def test_a_drawing_that_was_interrupted_is_made_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "get_terminal_size", lambda descriptor: os.terminal_size((80, 24)))
    write = os.write

    def interrupted(descriptor: int, data: bytes) -> int:
        write(descriptor, data[:30])
        raise KeyboardInterrupt

    with open(tmp_path / "told", "wb") as file:
        region = Region(file.fileno())
        monkeypatch.setattr(os, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            region.show(["one", "two"])
        monkeypatch.setattr(os, "write", write)
        region.leave()
        region.leave()
    told = (tmp_path / "told").read_bytes()
    assert told[30:] == b"\x18\x1b8" + b"\x1b7\x1b[23;1H\x1b[J\x1b[r\x1b8"
