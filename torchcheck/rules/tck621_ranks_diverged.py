"""TCK621: ranks that should have the same model train apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchcheck.facts.replicas import Alike
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option

if TYPE_CHECKING:
    from torchcheck.facts.replicas import ReplicasApart

_SPAWN = """\
import os
import tempfile

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn
from torch.nn.parallel import DistributedDataParallel as DDP


def train(rank, store):
    dist.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=2)
    torch.manual_seed(rank)
    model = MODEL
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x, y = torch.randn(64, 8), torch.randint(0, 3, (64,))
    for _ in range(6):
        optimizer.zero_grad()
        nn.functional.cross_entropy(CALL(x), y).backward()
        AVERAGE
        optimizer.step()
    dist.destroy_process_group()


if __name__ == "__main__":
    mp.spawn(train, args=(os.path.join(tempfile.mkdtemp(), "store"),), nprocs=2)
"""
_NET = "nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))"
_AVERAGE = """\
for p in model.parameters():
            dist.all_reduce(p.grad)
            p.grad /= 2"""


def _program(model: str, call: str, average: str = "pass") -> str:
    return _SPAWN.replace("MODEL", model).replace("CALL", call).replace("AVERAGE", average)


class RanksDiverged(Rule):
    """Every rank should have the same parameters, and their values differ.

    The model stands in a `DistributedDataParallel` whose call is passed by, whose hooks were lost, or that does not
    know of some parameters. Or the gradients are averaged and the models began with different weights. Or every rank
    has its own part of the data and nothing brings together what they learn. Each rank writes down sums of its
    parameters on some steps; they are compared after the run, and no rank waits for another.

    Not accused are shards (FSDP, tensor and pipeline parallel), models that differ in their layers or are trained
    each on its own data on purpose, parameters that a hook or the program itself averages now and then, frozen ones,
    and buffers: batch norms have statistics of their own on every rank.
    """

    code = "TCK621"
    name = "ranks-diverged"
    level = Level.ERROR
    why = "Each rank trains a model of its own on its part of the data, and only that of rank 0 is kept."
    help = (
        "Call the model through its `DistributedDataParallel`, made once all of its parameters are in place; or give "
        "all ranks the same weights, and average every gradient before each step."
    )
    bad = (
        _program(f"DDP({_NET})", "inner").replace("    x, y =", "    inner = getattr(model, 'module')\n    x, y ="),
        _program(_NET, "model", _AVERAGE),
    )
    good = (
        _program(f"DDP({_NET})", "model"),
        _program(_NET, "model"),
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        """The settings."""

        samples: int = option(3, "how many compared steps in a row must differ", minimum=1)

    def replicas(self, fact: ReplicasApart) -> Iterable[Found]:
        if fact.samples < self.options.samples or fact.is_rejoined or fact.is_hooked:
            return
        cause = _cause(fact)
        if cause is None:
            return
        first, more = fact.parameters[0], len(fact.parameters) - 1
        others = f" and {more} more" if more else ""
        yield Found(
            message=(
                f"The ranks' copies of `{fact.model}` differ since step {fact.since}: `{first}`{others}, by "
                f"{fact.difference:.2g} of its norm; {cause}."
            ),
            at=fact.bypassed or fact.place,
            step=fact.step,
            evidence={
                "difference": fact.difference,
                "parameters_that_differ": len(fact.parameters),
                "of_parameters": fact.of_parameters,
                "steps_compared": fact.samples,
            },
        )


def _cause(fact: ReplicasApart) -> str | None:
    """Why these ranks should be alike, and what keeps them apart; None where nothing says that they should."""
    if fact.is_wrapped:
        if fact.exchanges and fact.gradients is not Alike.EQUAL:
            return None
        if fact.bypassed is not None:
            return "it is called past its `DistributedDataParallel`, which averages no gradients then"
        if fact.gradients is Alike.EQUAL:
            return (
                "they got the same gradients, so their weights were set after `DistributedDataParallel` made them equal"
            )
        return "`DistributedDataParallel` does not average the gradients of these parameters"
    if fact.gradients is Alike.EQUAL:
        return "they got the same gradients, so they began with different weights"
    apart = fact.gradients is Alike.DIFFERENT and fact.began_alike and not fact.exchanges
    if apart and fact.shares_data:
        return "each rank has its own part of the data, and nothing averages their gradients"
    return None
