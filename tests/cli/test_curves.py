"""`torchcheck curves`: logs judged from the command line."""

from __future__ import annotations

import json
import math
import random
import time
from pathlib import Path

import pytest

from tests.test_import_contracts import imported_by
from torchcheck.cli.main import main
from torchcheck.finding import Finding

HEADER = "epoch,train_loss,val_loss,val_acc"


def overfitting(epochs: int = 20) -> str:
    rows = [HEADER]
    for epoch in range(epochs):
        validation = 2.3 * math.exp(-epoch / 3) + 0.5 if epoch < 7 else 0.72 + 0.06 * (epoch - 7)
        rows.append(f"{epoch},{2.3 * math.exp(-epoch / 5):.4f},{validation:.4f},{0.984 + 0.001 * (epoch == 9):.4f}")
    return "\n".join(rows) + "\n"


@pytest.fixture
def curves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Writes a log and runs the command on it: exit code, standard output and error."""
    monkeypatch.chdir(tmp_path)

    def run(text: str | None, *options: str, name: str = "log.csv") -> tuple[int, str, str]:
        if text is not None:
            (tmp_path / name).write_text(text, encoding="utf-8")
        status = main(["curves", "--isolated", name, *options])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_the_curves_are_shown_and_judged(curves) -> None:
    status, out, err = curves(overfitting())
    lines = out.splitlines()
    assert status == 0
    assert lines[0] == "log.csv: 20 rows"
    assert lines[1].split()[0] == "train_loss"
    assert "2.3 -> 0.0515, best 0.0515 at epoch 19" in lines[1]
    assert lines[5] == (
        "log.csv:21:1: warning TCK610 [overfitting] `val_loss` was best at epoch 7 (0.78) and has risen by 77 % since, "
        "to 1.38, while `train_loss` fell from 0.5158 to 0.0628."
    )
    assert err == "1 finding (1 warning)\n"


def test_the_level_that_fails_is_chosen(curves) -> None:
    assert curves(overfitting(), "--fail-on", "warning")[0] == 1
    assert curves(overfitting(), "--fail-on", "never")[0] == 0
    assert curves("step,loss\n" + "".join(f"{i},{1.5**i}\n" for i in range(30)))[0] == 1


def test_the_number_of_samples_says_what_is_noise(curves) -> None:
    _, out, _ = curves(overfitting(), "--samples", "10000", "--select", "TCK612")
    assert "`val_acc` 0.984 -> 0.985 (epoch 0 to 9) on 10000 samples is within ±0.0024: noise." in out
    assert "±0.0025 on 10000 samples (95 %)" in out


def test_rules_are_chosen_and_left_out(curves) -> None:
    assert curves(overfitting(), "--ignore", "TCK610")[2] == "no findings\n"
    status, _, err = curves(overfitting(), "--select", "TCK101")
    assert (status, err.splitlines()[0]) == (
        2,
        "torchcheck: error: no rule about curves is selected; there are TCK608, TCK609, TCK610, TCK611, TCK612, TCK618",
    )


def test_columns_are_named_by_options(curves) -> None:
    text = overfitting().replace(HEADER, "when,mine,other,score")
    status, _, err = curves(text)
    assert status == 2
    says = "no column is named like a loss; name one with --train, of when, mine, other, score"
    assert err == f"torchcheck: error: log.csv: {says}\n"
    status, out, _ = curves(text, "--train", "mine", "--validation", "other", "--step", "when")
    assert status == 0
    assert "`other` was best at step 7" in out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--train", "los"), "--train los: log.csv has no such column; it has epoch, train_loss, val_loss, val_acc"),
        (("--samples", "0"), "must be a whole number of at least 1, not '0'"),
        (("--smaples", "9"), "did you mean --samples?"),
        (("--output-file", "nowhere/out.txt"), "there is no directory nowhere"),
    ],
)
def test_wrong_options_are_one_line(curves, options: tuple[str, ...], says: str) -> None:
    status, _, err = curves(overfitting(), *options)
    assert status == 2
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "log.csv: no such file"),
        ("", "log.csv: is empty"),
        ("epoch,loss\n", "log.csv: holds no rows"),
        ("epoch,loss\n1,nan\n2,nan\n", "log.csv: `loss` holds no finite number"),
        (
            "epoch,loss\n1,high\n2,low\n",
            "log.csv: no column is named like a loss; name one with --train, of epoch, loss",
        ),
        ("a,b\n1,2\n", "log.csv: no column is named like a loss; name one with --train, of a, b"),
    ],
)
def test_what_cannot_be_judged_is_one_line(curves, text: str | None, says: str) -> None:
    status, out, err = curves(text)
    assert (status, out, err) == (2, "", f"torchcheck: error: {says}\n")


def test_a_column_without_numbers_is_told_when_it_is_named(curves) -> None:
    status, _, err = curves("epoch,loss\n1,high\n2,low\n", "--train", "loss")
    assert (status, err) == (2, "torchcheck: error: --train loss: the column holds no numbers but 'high'\n")


def test_one_point_is_too_few_to_judge(curves) -> None:
    status, out, err = curves("epoch,loss\n1,2.5\n")
    assert status == 0
    assert "2.5 -> 2.5, 1 value" in out
    assert err.splitlines() == [
        "torchcheck: note: 1 value of a loss: too few to say anything of a curve",
        "no findings",
    ]


def test_cells_that_are_no_numbers_are_left_out_with_a_note(curves) -> None:
    status, _, err = curves("epoch,loss\n1,2.5\n2,oops\n3,2.4\n4,2.3\n5,2.2\n")
    assert status == 0
    assert "note: `loss`: 1 cell left out that hold no number, as 'oops'" in err


def test_a_loss_that_need_not_fall_is_judged_on_demand_only(curves) -> None:
    text = "step,loss,episode_reward\n" + "".join(f"{i},{1.5**i},{i}\n" for i in range(30))
    status, _, err = curves(text)
    assert status == 0
    assert "`episode_reward` speaks of reinforcement or adversarial learning" in err
    assert curves(text, "--train", "loss")[0] == 1


def test_findings_as_json_alone(curves) -> None:
    _, out, _ = curves(overfitting(), "--output-format", "json")
    (finding,) = [Finding.from_json(data) for data in json.loads(out)]
    assert finding.code == "TCK610"
    assert finding.evidence["best_at"] == 7


def test_the_loss_of_guessing_follows_from_the_classes(curves) -> None:
    rng = random.Random(0)
    flat = "step,loss\n" + "".join(f"{i},{2.3 + rng.gauss(0, 0.02)}\n" for i in range(200))
    assert "a model that looks at no input has 2.303" in curves(flat, "--classes", "10")[1]
    assert curves(flat, "--classes", "100")[2] == "no findings\n"


def test_a_million_rows_take_seconds(curves, tmp_path: Path) -> None:
    rng = random.Random(0)
    with (tmp_path / "big.csv").open("w") as file:
        file.write("step,loss\n")
        file.writelines(f"{i},{2.3 * math.exp(-i / 3e5) + 0.5 + rng.gauss(0, 0.1):.4f}\n" for i in range(1_000_000))
    start = time.process_time()
    status, out, _ = curves(None, name="big.csv")
    assert status == 0
    assert out.startswith("big.csv: 1000000 rows\n")
    assert time.process_time() - start < 20


def test_neither_torch_nor_libcst_nor_numpy_is_imported(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(overfitting(), encoding="utf-8")
    words = ["curves", "--isolated", str(tmp_path / "log.csv")]
    code = f"from torchcheck.cli.main import main; assert main({words!r}) == 0"
    assert imported_by(code, ("torch", "libcst", "numpy")) == set()
