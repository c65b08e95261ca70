"""What views tell of imports and references."""

from __future__ import annotations

from tests.code.test_views import view


def test_imports_tell_what_they_bring_in_and_under_which_name() -> None:
    seen = view("import torch.nn as nn\nimport torch.optim\nfrom torch import cat as c\nfrom . import d\n")
    assert [(one.source, one.bound) for one in seen.imports] == [
        ("torch.nn", "nn"),
        ("torch.optim", "torch"),
        ("torch.cat", "c"),
        (None, "d"),
    ]


def test_references_are_what_is_read_by_its_last_name() -> None:
    seen = view("import torch\ncat = torch.cat\ncat(x)\ny.cat = 3\n")
    assert sorted(one.text for one in seen.references({"cat"})) == ["cat", "torch.cat"]
