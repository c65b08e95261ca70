"""`examples/_torchvision.py` helps where torchvision does not import by itself, and only there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.gallery import EXAMPLES

pytestmark = pytest.mark.slow  # each needs an interpreter of its own

IS_DECLARED = "import torch; print(hasattr(torch.ops.torchvision, 'qnms'))"


def python(code: str, *path: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (*path, EXAMPLES)))}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def pretend_torchvision(folder: Path, text: str) -> Path:
    (folder / "torchvision.py").write_text(text)
    return folder


def test_transforms_work() -> None:
    code = "import _torchvision, torch; from torchvision.transforms import v2; "
    done = python(code + "print(v2.CenterCrop(2)(torch.zeros(1, 4, 4)).shape)")
    assert done.stdout.strip() == "torch.Size([1, 2, 2])", done.stderr


def test_a_torchvision_that_imports_is_left_alone(tmp_path: Path) -> None:
    done = python(f"import _torchvision; {IS_DECLARED}", pretend_torchvision(tmp_path, ""))
    assert done.stdout.strip() == "False", done.stderr


def test_missing_operators_are_declared(tmp_path: Path) -> None:
    needs_it = (
        "import torch\n"
        "if not hasattr(torch.ops.torchvision, 'nms'):\n"
        "    raise RuntimeError('operator torchvision::nms does not exist')"
    )
    done = python(f"import _torchvision; {IS_DECLARED}", pretend_torchvision(tmp_path, needs_it))
    assert done.stdout.strip() == "True", done.stderr


def test_any_other_error_is_shown(tmp_path: Path) -> None:
    done = python("import _torchvision", pretend_torchvision(tmp_path, "raise RuntimeError('built for another CUDA')"))
    assert done.returncode == 1
    assert "RuntimeError: built for another CUDA" in done.stderr
