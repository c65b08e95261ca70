"""TCK703: a model is saved as a pickled object."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.checkpoint import ModuleSaved
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class WholeModelSaved(Rule):
    """`torch.save` is given a module, or a dictionary with one in it, instead of a `state_dict`.

    Only what is known to be a module is accused. A scripted or traced module is made to be saved whole.
    """

    code = "TCK703"
    name = "whole-model-saved"
    level = Level.WARNING
    why = (
        "The file holds a reference to the class and its place in the source: it can't be loaded once that has moved, "
        "nor with `weights_only=True`, which is the default since torch 2.6."
    )
    help = "Save `model.state_dict()`, and load it into a model that was built again."
    bad = (
        """\
import io
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
loss = nn.functional.mse_loss(model(torch.randn(4, 4)), torch.randn(4, 1))
torch.save(model, io.BytesIO())
""",
        """\
import io
import torch
from torch import nn

model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
torch.save({"model": model, "optimizer": optimizer.state_dict()}, io.BytesIO())
""",
    )
    good = (
        """\
import io
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
loss = nn.functional.mse_loss(model(torch.randn(4, 4)), torch.randn(4, 1))
torch.save(model.state_dict(), io.BytesIO())
""",
        """\
import io
import torch
from torch import nn

model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, io.BytesIO())
""",
    )

    def module_saved(self, fact: ModuleSaved) -> Iterable[Found]:
        yield Found(message=f"`{fact.model}` is saved as a whole object, class and all.", at=fact.place)
