"""Names that come through star imports, and files that have too many of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.lint.linting import lint_project
from torchcheck.code.file import FileView
from torchcheck.code.resolve import Resolver
from torchcheck.code.scopes import MOST_STARS
from torchcheck.lint.codes import Codes
from torchcheck.lint.source import SourceFile

_TRAIN = """\
import torch.nn.functional as F
from nets import Net, Thing

class Head(Thing):
    def forward(self, x: Thing):
        return x

loss = F.cross_entropy(Net()(x), y)
"""
_NET = """\
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return self.fc(x).softmax(dim=1)
"""


def _library(files: int) -> dict[str, str]:
    index = "".join(f"from .part{i} import *\n" for i in range(files))
    parts = {f"nets/part{i}.py": f"import torch\nclass Part{i}:\n    pass\n" for i in range(files)}
    return {"nets/__init__.py": index, **parts, f"nets/part{files - 1}.py": _NET, "train.py": _TRAIN}


def test_a_name_is_found_through_star_imports(tmp_path: Path) -> None:
    result = lint_project(tmp_path, _library(20), report=["train.py"])

    assert [finding.code for finding in result.findings] == ["TCK101"]


def test_no_name_is_looked_for_in_an_index_of_a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    viewed = set()
    make = Codes._make

    def noted(self: Codes, file: SourceFile, key: str, module: ast.Module) -> FileView:
        viewed.add(Path(key).name)
        return make(self, file, key, module)

    monkeypatch.setattr(Codes, "_make", noted)

    result = lint_project(tmp_path, _library(MOST_STARS + 1), report=["train.py"])

    assert result.findings == []
    assert viewed == {"train.py", "__init__.py"}


def test_files_that_import_each_other_by_stars_are_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    stars = Resolver._class_from_stars

    def noted(self: Resolver, name: str, seen: set[tuple[Resolver, str]]) -> tuple[FileView, ast.ClassDef] | None:
        asked.append(name)
        return stars(self, name, seen)

    monkeypatch.setattr(Resolver, "_class_from_stars", noted)
    everybody = "".join(f"from nets.part{i} import *\n" for i in range(8))
    parts = {f"nets/part{i}.py": f"import torch\n{everybody}class Part{i}:\n    pass\n" for i in range(8)}

    result = lint_project(tmp_path, {"nets/__init__.py": everybody, **parts, "train.py": _TRAIN}, report=["train.py"])

    assert result.findings == []
    assert 0 < asked.count("Thing") < 100
