"""TCK212: a generator of parameters is used a second time."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.generator import GeneratorSpent
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class ExhaustedParameterGenerator(Rule):
    """`params = model.parameters()` (or `filter(...)`, `chain(...)`, a generator expression) is iterated over once, and
    then given to something else, which finds it empty.

    A list of the parameters, a new call of `parameters()` each time, and uses in different branches are right.
    """

    code = "TCK212"
    name = "exhausted-parameter-generator"
    level = Level.ERROR
    why = "A generator gives its items once: whatever comes second sees no parameters, mostly without an error."
    help = "Keep a list: `params = list(model.parameters())`."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
params = model.parameters()
optimizer = torch.optim.SGD(params, lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    nn.utils.clip_grad_norm_(params, 1.0)
    optimizer.step()
""",
        """\
import torch
from torch import nn

model = nn.Linear(4, 1)
trainable = model.parameters()
print(sum(p.numel() for p in trainable))
optimizer = torch.optim.SGD(trainable, lr=0.01)
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
params = list(model.parameters())
optimizer = torch.optim.SGD(params, lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    nn.utils.clip_grad_norm_(params, 1.0)
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
params = model.parameters()
optimizer = torch.optim.SGD(params, lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
""",
    )

    def generator(self, fact: GeneratorSpent) -> Iterable[Found]:
        before = "in the first turn of the loop" if fact.in_loop else "before"
        where = f"at {fact.first.span()}" if fact.first is not None else before
        what = f"`{fact.use}` gets no parameters" if fact.use else "nothing is iterated over"
        yield Found(
            message=f"`{fact.name}` is a generator that was used up {where}: {what} here.",
            at=fact.place,
            help=f"Make `{fact.name}` a list where it is bound.",
        )
