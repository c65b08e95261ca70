"""What reaches the results of a block with its gradients, and what only through a cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchcheck.lint.interp.reach import Reach, severed
from torchcheck.lint.source import SourceFile


def _severed(*lines: str) -> set[str]:
    reach = Reach()
    reach.run(SourceFile(Path("script.py"), "\n".join(lines) + "\n").body())
    return {name for name in severed(reach) if name not in ("x", "y", "h")}


@pytest.mark.parametrize(
    ("lines", "lost"),
    [
        (["h = net(x).detach()", "head(h).backward()"], {"net"}),
        (["h = net(x)", "h = h.data", "head(h).backward()"], {"net"}),
        (["with torch.no_grad():", "    h = net(x)", "head(h).backward()"], {"net"}),
        (["parts = []", "parts.append(net(x).detach())", "head(parts).backward()"], {"net"}),
        (["out = {}", "out['h'] = net(x).detach()", "head(out).backward()"], {"net"}),
        (["h, k = net(x)", "head(h.detach(), k).backward()"], set()),
        (["h = net(x)", "if flag:", "    h = h.detach()", "head(h).backward()"], set()),
        (["h = net(x)", "keep(h)", "head(h.detach()).backward()"], set()),
        (["h = net(x)", "model.last = h", "head(h.detach()).backward()"], set()),
        (["h = net(x)", "def closure():", "    return h", "head(h.detach()).backward()"], set()),
        (["h = net(x)", "print(h.detach())", "head(h).backward()"], set()),
        (["for part in x:", "    h = net(part, h.detach())", "head(h).backward()"], set()),
    ],
)
def test_what_no_gradient_reaches(lines: list[str], lost: set[str]) -> None:
    assert _severed(*lines) - {"torch", "torch.no_grad"} == lost
