"""`torchcheck run --live` on a terminal, and where there is none."""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

pytest.importorskip("pyte")

from tests.live.terminal import Screen, on_a_terminal

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="no pseudo-terminals here")]

TRAINING = """\
import hashlib, subprocess, sys, time
import torch
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Dropout(0.1), torch.nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x = torch.randn(320, 4)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=16, shuffle=True)
print("begin", end=" ", flush=True)
print("of it")
for epoch in range(3):
    for number, (a, b) in enumerate(loader):
        loss = (model(a) - b).pow(2).mean()
        ZERO
        loss.backward()
        optimizer.step()
        time.sleep(0.02)
        sys.stderr.write(f"\\r{number + 1:3} of 20 {'#' * number}")
        sys.stderr.flush()
    print()
    for number in range(9):
        print("epoch", epoch, "line", number)
    subprocess.run([sys.executable, "-c", "print('a child of epoch', %d)" % epoch])
END
print("weights", hashlib.sha256(b"".join(p.detach().numpy().tobytes() for p in model.parameters())).hexdigest()[:16])
"""
OWN = [
    "begin of it",
    *(
        line
        for epoch in range(3)
        for line in (
            f" 20 of 20 {'#' * 19}",
            *(f"epoch {epoch} line {number}" for number in range(9)),
            f"a child of epoch {epoch}",
        )
    ),
]


def script(folder: Path, *, forgets: bool = False, end: str = "") -> Path:
    path = folder / "train.py"
    text = TRAINING.replace("ZERO", "pass" if forgets else "optimizer.zero_grad()").replace("END", end)
    path.write_text(text, encoding="utf-8")
    return path


class Seen:
    """Keeps the last panel, and may do something once it has seen one with a finding."""

    def __init__(self, then: object = None) -> None:
        self.panel: list[str] = []
        self.all = ""
        self._then = then

    def __call__(self, screen: Screen, process: subprocess.Popen[bytes]) -> None:
        shown = screen.shown
        at = next((row for row, line in enumerate(shown) if line.endswith(" torchcheck ──")), None)
        if at is not None:
            self.panel = shown[at:]
            self.all += "\n".join(self.panel)
            if callable(self._then) and any("TCK201" in line for line in self.panel):
                self._then(screen, process)
                self._then = None


def bare(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "torchcheck", "run", "--no-history", *words],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1", "TERM": "xterm", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_panel_stands_below_and_everything_that_was_printed_above(tmp_path: Path) -> None:
    script(tmp_path, forgets=True)
    seen = Seen()
    status, screen, _ = on_a_terminal(tmp_path, "run", "--live", "--no-history", "train.py", watch=seen)
    assert status == 1
    assert screen.everything[: len(OWN)] == OWN
    text = "\n".join(screen.everything)
    assert "torchcheck ──" not in text
    assert "train.py:16:9: error TCK201 [missing-zero-grad]" in text
    assert "1 finding (1 error) in 60 steps" in screen.everything[-1]
    for part in (
        *("── train.py ──", "\nstep ", "   epoch 2   training   ", " steps/s   ", "   learning rate 0.01\nloss  "),
        *("  lowest 0.", "\nupdate / weight  ", "0.0001 to 0.1  model.", "\nerror TCK201 train.py:16 This "),
    ):
        assert part in seen.all


def test_weights_and_lines_are_those_of_a_run_without_it(tmp_path: Path) -> None:
    script(tmp_path)
    plain = bare(tmp_path, "train.py")
    _, screen, _ = on_a_terminal(tmp_path, "run", "--live", "--no-history", "train.py")
    weights = plain.stdout.splitlines()[-1]
    assert weights.startswith("weights ")
    assert weights in screen.everything
    assert screen.everything[: len(OWN)] == OWN


def test_without_a_terminal_nothing_is_shown_and_rich_is_not_imported(tmp_path: Path) -> None:
    script(tmp_path, end="print('rich' in sys.modules)")
    plain, live = bare(tmp_path, "train.py"), bare(tmp_path, "--live", "train.py")
    assert "\nFalse\n" in live.stdout
    assert live.stdout == plain.stdout
    own = live.stderr[: live.stderr.index("no findings")]
    assert own == plain.stderr[: plain.stderr.index("no findings")]
    assert "\x1b" not in live.stderr


@pytest.mark.parametrize("environment", [{"CI": "true"}, {"TERM": "dumb"}, {"RANK": "1", "LOCAL_RANK": "1"}])
def test_some_terminals_get_none(tmp_path: Path, environment: dict[str, str]) -> None:
    script(tmp_path)
    ranks = {"LOCAL_WORLD_SIZE": "2", "TORCHCHECK_RANKS": str(tmp_path)} if "RANK" in environment else {}
    words = ("run", "--live", "--no-history", "train.py")
    _, _, told = on_a_terminal(tmp_path, *words, **environment, **ranks)
    assert b"\x1b[1;" not in told


def test_output_that_goes_to_a_file_gets_none(tmp_path: Path) -> None:
    script(tmp_path)
    with open(tmp_path / "out.txt", "wb") as file:
        _, _, told = on_a_terminal(tmp_path, "run", "--live", "--no-history", "train.py", stdout=file.fileno())
    assert b"\x1b[1;" not in told
    assert (tmp_path / "out.txt").read_text().startswith("begin of it\n")


def test_ctrl_c_takes_the_panel_away_and_reports(tmp_path: Path) -> None:
    script(tmp_path, forgets=True, end="time.sleep(300)")  # however late the signal comes, it goes on
    seen = Seen(lambda screen, process: process.send_signal(signal.SIGINT))
    status, screen, told = on_a_terminal(tmp_path, "run", "--live", "--no-history", "train.py", watch=seen)
    assert status == 130
    assert seen.panel
    assert "torchcheck ──" not in "\n".join(screen.everything)
    assert screen.margins is None or screen.margins == (0, screen.lines - 1)
    assert "KeyboardInterrupt" in "\n".join(screen.everything)
    assert "1 finding (1 error) in " in screen.everything[-1]
    assert told.count(b"\x1b[r") >= 1


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [
        ("raise ValueError('oops')", 1, "ValueError: oops"),
        ("sys.exit(7)", 7, "no findings"),
        ("sys.stdout.flush(); __import__('os')._exit(5)", 5, "no findings"),
        ("__import__('os').kill(__import__('os').getpid(), 15)", 143, "no findings"),
        ("sys.stderr.close(); sys.stdout = None", 1, ""),
        ("__import__('os').close(2); log = open('log.txt', 'w')", None, "weights"),
    ],
)
def test_however_it_ends_the_terminal_is_whole(tmp_path: Path, end: str, status: int | None, said: str) -> None:
    script(tmp_path, end=end)
    seen = Seen()
    ended, screen, _ = on_a_terminal(tmp_path, "run", "--live", "--no-history", "train.py", watch=seen)
    assert seen.panel
    assert screen.everything[: len(OWN)] == OWN
    assert "torchcheck ──" not in "\n".join(screen.everything)
    assert screen.margins is None or screen.margins == (0, screen.lines - 1)
    assert said in "\n".join(screen.everything)
    assert status in (ended, None)
    assert not (tmp_path / "log.txt").exists() or "\x1b" not in (tmp_path / "log.txt").read_text()


def test_a_terminal_that_changes_its_size_keeps_the_panel_below(tmp_path: Path) -> None:
    end = (
        "import fcntl, struct, termios\n"
        "fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 90, 0, 0))\n"
        "time.sleep(0.3)\n"
        "for number in range(30):\n"
        "    optimizer.step(); time.sleep(0.02)\n"
        "print('after it')\n"
    )
    script(tmp_path, end=end)
    tops: list[int] = []

    def watch(screen: Screen, process: subprocess.Popen[bytes]) -> None:
        rows, columns, *_ = struct.unpack("HHHH", fcntl.ioctl(screen.leader, termios.TIOCGWINSZ, b"\0" * 8))
        if (rows, columns) != (screen.lines, screen.columns):
            screen.resize(rows, columns)
        tops.extend(row for row, line in enumerate(screen.shown) if line.endswith(" torchcheck ──"))

    _, screen, _ = on_a_terminal(tmp_path, "run", "--live", "--no-history", "train.py", watch=watch)
    assert max(tops) > 30
    assert "after it" in screen.everything
    assert "torchcheck ──" not in "\n".join(screen.everything)
