"""TCK518: weights may not match, and nobody looks."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.checkpoint import StateLoaded
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class PartialLoadIgnored(Rule):
    """`load_state_dict(..., strict=False)` of a file, and the names that did not match are thrown away.

    Accused is a call that stands alone, given what `torch.load` read. A program that looks at the missing and
    unexpected names, or that sorts out the names before it loads, is right and not accused.
    """

    code = "TCK518"
    name = "partial-load-ignored"
    level = Level.WARNING
    why = "With `strict=False` a checkpoint whose names match nothing loads without a word, and leaves random weights."
    help = (
        "Look at what it returns: `missing, unexpected = model.load_state_dict(state, strict=False)`, and check both."
    )
    bad = (
        """\
import io
import torch
from torch import nn

file = io.BytesIO()
torch.save({"module.weight": torch.zeros(1, 4)}, file)
file.seek(0)
model = nn.Linear(4, 1)
model.load_state_dict(torch.load(file), strict=False)
print(nn.functional.mse_loss(model(torch.randn(4, 4)), torch.randn(4, 1)).item())
""",
        """\
import io
import torch
from torch import nn

file = io.BytesIO()
torch.save({"state": {"fc.weight": torch.zeros(1, 4)}}, file)
file.seek(0)
checkpoint = torch.load(file)
model = nn.Linear(4, 1)
model.load_state_dict(checkpoint["state"], strict=False)
print(nn.functional.mse_loss(model(torch.randn(4, 4)), torch.randn(4, 1)).item())
""",
    )
    good = (
        """\
import io
import torch
from torch import nn

file = io.BytesIO()
torch.save(nn.Linear(4, 1).state_dict(), file)
file.seek(0)
model = nn.Linear(4, 1)
model.load_state_dict(torch.load(file))
print(nn.functional.mse_loss(model(torch.randn(4, 4)), torch.randn(4, 1)).item())
""",
        """\
import io
import torch
from torch import nn

file = io.BytesIO()
torch.save({"weight": torch.zeros(1, 4)}, file)
file.seek(0)
model = nn.Linear(4, 1)
result = model.load_state_dict(torch.load(file), strict=False)
assert result.missing_keys == ["bias"]
print(nn.functional.mse_loss(model(torch.randn(4, 4)), torch.randn(4, 1)).item())
""",
    )

    def state_loaded(self, fact: StateLoaded) -> Iterable[Found]:
        if fact.strict is False and fact.ignored:
            yield Found(
                message=f"`{fact.model}` takes what matches of the file, and nobody looks at what did not.",
                at=fact.place,
            )
