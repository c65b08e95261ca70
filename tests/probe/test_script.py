"""A script under the probes runs exactly as under Python."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from torchcheck import UsageError
from torchcheck.probe.script import NO_TORCH, Outcome, run_script
from torchcheck.selection import Selection

LOOP = """
import torch
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
def train(steps):
    for step in range(steps):
        loss = model(torch.randn(8, 4)).pow(2).mean()
        loss.backward()
        optimizer.step()
"""


def run(target: Path | str, *args: str, module: bool = False, **options: Any) -> Outcome:
    settings: dict[str, Any] = {"every": None, "steps": None, "fail_fast": False, **options}
    return run_script(str(target), args, module=module, rules=Selection().rules(), **settings)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)

    def write(text: str, name: str = "script.py") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write


WORLD = """
import sys, json, __main__
print(json.dumps([
    sys.argv, sys.path[0], __name__, __file__, __spec__ and __spec__.name, __package__, __doc__,
    sorted(name for name in vars() if name.startswith("__")), type(__builtins__).__name__,
    __main__ is sys.modules["__main__"], __main__.__dict__ is globals(), type(__loader__).__name__,
    "annotations" in dir(),
]))
"""


def python(*args: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH",)}
    return subprocess.run(
        [sys.executable, *args], cwd=cwd, capture_output=True, text=True, env={**clean, **environment}, check=False
    )


@pytest.mark.parametrize("how", ["script", "relative", "link", "module", "package", "directory", "zip"])
def test_the_world_looks_as_under_python(how: str, write: Any, tmp_path: Path, capfd: Any) -> None:
    write('"""Doc."""\n' + WORLD, "tool.py")
    write("", "pkg/__init__.py")
    write(WORLD, "pkg/__main__.py")
    write(WORLD, "folder/__main__.py")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "link.py").symlink_to(tmp_path / "tool.py")
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        archive.writestr("__main__.py", WORLD)
    target = {
        "script": str(tmp_path / "tool.py"),
        "relative": "tool.py",
        "link": os.path.join("other", "link.py"),
        "module": "tool",
        "package": "pkg",
        "directory": "folder",
        "zip": "app.zip",
    }[how]
    module = how in ("module", "package")
    expected = python(*(["-m"] if module else []), target, "a", "-b", cwd=tmp_path)
    before = sys.argv, list(sys.path), sys.modules["__main__"]
    outcome = run(target, "a", "-b", module=module)
    assert (outcome.status, expected.stderr) == (0, "")
    assert _world(capfd.readouterr().out) == _world(expected.stdout)
    assert (sys.argv, sys.path, sys.modules["__main__"]) == before


def _world(text: str) -> Any:
    import json

    world = json.loads(text)
    # Python leaves names of its own start-up in __main__ up to 3.13; they are no part of what a script relies on.
    world[7] = [name for name in world[7] if name not in ("__annotations__", "__cached__")]
    return world


EXITS: dict[str, tuple[str, int, str]] = {
    "end": ("x = 1", 0, ""),
    "exit": ("raise SystemExit", 0, ""),
    "none": ("import sys; sys.exit(None)", 0, ""),
    "zero": ("import sys; sys.exit(0)", 0, ""),
    "number": ("import sys; sys.exit(7)", 7, ""),
    "text": ("import sys; sys.exit('no data')", 1, "no data\n"),
    "true": ("import sys; sys.exit(True)", 1, ""),
    "nested": ("def main():\n    raise SystemExit(3)\nif __name__ == '__main__':\n    main()", 3, ""),
    "quit": ("quit(4)", 4, ""),
}


@pytest.mark.parametrize(("source", "status", "error"), EXITS.values(), ids=EXITS)
def test_the_exit_status_is_the_scripts(source: str, status: int, error: str, write: Any, capfd: Any) -> None:
    outcome = run(write(source))
    assert (outcome.status, outcome.error, outcome.stopped) == (status, None, False)
    assert capfd.readouterr().err == error


ERRORS = {
    "plain": "def f():\n    return 1 / 0\nf()\n",
    "chained": "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('b') from e\n",
    "syntax": "x = (1,\ny = 2\n",
    "import": "import no_such_module_at_all\n",
    "in torch": "import torch\nw = torch.ones(2, requires_grad=True)\n(w * 2).backward()\n",
    "in an optimizer": "import torch\ntorch.optim.SGD([], lr=0.1)\n",
    "in a loss": "import torch\ntorch.nn.functional.cross_entropy(torch.ones(2, 3), torch.ones(3))\n",
}


@pytest.mark.parametrize("source", ERRORS.values(), ids=ERRORS)
def test_a_traceback_is_the_one_of_python(source: str, write: Any, tmp_path: Path, capfd: Any) -> None:
    path = write(source)
    expected = python(str(path), cwd=tmp_path)
    outcome = run(path)
    assert outcome.status == expected.returncode == 1
    assert outcome.error is not None
    assert capfd.readouterr().err == expected.stderr


def test_the_scripts_own_excepthook_is_used(write: Any, capfd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    run(write("import sys\nsys.excepthook = lambda *a: print('hooked', a[0].__name__)\n1 / 0\n"))
    assert capfd.readouterr().out == "hooked ZeroDivisionError\n"


def test_an_interrupt_is_130(write: Any, capfd: Any) -> None:
    outcome = run(write(LOOP + "train(3)\nraise KeyboardInterrupt\n"))
    assert outcome.status == 130
    assert [f.code for f in outcome.findings] == ["TCK201"]
    assert capfd.readouterr().err.endswith("KeyboardInterrupt\n")


def test_findings_come_with_lines_of_the_script(write: Any) -> None:
    path = write(LOOP + "train(5)\n")
    outcome = run(path)
    (finding,) = outcome.findings
    assert (finding.code, finding.filename, finding.row) == ("TCK201", str(path), 8)
    assert (outcome.status, outcome.steps, outcome.error) == (0, 5, None)
    assert outcome.seconds > 0


def test_findings_stay_when_the_script_fails(write: Any, capfd: Any) -> None:
    outcome = run(write(LOOP + "train(5)\nraise ValueError('late')\n"))
    assert (outcome.status, [f.code for f in outcome.findings]) == (1, ["TCK201"])
    assert isinstance(outcome.error, ValueError)


def test_steps_stops_cleanly_past_every_except(write: Any, capfd: Any) -> None:
    source = LOOP + "try:\n    train(100)\nexcept Exception:\n    print('caught')\nfinally:\n    print('finally')\n"
    outcome = run(write(source), steps=4)
    assert (outcome.status, outcome.steps, outcome.stopped, outcome.error) == (0, 4, True, None)
    assert capfd.readouterr().out == "finally\n"


def test_fail_fast_stops_at_an_error(write: Any) -> None:
    outcome = run(write(LOOP + "train(100)\n"), fail_fast=True)
    assert (outcome.status, outcome.stopped, outcome.steps) == (1, True, 2)
    assert [f.code for f in outcome.findings] == ["TCK201"]


def test_what_does_not_exist_is_a_usage_error(tmp_path: Path, write: Any) -> None:
    with pytest.raises(UsageError, match=r"no script `nowhere\.py`"):
        run("nowhere.py")
    with pytest.raises(UsageError, match="no module named `no_such_module_at_all`"):
        run("no_such_module_at_all", module=True)
    write("", "empty/__init__.py")
    with pytest.raises(UsageError, match="without a `__main__`"):
        run("empty", module=True)
    (tmp_path / "bare").mkdir()
    with pytest.raises(UsageError, match="no `__main__` module in `bare`"):
        run("bare")


def test_imports_of_neighbours_and_relative_ones_work(write: Any, capfd: Any) -> None:
    write("value = 5\n", "neighbour.py")
    assert run(write("import neighbour\nassert neighbour.value == 5\n")).status == 0
    write("", "package/__init__.py")
    write("value = 6\n", "package/part.py")
    write("from .part import value\nfrom . import part\nassert value == 6\n", "package/tool.py")
    assert run("package.tool", module=True).status == 0
    for name in ("neighbour", "package", "package.part"):
        sys.modules.pop(name, None)


def test_classes_of_main_are_pickled(write: Any, capfd: Any) -> None:
    source = """
        import pickle
        class Thing:
            pass
        assert Thing.__module__ == "__main__"
        assert type(pickle.loads(pickle.dumps(Thing()))) is Thing
    """
    assert run(write(source)).status == 0


def test_future_imports_of_ours_do_not_leak(write: Any) -> None:
    source = "def f(x: 1 + 1): pass\nassert f.__annotations__ == {'x': 2}\n"
    assert run(write(source)).status == 0


def test_coding_cookies_and_byte_order_marks_are_read(write: Any, tmp_path: Path) -> None:
    path = tmp_path / "latin.py"
    path.write_bytes("# -*- coding: latin-1 -*-\nassert len('\xe9') == 1\n".encode("latin-1"))
    assert run(path).status == 0
    path.write_bytes(b"\xef\xbb\xbfx = 1\n")
    assert run(path).status == 0


def test_compiled_files_run(write: Any, tmp_path: Path) -> None:
    import py_compile

    compiled = py_compile.compile(str(write("import sys\nsys.exit(9)\n")), cfile=str(tmp_path / "script.pyc"))
    assert run(compiled).status == 9


def test_settings_of_the_process_are_untouched(write: Any) -> None:
    import warnings

    import torch
    import torch._dynamo  # which an optimizer imports at its first step, and which sets a filter of its own

    def settings() -> tuple[Any, ...]:
        return torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled(), list(warnings.filters)

    before = settings()
    assert run(write(LOOP + "train(3)\n")).status == 0
    assert settings() == before


DRIVER = """
import sys
from torchcheck.probe.script import run_script
from torchcheck.selection import Selection
outcome = run_script(sys.argv[1], [], module=False, rules=Selection().rules(), every=None, steps=None, fail_fast=False)
print("report", outcome.status, [f.code for f in outcome.findings], outcome.remarks, flush=True)
sys.exit(outcome.status)
"""


def in_a_process(script: Path) -> subprocess.CompletedProcess[str]:
    return python("-c", DRIVER, str(script), cwd=script.parent)


@pytest.mark.slow
def test_worker_processes_are_not_probed(write: Any) -> None:
    source = """
        import torch
        from torch.utils.data import DataLoader, TensorDataset
        import multiprocessing

        def work(queue):
            from torchcheck.probe.patches import HUB
            queue.put(len(HUB.sessions))

        class Data(torch.utils.data.Dataset):
            def __len__(self):
                return 32
            def __getitem__(self, i):
                torch.nn.functional.mse_loss(torch.ones(1, requires_grad=True), torch.zeros(1)).backward()
                return torch.randn(4)

        def main():
            for method in ("spawn", "fork"):
                context = multiprocessing.get_context(method)
                queue = context.Queue()
                child = context.Process(target=work, args=(queue,))
                child.start()
                print(method, queue.get())
                child.join()
                assert child.exitcode == 0
            model = torch.nn.Linear(4, 1)
            optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
            for method in ("fork", "spawn"):
                for x in DataLoader(Data(), batch_size=8, num_workers=2, multiprocessing_context=method):
                    model(x).pow(2).mean().backward()
                    optimizer.step()

        if __name__ == "__main__":
            main()
    """
    done = in_a_process(write(source))
    assert done.stdout.splitlines() == ["spawn 0", "fork 0", "report 0 ['TCK201'] []"], done.stderr


@pytest.mark.slow
def test_exit_handlers_run_and_a_forked_child_does_not_report(write: Any) -> None:
    source = """
        import atexit, os, sys
        atexit.register(lambda: print("at exit", flush=True))
        if os.fork() == 0:
            sys.exit(0)
        os.wait()
    """
    done = in_a_process(write(source))
    assert done.stdout.splitlines() == ["at exit", f"report 0 [] [{NO_TORCH!r}]", "at exit"], done.stderr


@pytest.mark.slow
def test_os_exit_ends_at_once(write: Any) -> None:
    done = in_a_process(write("import os\nprint('x', flush=True)\nos._exit(5)\n"))
    assert (done.returncode, done.stdout) == (5, "x\n")


@pytest.mark.slow
def test_torch_is_imported_when_the_script_does_so_and_not_before(write: Any) -> None:
    source = """
        import os, sys
        assert "torch" not in sys.modules
        finders = len(sys.meta_path)
        os.environ["OMP_NUM_THREADS"] = "1"
        import torch
        assert len(sys.meta_path) == finders - 1
        assert torch.get_num_threads() == 1
        model = torch.nn.Linear(4, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for _ in range(3):
            model(torch.randn(8, 4)).pow(2).mean().backward()
            optimizer.step()
    """
    done = in_a_process(write(source))
    assert done.stdout == "report 0 ['TCK201'] []\n", done.stderr


@pytest.mark.slow
def test_a_script_without_torch_is_just_run(write: Any) -> None:
    done = in_a_process(write("import sys\nprint('torch' in sys.modules)\nsys.exit(3)\n"))
    assert done.returncode == 3
    assert done.stdout.startswith("False\nreport 3 [] ['The program never imported torch")


@pytest.mark.slow
def test_an_import_of_torch_that_fails_fails_as_ever(write: Any, tmp_path: Path) -> None:
    write("raise ImportError('broken installation')", "torch.py")
    done = in_a_process(write("try:\n    import torch\nexcept ImportError as error:\n    print(error)\n"))
    assert done.stdout.splitlines()[0] == "broken installation", done.stderr
