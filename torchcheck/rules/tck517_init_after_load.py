"""TCK517: weights are loaded, and initialised again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code.overwritten import overwritten_in
from torchcheck.finding import Level
from torchcheck.patterns import pattern
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import FileView

_LOADS = pattern(r"load|pretrained|weights=")
_INITS = pattern(r"init|reset")
_MARKS = frozenset({"apply", "modules", "named_modules", "parameters", "named_parameters"})


class InitAfterLoad(Rule):
    """A model gets pretrained weights, and then every layer of it is initialised: nothing of them is left.

    The weights may come from `load_state_dict`, `from_pretrained`, a model zoo or a function that is called
    `load_weights` or the like; the initialisation is an `apply`, a loop over modules or parameters, or a function that
    does one of these. Not accused: a new head that is initialised by itself, one or the other in the branches of a
    test, a model that was used between (one training ends, and another begins), an initialisation that chooses layers
    by their names, and one of norms or of other layers than were loaded.
    """

    code = "TCK517"
    name = "init-after-load"
    level = Level.ERROR
    why = "The pretrained weights are gone, without a word: the training starts from scratch."
    help = "Initialise first and load then; or initialise only the new layers: `model.fc.apply(init_weights)`."
    bad = (
        """\
import io
import torch
from torch import nn

file = io.BytesIO()
torch.save(nn.Linear(4, 1).state_dict(), file)
file.seek(0)


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)


model = nn.Linear(4, 1)
model.load_state_dict(torch.load(file))
model.apply(init_weights)
print(model(torch.ones(1, 4)))
""",
        """\
import io
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, file):
        super().__init__()
        self.body = nn.Linear(4, 4)
        self.body.load_state_dict(torch.load(file))
        self.head = nn.Linear(4, 2)
        self.init_weights()

    def init_weights(self):
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, std=0.02)

    def forward(self, x):
        return self.head(torch.relu(self.body(x)))


file = io.BytesIO()
torch.save(nn.Linear(4, 4).state_dict(), file)
file.seek(0)
print(Net(file)(torch.ones(1, 4)))
""",
    )
    good = (
        """\
import io
import torch
from torch import nn

file = io.BytesIO()
torch.save(nn.Linear(4, 4).state_dict(), file)
file.seek(0)


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)


body, head = nn.Linear(4, 4), nn.Linear(4, 1)
body.apply(init_weights)
body.load_state_dict(torch.load(file))
head.apply(init_weights)
print(head(torch.relu(body(torch.ones(1, 4)))))
""",
        """\
import os
import torch
from torch import nn


def reset(m):
    if hasattr(m, "reset_parameters"):
        m.reset_parameters()


model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1))
if os.path.exists("a-checkpoint-that-is-not-there.pt"):
    model.load_state_dict(torch.load("a-checkpoint-that-is-not-there.pt"))
else:
    model.apply(reset)
print(model(torch.ones(1, 4)))
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        if _MARKS.isdisjoint(view.identifiers) or not _LOADS.search(view.text) or not _INITS.search(view.text):
            return
        for one in overwritten_in(view):
            loaded, again = one.loaded, one.initialised
            how = f"the loop over `{again.at.text}`" if again.is_loop else f"`{again.at.text}`"
            yield Found(
                message=f"`{loaded.what}` gets its weights in line {loaded.at.span().start.row}, and {how} overwrites "
                "them with new ones.",
                at=again.at,
            )
