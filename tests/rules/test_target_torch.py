"""Rules that judge by the oldest torch that the project supports."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchcheck.finding import Finding
from torchcheck.fixing import fix_all
from torchcheck.lint.engine import lint_files
from torchcheck.selection import Selection


def _lint(text: str, code: str, target: tuple[int, int] | None, folder: Path) -> list[Finding]:
    path = folder / "script.py"
    path.write_text(text)
    return lint_files([path], Selection((code,)).rules(target_torch=target)).findings


@pytest.mark.parametrize(("target", "count"), [(None, 0), ((2, 6), 0), ((2, 4), 1), ((1, 13), 1), ((1, 12), 0)])
def test_a_load_that_says_nothing_is_unsafe_below_torch_2_6(
    target: tuple[int, int] | None, count: int, tmp_path: Path
) -> None:
    assert len(_lint("import torch\nx = torch.load(path, map_location='cpu')\n", "TCK702", target, tmp_path)) == count


@pytest.mark.parametrize("call", ["torch.load(path, **options)", "torch.jit.load(path)", "numpy.load(path)"])
def test_a_load_that_may_be_safe_is_not_accused_below_torch_2_6(call: str, tmp_path: Path) -> None:
    assert _lint(f"import numpy\nimport torch\nx = {call}\n", "TCK702", (2, 4), tmp_path) == []


@pytest.mark.parametrize("call", ["torch.load(path)", "torch.load(path, weights_only=None)", "torch.load(path,\n)"])
def test_the_fix_of_a_load_makes_it_safe(call: str, tmp_path: Path) -> None:
    text = f"import torch\nx = {call}\n"
    found = _lint(text, "TCK702", (2, 4), tmp_path)
    fixed = fix_all(
        found,
        lambda name: text,
        lambda texts: _lint(next(iter(texts.values())), "TCK702", (2, 4), tmp_path),
        unsafe=True,
    )
    assert "weights_only=True" in next(iter(fixed.texts.values()))
    assert fixed.findings == []


@pytest.mark.parametrize(
    ("line", "target", "count"),
    [
        ("torch.cuda.amp.autocast()", None, 1),
        ("torch.cuda.amp.autocast()", (2, 4), 1),
        ("torch.cuda.amp.autocast()", (2, 3), 0),
        ("torch.symeig(a)", (2, 0), 1),
        ("torch.symeig(a)", (1, 7), 0),
        ("torch.nn.NLLLoss2d()", (1, 4), 1),
        ("torchvision.models.vgg16(pretrained=True)", (1, 12), 1),
        ("torchvision.models.vgg16(pretrained=True)", (1, 11), 0),
    ],
)
def test_what_is_deprecated_depends_on_the_oldest_torch(
    line: str, target: tuple[int, int] | None, count: int, tmp_path: Path
) -> None:
    found = _lint(f"import torch\nimport torchvision\nx = {line}\n", "TCK709", target, tmp_path)
    assert len(found) == count


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("torch.cuda.amp.autocast()", 'torch.amp.autocast("cuda")'),
        ("torch.cuda.amp.autocast(enabled=False)", 'torch.amp.autocast("cuda", enabled=False)'),
        ("torch.cuda.amp.GradScaler(2.0)", 'torch.amp.GradScaler("cuda", 2.0)'),
        ("torch.qr(a)", "torch.linalg.qr(a)"),
        ("nn.NLLLoss2d()", "nn.NLLLoss()"),
        ("nn.MSELoss(size_average=False)", 'nn.MSELoss(reduction="sum")'),
        ("nn.MSELoss(reduce=False)", 'nn.MSELoss(reduction="none")'),
        ("torchvision.transforms.Scale(3)", "torchvision.transforms.Resize(3)"),
        ("torchvision.models.vgg16(pretrained=False)", "torchvision.models.vgg16(weights=None)"),
        ("torch.qr(a, some=False)", None),
        ("torch.symeig(a)", None),
        ("nn.MSELoss(size_average=True, reduce=False)", None),
        ("torch.cuda.amp.autocast(True)", None),
    ],
)
def test_the_fix_of_a_deprecated_name(old: str, new: str | None, tmp_path: Path) -> None:
    head = "import torch\nimport torchvision\nfrom torch import nn\nx = "
    found = _lint(f"{head}{old}\n", "TCK709", None, tmp_path)
    assert found
    if new is None:
        assert [f.fix for f in found] == [None] * len(found)
        return
    fixed = fix_all(found, lambda name: f"{head}{old}\n", lambda texts: [], unsafe=False)
    assert next(iter(fixed.texts.values())) == f"{head}{new}\n"


@pytest.mark.parametrize(("target", "count"), [(None, 0), ((2, 6), 0), ((1, 9), 0), ((1, 8), 1)])
def test_numpy_draws_alike_in_workers_below_torch_1_9(
    target: tuple[int, int] | None, count: int, tmp_path: Path
) -> None:
    text = """\
import numpy as np
from torch.utils.data import DataLoader, Dataset


class Noisy(Dataset):
    def __getitem__(self, index):
        return np.random.randn()


loader = DataLoader(Noisy(), num_workers=2)
"""
    assert len(_lint(text, "TCK409", target, tmp_path)) == count
