"""TCK701: a script that trains and sets no seed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import Kind
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import CallView, FileView

_RANDOM = ("torch.rand", "torch.normal", "torch.multinomial", "torch.bernoulli", "numpy.random.", "random.")
_SETS_UP = ("init_", "initialize", "initialise", "setup", "set_up", "prepare_env", "fix_", "reproduc", "determin")
"""How functions begin that may set a seed out of sight."""


class Unseeded(Rule):
    """A script whose weights, shuffling and dropout are drawn anew in each run can't be compared with itself.

    Whatever is called for a seed counts: `torch.manual_seed`, `seed_everything`, `set_seed`, a `--seed` option, a file
    of the project that mentions one, a function from outside that sets things up. Libraries and tests are left alone.
    """

    code = "TCK701"
    name = "unseeded"
    level = Level.INFO
    why = "Two runs differ by chance: whether a change helped can't be told from one run of each."
    help = "Call `torch.manual_seed(0)` (and seed `random` and `numpy` where they are used) before the model is built."
    bad = (
        """\
import torch
from torch import nn

x, y = torch.randn(32, 4), torch.randn(32, 1)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for _ in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


def train(model, x, y):
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(3):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()


if __name__ == "__main__":
    train(nn.Linear(4, 1), torch.ones(8, 4), torch.ones(8, 1))
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(32, 4), torch.randn(32, 1)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for _ in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
        """\
import random

import torch
from torch import nn


def seed_all(seed):
    random.seed(seed)
    torch.manual_seed(seed)


def main(seed=0):
    seed_all(seed)
    x, y = torch.randn(32, 4), torch.randn(32, 1)
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(3):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()


if __name__ == "__main__":
    main()
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        if not {"backward", "step"} <= view.identifiers:
            return
        started = view.is_started_by_hand
        backwards = [
            call
            for call in view.calls
            if call.method == "backward" and (started or call.function is None) and not _in_test(call)
        ]
        if not backwards or not any(call.method == "step" for call in view.calls):
            return
        if not any(map(_is_random, view.calls)) or any(map(_sets_up, view.calls)):
            return
        if any("seed" in word.lower() for file in (view, *view.project_files) for word in file.vocabulary):
            return
        first = min(backwards, key=lambda call: call.span().start)
        yield Found(message="This script trains and sets no seed: each run starts from other weights.", at=first)


def _in_test(call: CallView) -> bool:
    function = call.function
    return function is not None and function.name.lower().startswith("test_")


def _is_random(call: CallView) -> bool:
    return call.kind is Kind.MODULE or (call.target or "").startswith(_RANDOM)


def _sets_up(call: CallView) -> bool:
    """Whether a function is called that may set a seed, and is not to be seen into."""
    known = call.target is not None and call.target.startswith(("torch.", "numpy.", "builtins.", "random."))
    return not known and call.last_name.lower().startswith(_SETS_UP)
