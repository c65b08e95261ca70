"""TCK313: an epsilon that is 0 in the dtype of the parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.facts.groups import GroupsUsed


class EpsilonUnderflow(Rule):
    """The weights, and the moments that Adam keeps of them, are float16, and its `eps` of 1e-8 is 0 there.

    Float32 weights under autocast, bfloat16, and a larger `eps` are right, as are moments in float32.
    """

    code = "TCK313"
    name = "epsilon-underflow"
    level = Level.WARNING
    why = "A small gradient has a second moment of 0 in float16; without the epsilon the update divides by 0."
    help = "Keep the weights in float32 and compute under `torch.autocast`, or give an `eps` of 1e-4."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(8, 3).half()
optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
x, y = torch.randn(32, 8).half(), torch.randint(0, 3, (32,))
for _ in range(2):
    optimizer.zero_grad()
    nn.functional.cross_entropy(100 * model(x).float(), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(8, 3).to(torch.float16)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
x, y = torch.randn(32, 8).half(), torch.randint(0, 3, (32,))
for _ in range(2):
    optimizer.zero_grad()
    nn.functional.cross_entropy(100 * model(x).float(), y).backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(8, 3).half()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-4)
x, y = torch.randn(32, 8).half(), torch.randint(0, 3, (32,))
for _ in range(2):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x).float(), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(8, 3).bfloat16()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
x, y = torch.randn(32, 8).bfloat16(), torch.randint(0, 3, (32,))
for _ in range(2):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x).float(), y).backward()
    optimizer.step()
""",
    )

    def groups(self, fact: GroupsUsed) -> Iterable[Found]:
        if fact.epsilon is not None:
            yield Found(
                message=f"The `eps` of `{fact.optimizer}`, {fact.epsilon:g}, is 0 in {fact.dtype}.",
                at=fact.place,
                evidence={"eps": fact.epsilon, "dtype": fact.dtype},
                step=fact.step,
            )
