"""`torchcheck.watch(history=..., sink=...)`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import torchcheck
from torchcheck.errors import UsageError
from torchcheck.history.run import load

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.slow


def train(*, clear: bool = True, steps: int = 12) -> None:
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x, y = torch.randn(16, 4), torch.randn(16, 3)
    for _ in range(steps):
        if clear:
            optimizer.zero_grad()
        loss = (model(x) - y).pow(2).mean()
        loss.backward()
        optimizer.step()


def runs(folder: Path) -> list[Path]:
    return sorted(folder.glob("2*"))


def test_a_watch_leaves_a_run(tmp_path: Path) -> None:
    with torchcheck.watch(history=tmp_path) as report:
        train(clear=False)
    (folder,) = runs(tmp_path)
    run = load(folder)
    assert (run.start["command"]["door"], run.status, run.steps) == ("watch", "ok", 12)
    assert [f.code for f in run.findings] == [f.code for f in report.findings]
    assert "TCK201" in [f.code for f in run.findings]
    assert run.loss is not None
    assert len(run.loss.values) == 11
    (sample, *_) = run.scales
    assert sample.layers["model.weight"].update == pytest.approx(0.1 * (sample.layers["model.weight"].gradient or 0))


def test_the_folder_of_the_settings_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TORCHCHECK_HISTORY_DIR")
    with torchcheck.watch(history=True):
        train()
    assert len(runs(tmp_path / ".torchcheck" / "runs")) == 1


def test_a_watch_without_history_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with torchcheck.watch():
        train()
    assert not list(tmp_path.iterdir())


def test_each_call_of_a_watched_function_is_a_run(tmp_path: Path) -> None:
    watched = torchcheck.watch(history=tmp_path, steps=5)(train)
    watched()
    watched()
    assert [load(folder).status for folder in runs(tmp_path)] == ["stopped", "stopped"]


def test_an_error_is_kept(tmp_path: Path) -> None:
    @torchcheck.watch(history=tmp_path)
    def failing() -> float:
        train()
        return 1 / 0

    with pytest.raises(ZeroDivisionError):
        failing()
    (folder,) = runs(tmp_path)
    assert (load(folder).status, load(folder).error) == ("failed (1)", "ZeroDivisionError: division by zero")


def test_a_folder_that_cannot_be_written_is_a_remark(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with torchcheck.watch(history=tmp_path / "file" / "runs") as report:
        train()
    (remark,) = report.remarks
    assert remark.startswith("No history of this run is kept: ")


class Writer:
    """As TensorBoard's SummaryWriter."""

    def __init__(self) -> None:
        self.scalars: list[tuple[str, float, int]] = []
        self.texts: list[tuple[str, str, int]] = []

    def add_scalar(self, tag: str, value: float, global_step: int) -> None:
        self.scalars.append((tag, value, global_step))

    def add_text(self, tag: str, text: str, global_step: int) -> None:
        self.texts.append((tag, text, global_step))


class WandbRun:
    """As a run of wandb."""

    def __init__(self) -> None:
        self.logged: list[dict[str, float]] = []
        self.summary: dict[str, Any] = {}

    def log(self, data: dict[str, float], commit: bool = True) -> None:
        assert not commit
        self.logged.append(data)


class Mlflow:
    """As the module mlflow."""

    def __init__(self) -> None:
        self.metrics: list[tuple[str, float, int]] = []
        self.tags: dict[str, str] = {}

    def log_metric(self, key: str, value: float, step: int) -> None:
        self.metrics.append((key, value, step))

    def set_tag(self, key: str, value: str) -> None:
        self.tags[key] = value


def test_the_users_own_loggers_get_numbers_and_findings() -> None:
    writer, run, mlflow = Writer(), WandbRun(), Mlflow()
    with torchcheck.watch(sink=[writer, run, mlflow]):
        train(clear=False)
    losses = [(value, step) for tag, value, step in writer.scalars if tag == "torchcheck/loss/loss"]
    assert [step for _, step in losses] == list(range(11))
    assert ("torchcheck/lr/optimizer", 0.1, 0) in writer.scalars
    assert any(tag == "torchcheck/update_ratio/model.weight" and value > 0 for tag, value, _ in writer.scalars)
    (text,) = [text for tag, text, _ in writer.texts if tag == "torchcheck/TCK201"]
    assert "error TCK201 [missing-zero-grad]" in text
    told = [data for data in run.logged if "torchcheck/loss/loss" in data]
    assert [data["torchcheck/loss/loss"] for data in told] == [value for value, _ in losses]
    assert told[3]["torchcheck/step"] == 3
    assert run.summary["torchcheck/TCK201"] == text
    assert ("torchcheck/loss/loss", losses[2][0], 2) in mlflow.metrics
    assert mlflow.tags["torchcheck.TCK201"] == text


def test_a_logger_that_raises_is_one_remark_and_is_left_alone() -> None:
    class Broken(Writer):
        calls = 0

        def add_scalar(self, tag: str, value: float, global_step: int) -> None:
            self.calls += 1
            raise RuntimeError("no connection")

    broken = Broken()
    with torchcheck.watch(sink=broken) as report:
        train()
    assert report.remarks == [
        "The sink `Broken` is told nothing more (RuntimeError: no connection); the training goes on."
    ]
    assert broken.calls == 1


def test_what_is_no_logger_is_refused() -> None:
    with pytest.raises(UsageError, match=r"sink: a int is none of a SummaryWriter"):
        torchcheck.watch(sink=3)
