"""Code as people paste it: without imports, indented, with prompts, from the middle of a function, in a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchcheck.cli.main import main
from torchcheck.finding import Finding
from torchcheck.lint.engine import lint_files
from torchcheck.rules import all_rules
from torchcheck.rules.base import Rule

RULES: list[Rule] = [rule() for rule in all_rules()]


def lint(text: str | bytes, name: str = "snippet.py") -> list[Finding]:
    path = Path(name)
    result = lint_files([path], RULES, sources={path: text})
    assert not result.broken, result.broken
    return result.findings


def places(text: str | bytes, name: str = "snippet.py") -> list[tuple[str, int, int]]:
    return [(f.code, *f.place.start) for f in lint(text, name)]


MISTAKES = {
    "nn": "model = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))\nnn.CrossEntropyLoss()(model(x), y)",
    "F": "out = F.softmax(model(x), dim=1)\nF.cross_entropy(out, y)",
    "torch": "out = torch.softmax(model(x), 1)\ntorch.nn.functional.cross_entropy(out, y)",
    "bare names": "model = Sequential(Linear(4, 3), Softmax(dim=1))\nCrossEntropyLoss()(model(x), y)",
    "a class": (
        "class Net(Module):\n    def forward(self, x): return self.fc(x).softmax(1)\nCrossEntropyLoss()(Net()(x), y)"
    ),
    "Variable": "out = F.softmax(model(Variable(x)), dim=1)\nF.cross_entropy(out, Variable(y))",
    "models": "net = nn.Sequential(models.resnet18(), nn.Softmax(1))\nF.cross_entropy(net(x), y)",
    "loader": (
        "loader = DataLoader(datasets.MNIST('.', transform=transforms.ToTensor()), 32)\n"
        "for x, y in loader: F.cross_entropy(F.softmax(net(x), 1), y)"
    ),
    "star import": "from torch.nn import *\nnet = Sequential(Linear(4, 3), Softmax(1))\nCrossEntropyLoss()(net(x), y)",
}


@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES)
def test_names_that_nobody_imported_mean_what_everyone_means(text: str) -> None:
    assert [f.code for f in lint(text)] == ["TCK101"]


def test_a_name_that_the_file_binds_means_what_it_says() -> None:
    assert lint("def softmax_model(nn, F, x, y):\n    return F.cross_entropy(F.softmax(nn(x), 1), y)") == []
    assert lint("from mine import F\nF.cross_entropy(F.softmax(x, 1), y)") == []
    assert lint("models = load()\nnet = models.resnet18()\nnet(x)") == []


LOSS = "F.cross_entropy(x.softmax(1), y)"
PASTED = {
    "indented": (f"    a = 1\n    {LOSS}\n", 2, 5),
    "indented by a tab": (f"\ta = 1\n\t{LOSS}\n", 2, 2),
    "indented below a comment": (f"# so:\n\n    a = 1\n    {LOSS}\n", 4, 5),
    "the first line lost its indentation": (f"a = 1\n    for i in z:\n        {LOSS}\n", 3, 9),
    "a method": (f"    def loss(self, x, y):\n        return {LOSS}\n", 2, 16),
    "indented with a string to the margin": (f'    a = """\nb\n"""\n    {LOSS}\n', 4, 5),
    "the body of a function": (f"a = 1\nif a:\n    return {LOSS}\n", 3, 12),
    "await": (f"a = await f()\n{LOSS}\n", 2, 1),
    "yield": (f"yield {LOSS}\n", 1, 7),
    "a session": (f">>> a = 1\n>>> for i in z:\n...     {LOSS}\n...\n3\n>>> a\n1\n", 3, 9),
    "an indented session": (f"    >>> {LOSS}\n    tensor(1.)\n", 1, 9),
    "a session of IPython": (
        f"In [1]: a = 1\n\nIn [2]: for i in z:\n   ...:     {LOSS}\n   ...:\n\nOut[2]: 3\n",
        4,
        13,
    ),
    "magics": (f"!pip install torch\n%matplotlib inline\n{LOSS}\n", 3, 1),
    "Windows line ends": (f"    a = 1\r\n    {LOSS}\r\n", 2, 5),
}


@pytest.mark.parametrize(("text", "row", "column"), PASTED.values(), ids=PASTED)
def test_what_is_pasted_is_read_and_told_where_it_stands(text: str, row: int, column: int) -> None:
    assert places(text) == [("TCK101", row, column)]


def test_what_can_t_be_read_is_told_as_it_stands() -> None:
    assert [f.code for f in lint("    a = 1\n  b = 2\n c = (")] == ["TCK002"]
    (finding,) = lint("import torch\nprint 'a'\nx = 1\n")
    assert (finding.code, finding.row) == ("TCK002", 2)
    assert finding.help == "Write it in Python 3 (`print(…)`, `except Error as e:`), or leave it out with `exclude`."


TRAINING = (
    "model = nn.Linear(4, 3)\nopt = torch.optim.SGD(model.parameters(), 0.1)\n"
    "for x, y in loader:\n    loss = f(model(x), y)\n"
)


def fixed(text: str, name: str = "snippet.py") -> str:
    Path(name).write_bytes(text.encode())
    main(["lint", "--isolated", "--fix", "--unsafe-fixes", name])
    return Path(name).read_bytes().decode()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("prefix", ["", "    ", "\t"])
def test_a_fix_keeps_the_indentation_of_the_whole(prefix: str) -> None:
    text = "".join(f"{prefix}{line}\n" for line in f"{TRAINING}    loss.backward()\n    opt.step()".split("\n"))
    clear = f"{prefix}    opt.zero_grad()\n{prefix}    loss.backward()\n"
    assert fixed(text) == text.replace(f"{prefix}    loss.backward()\n", clear)


@pytest.mark.usefixtures("folder")
def test_a_fix_keeps_the_prompts() -> None:
    code = f"{TRAINING}    loss.backward()\n    opt.step()".split("\n")
    text = "".join(f"{'...' if line.startswith(' ') else '>>>'} {line}\n" for line in code)
    assert fixed(text) == text.replace("...     loss.b", "...     opt.zero_grad()\n...     loss.b")


PAGE = f"""\
# A page

```python
import torch.nn.functional as F
{LOSS}
```

Not Python:

```console
$ python train.py
```

- in a list

  ~~~py
  a = 1
  {LOSS}
  ~~~

```python
this is only a sketch …
```

```pycon
>>> {LOSS}
tensor(1.)
```
"""


def test_the_blocks_of_a_page_are_programs_of_their_own() -> None:
    assert places(PAGE, "README.md") == [("TCK101", 5, 1), ("TCK101", 18, 3), ("TCK101", 26, 5)]
    assert {f.filename for f in lint(PAGE, "README.md")} == {"README.md"}
    assert places("# Nothing\n", "README.md") == places("", "README.md") == places("```python", "README.md") == []


@pytest.mark.usefixtures("folder")
def test_a_fix_edits_a_page() -> None:
    block = f"  {TRAINING}    loss.backward()\n    opt.step()".replace("\n", "\n  ")
    text = f"Text\n\n  ```python\n{block}\n  ```\n\n```python\nx = 1\n```\n"
    clear = "      opt.zero_grad()\n      loss.backward()\n"
    assert fixed(text, "page.md") == text.replace("      loss.backward()\n", clear)


@pytest.mark.usefixtures("folder")
def test_comments_silence_findings_of_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    Path("page.md").write_text(PAGE.replace(LOSS, f"{LOSS}  # noqa: TCK101"), encoding="utf-8")
    assert main(["lint", "--isolated", "page.md"]) == 0
    assert capsys.readouterr().out == ""
