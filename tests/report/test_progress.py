"""The progress bar: when it is shown, and that nothing of it is left."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from torchcheck.report.progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """Moves by a step with each look."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture(autouse=True)
def _at_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def linted(stream: io.StringIO, files: int, seconds: float) -> str:
    """What a run over so many files, each of which takes so long, writes to the stream."""
    with ProgressBar(stream, Clock(seconds)) as bar:
        for done in range(1, files + 1):
            bar.advance(done, files)
    return stream.getvalue()


def test_a_long_run_shows_how_many_files_are_done_and_wipes_it_at_the_end() -> None:
    text = linted(Terminal(), 60, 0.5)
    assert "linting" in text
    assert "60/60\x1b[0m files" in text
    assert "m 3/60" not in text  # two seconds are not over
    assert text.endswith("\x1b[2K")  # the line is cleared
    assert "\x1b[?25h" in text[text.index("60/60") :]  # and the cursor shown again


@pytest.mark.parametrize(
    ("stream", "files", "seconds", "environment"),
    [
        pytest.param(io.StringIO(), 60, 0.5, {}, id="no terminal"),
        pytest.param(Terminal(), 49, 0.5, {}, id="few files"),
        pytest.param(Terminal(), 60, 0.01, {}, id="soon done"),
        pytest.param(Terminal(), 60, 0.5, {"CI": "true"}, id="a CI job"),
        pytest.param(Terminal(), 60, 0.5, {"TERM": "dumb"}, id="a terminal that can't move its cursor"),
    ],
)
def test_else_nothing_is_shown(
    stream: io.StringIO, files: int, seconds: float, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert linted(stream, files, seconds) == ""


def test_it_is_drawn_ten_times_a_second_at_most() -> None:
    text = linted(Terminal(), 1000, 0.01)
    assert 50 < text.count("/1000") <= 100


def test_rich_is_imported_only_when_a_bar_is_shown() -> None:
    code = (
        "import sys; from torchcheck.report.progress import ProgressBar\n"
        "with ProgressBar() as bar: bar.advance(100, 100)\n"
        "print('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("False\n", "")
