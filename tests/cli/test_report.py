"""`torchcheck report`: where the page goes, and what can go wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.history.made import make
from torchcheck.cli.main import main


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TORCHCHECK_HISTORY_DIR", ".torchcheck/runs")
    monkeypatch.setattr("torchcheck.cli.report.plotly_script", lambda: "/* plotly */")
    directory = tmp_path / ".torchcheck" / "runs"
    make(directory, "20260301-120000-aaaa")
    make(directory, "20260302-120000-bbbb", losses=(3.0, 2.0, 1.0))
    return directory


def report(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    capsys.readouterr()
    status = main(["report", *words])
    out, err = capsys.readouterr()
    assert out == ""
    return status, err


def test_the_last_run_is_written_to_report_html(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(capsys) == (0, "report.html: run 20260302-120000-bbbb, no findings, 0.0 MB\n")
    assert "20260302-120000-bbbb" in Path("report.html").read_text(encoding="utf-8")


def test_another_run_another_file_and_a_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    status, err = report(capsys, "bbbb", "--compare", "last~1", "-o", "two.html")
    assert (status, err) == (
        0,
        "two.html: run 20260302-120000-bbbb beside 20260301-120000-aaaa, no findings, 0.0 MB\n",
    )
    assert not Path("report.html").exists()


def test_a_report_is_replaced_in_one_step_and_nothing_else_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(capsys)[0] == 0
    assert report(capsys, "last~1")[0] == 0
    assert "20260301-120000-aaaa" in Path("report.html").read_text(encoding="utf-8")
    Path("train.py").write_text("import torch\n", encoding="utf-8")
    assert report(capsys, "-o", "train.py") == (
        2,
        "torchcheck: error: --output-file train.py: is there, and is no report of torchcheck; "
        "remove it or name another file\n",
    )
    assert Path("train.py").read_text(encoding="utf-8") == "import torch\n"
    assert sorted(path.name for path in Path().iterdir()) == [".torchcheck", "report.html", "train.py"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["xyz"], "no run `xyz` in .torchcheck/runs; `torchcheck history list` shows them"),
        (["last~7"], "`last~7`: there are 2 runs in .torchcheck/runs"),
        (["--history-dir", "nowhere"], "there are no runs in nowhere"),
        (["--compare", "last"], "--compare last: that is the run itself, 20260302-120000-bbbb"),
        (["-o", "no/such/dir.html"], "--output-file no/such/dir.html: can't be written: there is no directory no/such"),
        (["-o", ".torchcheck"], "--output-file .torchcheck: can't be written: it is a directory"),
        (["--compair"], "unrecognized arguments: --compair; did you mean --compare?; see `torchcheck report"),
    ],
)
def test_errors_are_one_line(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, err = report(capsys, *words)
    assert status == 2
    assert err.startswith("torchcheck: error: ")
    assert message in err
    assert err.count("\n") == 1


def test_without_plotly_it_says_what_to_install(runs: Path) -> None:
    code = "import sys; sys.modules['plotly'] = None\nfrom torchcheck.cli.main import main\nsys.exit(main(['report']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("torchcheck: error: the report needs plotly, which draws its charts: pip install plotly\n")
    assert not Path("report.html").exists()


def test_torch_is_not_imported(runs: Path) -> None:
    pytest.importorskip("plotly")
    code = (
        "import sys\nfrom torchcheck.cli.main import main\nassert main(['report']) == 0\n"
        "print(*{'torch', 'libcst', 'numpy', 'pandas', 'rich'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "\n"), done.stderr
    assert 4_000_000 < Path("report.html").stat().st_size < 6_000_000
