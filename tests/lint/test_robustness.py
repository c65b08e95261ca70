"""No input stops the linter: each unreadable file is one finding, and the run goes on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from torchcheck.facts.loss import LossFed
from torchcheck.finding import Level
from torchcheck.lint.engine import lint_files
from torchcheck.rules import all_rules
from torchcheck.rules.base import Found, Rule

MISTAKE = "import torch.nn.functional as F\nF.cross_entropy(x.softmax(1), y)\n"
RULES = [rule() for rule in all_rules()]

UNREADABLE = {
    "syntax error": (b"import torch\ndef f(:\n    pass\n", (2, 7)),
    "Python 2": (b"import torch\nprint 'x'\n", (2, 1)),
    "NUL byte": (b"import torch\nx = 1\0\n", (2, 6)),
    "wrong encoding": (b"import torch\n# caf\xe9\n", (2, 6)),
    "unknown encoding": (b"# -*- coding: nope -*-\nimport torch\n", (1, 1)),
    "too many brackets": (b"x = " + b"(" * 3000 + b"1" + b")" * 3000 + b"\n", (1, 205)),
    "unclosed bracket": (b"import torch\nx = (1,\n", (2, 5)),
}


@pytest.mark.parametrize(("data", "place"), UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_file_is_one_finding_and_the_run_goes_on(data: bytes, place: tuple[int, int]) -> None:
    paths = [Path("bad.py"), Path("good.py")]

    result = lint_files(paths, RULES, sources={paths[0]: data, paths[1]: MISTAKE})

    first, second = result.findings
    assert (first.code, first.name, first.level) == ("TCK002", "unreadable-file", Level.ERROR)
    assert (first.row, first.place.start.column) == place
    assert (second.filename, second.code) == ("good.py", "TCK101")
    assert not result.broken


def test_a_file_that_is_not_there_is_reported(tmp_path: Path) -> None:
    (finding,) = lint_files([tmp_path / "gone.py"], RULES).findings

    assert finding.code == "TCK002"


READABLE = {
    "byte-order mark": b"\xef\xbb\xbf" + MISTAKE.encode(),
    "Windows line ends": MISTAKE.replace("\n", "\r\n").encode(),
    "no line end at the end": MISTAKE.rstrip().encode(),
    "latin-1": b"# -*- coding: latin-1 -*-\n# \xe9\n" + MISTAKE.encode(),
    "form feed": b"\x0c\n" + MISTAKE.encode(),
    "syntax of a newer Python": b"type X[T] = list[T]\ndef f[T](x: T) -> T: return x\n" + MISTAKE.encode(),
    "deep blocks": b"import torch.nn.functional as F\n"
    + b"".join(b" " * i + b"if a:\n" for i in range(90))
    + b" " * 90
    + b"F.cross_entropy(x.softmax(1), y)\n",
    "a long sum": b"z = " + b" + ".join([b"y"] * 500) + b"\n" + MISTAKE.encode(),
    "calls without end": b"def f(n): return g(n) + f(n)\ndef g(n): return f(n) * g(n)\nf(1)\n" + MISTAKE.encode(),
    "a property of itself": b"class A:\n    @property\n    def a(self): return self.a\nA().a\n" + MISTAKE.encode(),
    "bases in a circle": b"class A(B): pass\nclass B(A): pass\nB().go()\n" + MISTAKE.encode(),
    "a list of itself": b"l = []\nl.append(l)\nfor i in l: i.append(l)\n" + MISTAKE.encode(),
    "an import of itself": b"import itself\nfrom itself import f\nf()\n" + MISTAKE.encode(),
}


def test_a_form_feed_in_the_indentation_moves_no_finding() -> None:
    path = Path("fed.py")
    text = "import torch.nn.functional as F\nfor x, y in z:\n\x0c    x = x + 1\n    F.cross_entropy(x.softmax(1), y)\n"
    marked = (
        "import torch.nn.functional as F\nfor x, y in z:\n  \x0c    F.cross_entropy(x.softmax(1), y)\n    x = x + 1\n"
    )

    (below,) = lint_files([path], RULES, sources={path: text}).findings
    (beside,) = lint_files([path], RULES, sources={path: marked}).findings

    assert (below.row, below.place.start.column) == (4, 5)
    assert (beside.row, beside.place.start.column) == (3, 8)


@pytest.mark.parametrize("data", READABLE.values(), ids=READABLE)
def test_odd_files_are_read(data: bytes) -> None:
    path = Path("itself.py")

    assert [f.code for f in lint_files([path], RULES, sources={path: data}).findings] == ["TCK101"]


HEAVY = {
    "doubling calls": "def f0(x): return x\n"
    + "".join(f"def f{i}(x): return f{i - 1}(x) + f{i - 1}(x)\n" for i in range(1, 60))
    + "f59(z)\n",
    "many branches": "def train(opt):\n  for x in z:\n"
    + "".join(f"    if a{i}: opt.zero_grad(); l.backward()\n    else: l.backward()\n" for i in range(60))
    + "    opt.step()\n",
    "many elifs": "if x == 0: pass\n" + "".join(f"elif x == {i}: y = {i}\n" for i in range(900)),
    "a sum over many lines": "z = (" + "\n + ".join(["y"] * 15000) + ")\n",
    "nested loops": "".join(" " * i + f"for a{i} in range(12):\n" for i in range(19))
    + " " * 19
    + "l.backward(); opt.step()\n",
}


@pytest.mark.parametrize("source", HEAVY.values(), ids=HEAVY)
def test_heavy_files_end(source: str, tmp_path: Path) -> None:
    """In a process of its own: a parser that overflows its stack would take this one along."""
    path = tmp_path / "heavy.py"
    path.write_text("import torch\nfrom torch import backward, grad\n" + source)
    program = (
        "import sys; from pathlib import Path; from torchcheck.lint.engine import lint_files; "
        "from torchcheck.rules import all_rules; "
        "print(lint_files([Path(sys.argv[1])], [r() for r in all_rules()]).broken)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, timeout=300, check=False
    )

    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr[-500:]


def test_a_rule_that_raises_is_told_and_the_others_go_on() -> None:
    class Broken(Rule):
        code = "TCK999"
        name = "broken"

        def loss(self, fact: LossFed) -> Iterable[Found]:
            raise ValueError("no luck")

    path = Path("script.py")

    result = lint_files([path], [Broken(), *RULES], sources={path: MISTAKE})

    assert [finding.code for finding in result.findings] == ["TCK101"]
    (broken,) = result.broken
    assert (broken.code, broken.filename, broken.error) == ("TCK999", "script.py", "ValueError: no luck")


def test_nothing_that_is_linted_is_run_and_torch_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("raise SystemExit('run')\n")
    script = tmp_path / "script.py"
    script.write_text("import helper, torch\nfrom helper import f\nraise SystemExit('run')\n" + MISTAKE)
    program = (
        "import sys; from pathlib import Path; from torchcheck.lint.engine import lint_files; "
        "from torchcheck.rules import all_rules; "
        "lint_files([Path(sys.argv[1])], [r() for r in all_rules()]); "
        "print([n for n in ('torch', 'helper', 'libcst.matchers') if n in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(script)], capture_output=True, text=True, timeout=300, check=False
    )

    assert (done.returncode, done.stdout.strip()) == (0, "[]")


def test_what_follows_a_turn_that_every_path_has_left_is_not_reached() -> None:
    program = """\
import torch
from torch import nn

model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(128, 4), torch.arange(128) % 2
step = 0
while True:
    for rows in torch.randperm(128).split(32):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        raise RuntimeError
        optimizer.step()
    step += 1
    if step >= 16:
        break
"""
    result = lint_files([Path("script.py")], RULES, sources={Path("script.py"): program})

    assert (result.findings, result.broken) == ([], [])


def test_findings_are_sorted_and_named_as_given(tmp_path: Path) -> None:
    for name in ("b.py", "a.py"):
        (tmp_path / name).write_text(MISTAKE + MISTAKE)

    result = lint_files([tmp_path / "b.py", tmp_path / "a.py"], RULES)

    assert [(Path(f.filename).name, f.row) for f in result.findings] == [
        ("a.py", 2),
        ("a.py", 4),
        ("b.py", 2),
        ("b.py", 4),
    ]
    assert all(f.filename == str(tmp_path / Path(f.filename).name) for f in result.findings)


def test_no_files_give_nothing() -> None:
    result = lint_files([], RULES)

    assert (result.findings, result.broken) == ([], [])
