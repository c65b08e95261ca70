"""Logs of all kinds, read as curves."""

from __future__ import annotations

import json
import math
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from torchcheck.curves.build import build
from torchcheck.curves.columns import Roles, guess, moving_target, words
from torchcheck.curves.logs import read
from torchcheck.errors import UsageError
from torchcheck.facts.curve import Curve


def curve_of(tmp_path: Path, text: str, name: str = "log.csv", **known: Any) -> Curve:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    table = read(path)
    return build(table, guess(table.columns.values()), **known)


def roles_of(tmp_path: Path, *names: str) -> Roles:
    path = tmp_path / "log.csv"
    path.write_text(",".join(names) + "\n" + ",".join("0.5" for _ in names) + "\n", encoding="utf-8")
    return guess(read(path).columns.values())


@pytest.mark.parametrize(
    ("names", "training", "validation", "metric"),
    [
        (("epoch", "train_loss", "val_loss", "val_acc"), "train_loss", "val_loss", "val_acc"),
        (("step", "loss", "eval_loss", "eval_accuracy"), "loss", "eval_loss", "eval_accuracy"),
        (("step", "train/loss", "valid/loss", "valid/acc"), "train/loss", "valid/loss", "valid/acc"),
        (("epoch", "accuracy", "loss", "val_accuracy", "val_loss"), "loss", "val_loss", "val_accuracy"),
        (("trainLoss", "testLoss", "valLoss"), "trainLoss", "valLoss", None),
        (("epoch", "loss", "accuracy"), "loss", None, "accuracy"),
        (("epoch", "loss", "train_acc"), "loss", None, None),
        (("iter", "Loss/train", "Loss/validation"), "Loss/train", "Loss/validation", None),
        (("epoch", "train/box_loss", "train/cls_loss", "metrics/mAP50"), None, None, None),
        (("step", "loss_d", "loss_g"), None, None, None),
        (("epoch", "total_loss", "val_f1"), "total_loss", None, "val_f1"),
    ],
)
def test_columns_are_told_by_their_usual_names(
    tmp_path: Path, names: tuple[str, ...], training: str | None, validation: str | None, metric: str | None
) -> None:
    roles = roles_of(tmp_path, *names)
    assert (roles.training, roles.validation, roles.metric) == (training, validation, metric)


def test_time_and_rate_are_told_too(tmp_path: Path) -> None:
    roles = roles_of(tmp_path, "epoch", "trainer/global_step", "lr-AdamW", "train_loss_step")
    assert (roles.time, roles.rates, roles.training) == ("trainer/global_step", "lr-AdamW", "train_loss_step")
    assert roles_of(tmp_path, "Epoch", "loss").time == "Epoch"
    assert roles_of(tmp_path, "loss", "val_loss_step").time is None


def test_words_of_a_name() -> None:
    assert words("trainLoss") == words("train/loss") == words("Train-Loss") == ["train", "loss"]


@pytest.mark.parametrize("name", ["episode_reward", "rollout/ep_rew_mean", "loss_d", "d_loss", "policy_loss"])
def test_a_training_whose_loss_need_not_fall_is_known_by_its_columns(tmp_path: Path, name: str) -> None:
    (tmp_path / "log.csv").write_text(f"step,loss,{name}\n1,2,3\n", encoding="utf-8")
    assert moving_target(read(tmp_path / "log.csv").columns.values()) == name


@pytest.mark.parametrize("name", ["kl", "d", "val_acc", "grad_norm", "g"])
def test_others_are_not(tmp_path: Path, name: str) -> None:
    (tmp_path / "log.csv").write_text(f"step,loss,{name}\n1,2,3\n", encoding="utf-8")
    assert moving_target(read(tmp_path / "log.csv").columns.values()) is None


def test_empty_cells_of_lightning_are_no_values(tmp_path: Path) -> None:
    text = "epoch,step,train_loss_epoch,train_loss_step,val_loss\n0,49,,2.0,\n0,99,,1.5,\n0,99,,,1.7\n0,99,1.75,,\n"
    curve = curve_of(tmp_path, text)
    assert curve.training is not None
    assert curve.validation is not None
    assert (list(curve.training.steps), list(curve.training.values)) == ([49, 99], [2.0, 1.5])
    assert (list(curve.validation.steps), list(curve.validation.values)) == ([99], [1.7])
    assert curve.unit == "step"
    assert curve.validation.place.span().start.row == 4


def test_the_state_of_a_transformers_trainer(tmp_path: Path) -> None:
    history = [
        {"epoch": 0.1, "loss": 2.0, "learning_rate": 1e-4, "step": 10},
        {"epoch": 0.2, "loss": 1.5, "learning_rate": 9e-5, "step": 20},
        {"epoch": 0.2, "eval_loss": 1.6, "eval_accuracy": 0.4, "step": 20},
        {"epoch": 0.2, "train_loss": 1.75, "step": 20},
    ]
    text = json.dumps({"best_metric": None, "log_history": history}, indent=2)
    curve = curve_of(tmp_path, text, "trainer_state.json", samples=100)
    assert curve.training is not None
    assert curve.training.name == "loss"
    assert list(curve.training.steps) == [10, 20]
    assert curve.validation is not None
    assert curve.metric is not None
    assert list(curve.metric.values) == [0.4]
    assert curve.rates is not None
    assert curve.samples == 100


def test_json_lines_with_objects_in_objects(tmp_path: Path) -> None:
    lines = [json.dumps({"train": {"loss": 2.0 - i / 10}, "tag": "x", "done": False, "step": i}) for i in range(5)]
    curve = curve_of(tmp_path, "\n".join(lines) + "\n\n", "log.jsonl")
    assert curve.training is not None
    assert curve.training.name == "train/loss"
    assert curve.training.values[-1] == pytest.approx(1.6)
    assert curve.training.place.span().start.row == 5


def test_a_keras_history_of_lists_in_one_line(tmp_path: Path) -> None:
    text = json.dumps({"loss": [2.0, 1.0, 0.5], "val_loss": [2.1, 1.2, 0.9], "val_accuracy": [10.0, 40.0, 80.0]})
    curve = curve_of(tmp_path, text, "history.json")
    assert curve.training is not None
    assert list(curve.training.values) == [2.0, 1.0, 0.5]
    assert curve.unit == "row"
    assert curve.averaged
    assert curve.metric is not None
    assert list(curve.metric.values) == [0.1, 0.4, 0.8]


def test_epochs_are_the_time_only_where_each_row_is_another(tmp_path: Path) -> None:
    steps = "".join(f"{i // 5},{2 - i / 50}\n" for i in range(20))
    assert curve_of(tmp_path, f"epoch,loss\n{steps}").unit == "row"
    epochs = "".join(f"{i},{2 - i / 50}\n" for i in range(20))
    assert curve_of(tmp_path, f"epoch,loss\n{epochs}").unit == "epoch"


def test_what_a_resumed_training_repeats_replaces_what_was_there(tmp_path: Path) -> None:
    curve = curve_of(tmp_path, "step,loss\n1,5\n2,4\n3,3\n2,3.9\n3,2.9\n4,2\n")
    assert curve.training is not None
    assert list(curve.training.steps) == [1, 2, 3, 4]
    assert list(curve.training.values) == [5, 3.9, 2.9, 2]


def test_a_loss_that_ends_as_no_number_says_where(tmp_path: Path) -> None:
    curve = curve_of(tmp_path, "step,loss\n1,5\n2,nan\n3,3\n4,inf\n5,nan\n")
    assert curve.training is not None
    assert list(curve.training.values) == [5, 3]
    assert curve.ended_at == 4
    assert curve_of(tmp_path, "step,loss\n1,5\n2,nan\n3,3\n").ended_at is None


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = (("epoch", "loss"), ("0", "2"), ("1", "1"))
    curve = curve_of(tmp_path, "\ufeff" + "".join(delimiter.join(row) + "\r\n" for row in rows))
    assert curve.training is not None
    assert list(curve.training.values) == [2, 1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("step,loss\n", "holds no rows"),
        ("1,2.5\n2,2.4\n", "its first line should name the columns, and holds the number 1"),
        ('{"loss": 1}\n{"loss": \n', "line 2 is no JSON"),
        ('[{"loss": 1},', "is no JSON"),
        ("[]", "holds no rows"),
    ],
)
def test_what_is_no_log_is_told_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        curve_of(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="a directory without TensorBoard event files"):
        read(tmp_path)
    (tmp_path / "binary.csv").write_bytes(b"\x80\x81\xfe\xff" * 100)
    with pytest.raises(UsageError, match="is no text"):
        read(tmp_path / "binary.csv")


def test_events_need_tensorboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    (tmp_path / "events.out.tfevents.1.host").write_bytes(b"")
    for path in (tmp_path, tmp_path / "events.out.tfevents.1.host"):
        with pytest.raises(UsageError, match="needs tensorboard: pip install tensorboard"):
            read(path)


def test_events_are_read_by_their_accumulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class EventAccumulator:
        """As much of tensorboard's own as is used."""

        def __init__(self, path: str, size_guidance: dict[str, int]) -> None:
            assert size_guidance == {"scalars": 0}, "all values, not a sample of them"

        def Reload(self) -> None:
            pass

        def Tags(self) -> dict[str, list[str]]:
            return {"scalars": ["Loss/train", "Loss/val"]}

        def Scalars(self, tag: str) -> list[Any]:
            steps = range(0, 30, 10) if tag == "Loss/train" else (20,)
            return [types.SimpleNamespace(step=step, value=2 - step / 100) for step in steps]

    name = "tensorboard.backend.event_processing.event_accumulator"
    for i in range(1, 4):
        parent = ".".join(name.split(".")[:i])
        monkeypatch.setitem(sys.modules, parent, types.ModuleType(parent))
    module = types.ModuleType(name)
    module.EventAccumulator = EventAccumulator  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, name, module)
    (tmp_path / "events.out.tfevents.1.host").write_bytes(b"")
    table = read(tmp_path)
    curve = build(table, guess(table.columns.values()))
    assert curve.training is not None
    assert curve.validation is not None
    assert list(curve.training.steps) == [0, 10, 20]
    assert list(curve.validation.values) == [1.8]


def test_odd_cells_are_counted(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("loss\n1.0\nabc\nNone\n2.0\n", encoding="utf-8")
    column = read(tmp_path / "log.csv").columns["loss"]
    assert (column.odd, column.example) == (1, "abc")
    assert not math.isnan(sum(column.values))
