"""`torchcheck preflight SETUP`: what it finds the setup in, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from torchcheck.cli.main import main
from torchcheck.cli.preflight import split_setup
from torchcheck.errors import UsageError

SETUP = """\
import torch
from torch import nn


def {name}():
    torch.manual_seed(0)
    net = nn.Sequential({first}, nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
    return {result}
"""
TUPLE = "net, (torch.randn(8, 6), torch.arange(8) % 3), nn.CrossEntropyLoss()"
NAMED = "dict(model=net, batch=(torch.randn(8, 6), torch.arange(8) % 3), loss_fn=nn.CrossEntropyLoss())"
LOST = "nn.Threshold(1e3, 0.0)"


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(path: str, *, name: str = "setup", first: str = "nn.Identity()", result: str = TUPLE) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(SETUP.format(name=name, first=first, result=result), encoding="utf-8")


def preflight(*words: str) -> int:
    return main(["preflight", "--isolated", "--select", "TCK614", "--seconds", "60", *words])


@pytest.mark.parametrize(
    ("text", "path", "function"),
    [
        ("train.py:setup", "train.py", "setup"),
        ("train.py", "train.py", "setup"),
        ("train.py:", "train.py", "setup"),
        ("pkg.mod:make", "pkg.mod", "make"),
        ("pkg.mod", "pkg.mod", "setup"),
        (r"C:\\work\\train.py:make", r"C:\\work\\train.py", "make"),
        (r"C:\\work\\train.py", r"C:\\work\\train.py", "setup"),
    ],
)
def test_file_or_module_and_function(text: str, path: str, function: str) -> None:
    assert split_setup(text) == (path, function)


def test_a_setup_must_be_named() -> None:
    with pytest.raises(UsageError, match="names no setup"):
        split_setup(":setup")


@pytest.mark.slow
def test_nothing_found(capsys: pytest.CaptureFixture[str]) -> None:
    write("train.py")
    assert preflight("train.py:setup") == 0
    assert "✓ passed  one batch by heart" in capsys.readouterr().out


@pytest.mark.slow
def test_a_module_of_a_package_and_a_dictionary(capsys: pytest.CaptureFixture[str]) -> None:
    write("some_package_of_ours/nets.py", name="make", first=LOST, result=NAMED)
    assert preflight("some_package_of_ours.nets:make", "--output-format", "concise") == 1
    out = capsys.readouterr().out
    assert out.startswith(
        "some_package_of_ours/nets.py:5:1: error TCK614 [cannot-overfit-one-batch] The model can't learn"
    )


@pytest.mark.slow
def test_json_and_the_level_that_fails(capsys: pytest.CaptureFixture[str]) -> None:
    write("train.py", first=LOST)
    assert preflight("train.py", "--output-format", "json", "--fail-on", "never") == 0
    data = json.loads(capsys.readouterr().out)
    assert [finding["code"] for finding in data["findings"]] == ["TCK614"]
    assert data["checks"][0]["verdict"] == "failed"


@pytest.mark.parametrize(
    ("words", "content", "told"),
    [
        (["nothing.py"], {}, "there is no file `nothing.py`"),
        (
            ["train.py:other"],
            {},
            "`train.py` has no function `other`; write one that returns (model, batch,",
        ),
        (["no_such_module:setup"], {}, "`no_such_module` can't be imported: ModuleNotFoundError"),
        (["train.py"], {"result": "1 / 0"}, "`train.py:setup` failed: ZeroDivisionError: division by zero"),
        (["train.py"], {"result": "net"}, "`setup` must return (model, batch, loss_fn, optimizer)"),
        (["train.py"], {"result": "{'net': net}"}, "`setup` returns `net`; the names are model, batch"),
        (["train.py"], {"result": "(net,)"}, "`setup` must return at least a model and a batch"),
        (["train.py"], {"result": "net, (torch.zeros(8, 5), torch.zeros(8)), nn.MSELoss()"}, "can't be computed:"),
        (["train.py", "--seconds", "0"], {}, "must be a number of seconds, not '0'"),
    ],
)
def test_what_is_wrong_is_one_line(
    words: list[str], content: dict[str, str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write("train.py", **content)
    assert preflight(*words) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("torchcheck: error: ")
    assert told in last
