"""A launcher's command line, with every rank watched."""

from __future__ import annotations

import pytest

from torchcheck.cli.launchers import launch

pytest.importorskip("torch.distributed")


@pytest.mark.parametrize(
    ("words", "rewritten"),
    [
        ("--nproc_per_node 2 train.py --lr 3", "--nproc_per_node 2 -m torchcheck run --steps 9 train.py --lr 3"),
        ("--nproc-per-node=2 -m pkg.train", "--nproc-per-node=2 -m torchcheck run --steps 9 -m pkg.train"),
        ("-m --standalone pkg x -m y", "--standalone -m torchcheck run --steps 9 -m pkg x -m y"),
    ],
)
def test_each_rank_runs_under_torchcheck(words: str, rewritten: str) -> None:
    launched = launch("torch.distributed.run", words.split(), ["--steps", "9"], is_module=True)
    assert launched is not None
    assert launched.args == rewritten.split()


def test_torchrun_itself_is_known() -> None:
    launched = launch("/venv/bin/torchrun", ["train.py"], [], is_module=False)
    assert launched is not None
    assert (launched.target, launched.is_module) == ("train.py", False)


@pytest.mark.parametrize("words", ["--help", "--no-python ./train.sh", "--nproc_per_node", ""])
def test_what_starts_no_python_stays_as_it_is(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert launch("torch.distributed.run", words.split(), [], is_module=True) is None
    assert capsys.readouterr() == ("", "")


def test_any_other_program_is_no_launcher() -> None:
    assert launch("train.py", ["torchrun"], [], is_module=False) is None
