"""TCK521: training through the module inside of `DistributedDataParallel`."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.passes import Pass, Purpose
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class DdpBypassed(Rule):
    """The training calls `model.module(x)` of a model in `DistributedDataParallel`.

    The weights inside (`model.module.state_dict()`) and an evaluation through `model.module` are right and not
    accused; nor is `DataParallel`, which copies no gradients between processes.
    """

    code = "TCK521"
    name = "ddp-bypassed"
    level = Level.ERROR
    why = "The wrapper averages gradients in its own call: past it, every process trains a model of its own."
    help = "Call the wrapper: `model(x)`."
    bad = (
        """\
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

torch.distributed.init_process_group("gloo", store=torch.distributed.HashStore(), rank=0, world_size=1)
torch.manual_seed(0)
model = DistributedDataParallel(nn.Linear(4, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(8, 4), torch.randn(8, 1)
for _ in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(model.module(x), y).backward()
    optimizer.step()
torch.distributed.destroy_process_group()
""",
        """\
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

torch.distributed.init_process_group("gloo", store=torch.distributed.HashStore(), rank=0, world_size=1)
torch.manual_seed(0)
model = DistributedDataParallel(nn.Linear(4, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(8, 4), torch.randn(8, 1)
for _ in range(3):
    optimizer.zero_grad()
    loss = (model.module(x) - y).pow(2).mean()
    loss.backward()
    optimizer.step()
torch.distributed.destroy_process_group()
""",
    )
    good = (
        """\
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

torch.distributed.init_process_group("gloo", store=torch.distributed.HashStore(), rank=0, world_size=1)
torch.manual_seed(0)
model = DistributedDataParallel(nn.Linear(4, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(8, 4), torch.randn(8, 1)
for _ in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
state = model.module.state_dict()
torch.distributed.destroy_process_group()
""",
        """\
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

torch.distributed.init_process_group("gloo", store=torch.distributed.HashStore(), rank=0, world_size=1)
torch.manual_seed(0)
model = DistributedDataParallel(nn.Linear(4, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(8, 4), torch.randn(8, 1)
for _ in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
with torch.no_grad():
    prediction = model.module(x)
torch.distributed.destroy_process_group()
""",
    )

    def passes(self, fact: Pass) -> Iterable[Found]:
        if fact.purpose is Purpose.TRAINING and fact.bypass:
            yield Found(
                message=f"`{fact.model}` trains past its wrapper: the gradients of the processes are not averaged.",
                at=fact.place,
            )
