"""`torchcheck run`, as a user calls it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from torchcheck.finding import Finding

pytestmark = pytest.mark.slow

FORGETFUL = """\
import sys

import torch

torch.manual_seed(0)
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(16, 4), torch.randn(16, 1)
for step in range(20):
    loss = (model(x) - y).pow(2).mean()
    loss.backward()
    optimizer.step()
print("done", *sys.argv[1:])
"""
CORRECT = FORGETFUL.replace("    loss.backward()", "    optimizer.zero_grad()\n    loss.backward()")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a script that forgets `zero_grad` and one that does not."""
    (tmp_path / "forgetful.py").write_text(FORGETFUL, encoding="utf-8")
    (tmp_path / "correct.py").write_text(CORRECT, encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "torchcheck", "run", *words],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def findings(text: str) -> list[Finding]:
    return [Finding.from_json(data) for data in json.loads(text)]


def test_a_script_without_a_mistake_prints_its_own_output_and_nothing_else(folder: Path) -> None:
    done = run(folder, "correct.py", "--lr", "3")
    assert (done.returncode, done.stdout) == (0, "done --lr 3\n")
    assert done.stderr.startswith("no findings in 20 steps, ")
    assert done.stderr.count("\n") == 1


def test_findings_follow_the_output_of_the_script(folder: Path) -> None:
    done = run(folder, "forgetful.py")
    assert done.returncode == 1
    own, _, report = done.stdout.partition("\n\n")
    assert own == "done"
    assert report.startswith("forgetful.py:11:5: error TCK201 [missing-zero-grad] ")
    assert "11 |     loss.backward()\n   |     ^^^^^^^^^^^^^^^\n" in report
    assert "\n   = seen: at step 1" in report
    assert "\n   = why: " in report
    assert "\n   = help: " in report
    assert done.stderr.startswith("1 finding (1 error) in 20 steps, ")


def test_json_is_the_last_line_of_standard_output(folder: Path) -> None:
    done = run(folder, "--output-format", "json", "forgetful.py")
    assert done.stdout.startswith("done\n")
    (finding,) = findings(done.stdout.splitlines()[-1])
    assert (finding.code, finding.filename, finding.row) == ("TCK201", str(folder / "forgetful.py"), 11)
    (nothing,) = [findings(run(folder, "--output-format", "json", "correct.py").stdout.splitlines()[-1])]
    assert nothing == []


def test_output_file_leaves_standard_output_to_the_script(folder: Path) -> None:
    done = run(folder, "--output-format", "json", "--output-file", "out.json", "forgetful.py")
    assert (done.returncode, done.stdout) == (1, "done\n")
    assert [finding.code for finding in findings((folder / "out.json").read_text())] == ["TCK201"]


def test_a_smoke_run_stops_cleanly_after_its_steps(folder: Path) -> None:
    done = run(folder, "--steps", "3", "correct.py")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("no findings in 3 steps, ")
    assert done.stderr.endswith(" s (stopped there)\n")


def test_fail_fast_stops_at_the_first_error(folder: Path) -> None:
    done = run(folder, "--fail-fast", "forgetful.py")
    assert done.returncode == 1
    assert "done" not in done.stdout
    assert "TCK201" in done.stdout


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--fail-on", "never"], 0),
        (["--ignore", "TCK201"], 0),
        (["--select", "TCK101"], 0),
        (["--fail-on", "warning"], 1),
    ],
)
def test_what_makes_the_exit_code(folder: Path, words: list[str], status: int) -> None:
    assert run(folder, *words, "forgetful.py").returncode == status


def test_settings_come_from_the_file_beside_the_script(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.torchcheck.run]\nfail-on = "never"\n', encoding="utf-8")
    assert run(folder, "forgetful.py").returncode == 0
    assert run(folder, "--isolated", "forgetful.py").returncode == 1
    assert run(folder, "--fail-on", "error", "forgetful.py").returncode == 1


def test_per_file_ignores_and_comments_hold_in_a_run_too(folder: Path) -> None:
    (folder / "torchcheck.toml").write_text('per-file-ignores = { "forget*.py" = ["TCK2"] }\n', encoding="utf-8")
    assert run(folder, "forgetful.py").returncode == 0
    assert run(folder, "--isolated", "forgetful.py").returncode == 1
    silenced = FORGETFUL.replace("loss.backward()", "loss.backward()  # torchcheck: ignore[TCK201] as an exercise")
    (folder / "forgetful.py").write_text(silenced, encoding="utf-8")
    assert run(folder, "--isolated", "forgetful.py").returncode == 0


def test_a_crash_keeps_its_traceback_and_the_findings(folder: Path) -> None:
    (folder / "crash.py").write_text(FORGETFUL + "raise ValueError('oops')\n", encoding="utf-8")
    done = run(folder, "--output-file", "out.txt", "crash.py")
    assert done.returncode == 1
    assert f'File "{folder / "crash.py"}", line 14, in <module>' in done.stderr
    assert "ValueError: oops" in done.stderr
    assert "torchcheck/" not in done.stderr
    assert "TCK201" in (folder / "out.txt").read_text()


def test_what_a_script_does_to_its_streams_and_directory_does_not_hide_the_findings(folder: Path) -> None:
    end = "import os\nos.chdir('/')\nsys.stdout = open(os.devnull, 'w')\nsys.stderr = sys.stdout\nsys.stdout.close()\n"
    (folder / "end.py").write_text(FORGETFUL + end, encoding="utf-8")
    done = run(folder, "end.py")
    assert done.returncode == 1
    assert done.stdout.startswith("done\n\nend.py:11:5: error TCK201 ")
    assert done.stderr.startswith("1 finding (1 error) in 20 steps, ")


@pytest.mark.parametrize(("end", "status"), [("sys.exit(7)", 7), ("sys.exit()", 1), ("sys.exit('no')", 1)])
def test_the_scripts_own_status_goes_first(folder: Path, end: str, status: int) -> None:
    (folder / "end.py").write_text(f"{FORGETFUL}{end}\n", encoding="utf-8")
    assert run(folder, "end.py").returncode == status


def test_a_module_is_run_as_python_would(folder: Path) -> None:
    (folder / "package").mkdir()
    (folder / "package" / "__init__.py").touch()
    (folder / "package" / "train.py").write_text(FORGETFUL, encoding="utf-8")
    done = run(folder, "--select", "TCK2", "-m", "package.train", "--select", "x")
    assert done.returncode == 1
    assert done.stdout.startswith("done --select x\n\npackage/train.py:11:5: error TCK201 ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere.py"], "there is no script `nowhere.py`"),
        (["-m", "nowhere"], "there is no module named `nowhere`"),
        (
            ["--config", "run.every = 0", "correct.py"],
            "--config: `run.every` must be a whole number of at least 1, not 0",
        ),
    ],
)
def test_user_errors(folder: Path, words: list[str], message: str) -> None:
    done = run(folder, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"torchcheck: error: {message}\n"


def test_ctrl_c_reports_what_was_found_so_far(folder: Path) -> None:
    endless = FORGETFUL.replace("range(20)", "iter(int, 1)").replace(
        "    optimizer.step()\n", "    optimizer.step()\n    print('step', flush=True)\n"
    )
    (folder / "endless.py").write_text(endless, encoding="utf-8")
    command = [sys.executable, "-m", "torchcheck", "run", "endless.py"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        for _ in range(20):
            process.stdout.readline()
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "TCK201" in out
    assert "1 finding (1 error) in " in err


def test_a_termination_keeps_the_findings(folder: Path) -> None:
    script = FORGETFUL + "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\nprint('went on')\n"
    (folder / "killed.py").write_text(script, encoding="utf-8")
    done = run(folder, "--output-file", "out.txt", "killed.py")
    assert done.returncode == 143
    assert "TCK201" in (folder / "out.txt").read_text(encoding="utf-8")
    assert "went on" not in done.stdout
    assert "terminable.py" not in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize(("end", "status"), [("", 2), ("sys.exit(5)\n", 5)])
def test_a_full_disk_hides_no_failure_of_the_script(folder: Path, end: str, status: int) -> None:
    (folder / "ends.py").write_text(FORGETFUL.replace("print(", "repr(") + end, encoding="utf-8")
    command = f"{sys.executable} -m torchcheck run ends.py > /dev/full"
    done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True)
    assert done.returncode == status
    assert done.stderr.endswith("torchcheck: error: standard output: can't be written: No space left on device\n")
    assert "Traceback" not in done.stderr
