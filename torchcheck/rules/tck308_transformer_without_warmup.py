"""TCK308: a transformer is trained with a constant learning rate from the first step."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.training import OptimizerUsed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_WARMS_UP_ITSELF = ("RAdam", "Adafactor", "LBFGS")
_FINE_TUNING = 5e-5
"""The largest learning rate that BERT's authors recommend for fine-tuning (Devlin et al., 2019)."""


class TransformerWithoutWarmup(Rule):
    """Attention layers are trained with a learning rate that nothing changes: no warm-up, no schedule.

    Any scheduler, a learning rate that is written into `param_groups`, RAdam, and a rate so small that it is one for
    fine-tuning are not remarked on.
    """

    code = "TCK308"
    name = "transformer-without-warmup"
    level = Level.INFO
    why = "In the first steps Adam's moments are noise, and attention layers are easily thrown off by large updates."
    help = "Raise the learning rate from 0 over the first few percent of the steps, then let it decay."

    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.TransformerEncoderLayer(8, 2, batch_first=True, dropout=0.0)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
x = torch.randn(4, 5, 8)
for step in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
attention, head = nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, 8)
optimizer = torch.optim.AdamW(list(attention.parameters()) + list(head.parameters()), lr=1e-3)
x = torch.randn(4, 5, 8)
for step in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(head(attention(x, x, x)[0]), x).backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn
from torch.optim.lr_scheduler import LinearLR

torch.manual_seed(0)
model = nn.TransformerEncoderLayer(8, 2, batch_first=True, dropout=0.0)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
warmup = LinearLR(optimizer, start_factor=0.1, total_iters=2)
x = torch.randn(4, 5, 8)
for step in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x).backward()
    optimizer.step()
    warmup.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
x = torch.randn(4, 8)
for step in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x).backward()
    optimizer.step()
""",
    )

    def training(self, fact: OptimizerUsed) -> Iterable[Found]:
        if fact.attention is None or fact.schedulers is None or fact.schedulers:
            return
        is_fine_tuning = fact.learning_rate is not None and fact.learning_rate <= _FINE_TUNING
        if not is_fine_tuning and not fact.kind.endswith(_WARMS_UP_ITSELF):
            yield Found(
                message=f"`{fact.name}` trains attention layers (`{fact.attention}`) with a constant learning rate.",
                at=fact.place,
            )
