"""TCK118: a reconstruction and a divergence, one summed and the other averaged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code.uses import factors, settled, sums
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import CallView, ExprView, FileView

_FUNCTIONS = words("mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy binary_cross_entropy_with_logits")
_MODULES = words("MSELoss L1Loss SmoothL1Loss HuberLoss BCELoss BCEWithLogitsLoss")
_SPREADS = ("var", "sigma", "std")
_SAID = {"sum": "summed", "mean": "averaged"}


class ReductionMismatch(Rule):
    """In the loss of a VAE the reconstruction is averaged over every value, and the divergence summed; or the reverse.

    Accused are a reconstruction of one known reduction plus a divergence of the other over all axes. A term with a
    weight of its own (`beta * kld`), or divided by some number, is what the user chose and isn't accused.
    """

    code = "TCK118"
    name = "reduction-mismatch"
    level = Level.WARNING
    why = "One term outweighs the other by the number of values: the posterior collapses, or is not held at all."
    help = 'Reduce both alike: `reduction="sum"` beside `torch.sum(…)`, or give the divergence a weight.'
    bad = (
        """\
import torch
import torch.nn.functional as F


def vae_loss(recon, x, mu, logvar):
    mse = F.mse_loss(recon, x)
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return mse + kld


print(vae_loss(torch.zeros(4, 8), torch.ones(4, 8), torch.ones(4, 2), torch.zeros(4, 2)))
""",
        """\
import torch
import torch.nn.functional as F

recon, x, mu, logvar = torch.full((4, 8), 0.5), torch.ones(4, 8), torch.ones(4, 2), torch.zeros(4, 2)
bce = F.binary_cross_entropy(recon, x, reduction="sum")
kld = -0.5 * torch.mean(1 + logvar - mu.pow(2) - logvar.exp())
print(bce + kld)
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F


def vae_loss(recon, x, mu, logvar):
    mse = F.mse_loss(recon, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return mse + kld


print(vae_loss(torch.zeros(4, 8), torch.ones(4, 8), torch.ones(4, 2), torch.zeros(4, 2)))
""",
        """\
import torch
import torch.nn.functional as F

recon, x, mu, logvar = torch.full((4, 8), 0.5), torch.ones(4, 8), torch.ones(4, 2), torch.zeros(4, 2)
bce = F.binary_cross_entropy(recon, x, reduction="mean")
kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
print(bce + 0.001 * kld)
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        if view.identifiers.isdisjoint(_FUNCTIONS | _MODULES) or view.identifiers.isdisjoint(_DIVERGENCES):
            return
        for total, left, right in sums(view):
            for one, other in ((left, right), (right, left)):
                fit, divergence = _reconstruction(one), _divergence(other)
                if fit is not None and divergence is not None and fit != divergence:
                    yield Found(
                        message=f"`{total.text}`: `{one.text}` is {_SAID[fit]}, `{other.text}` is {_SAID[divergence]}.",
                        at=total,
                    )


_DIVERGENCES = words("exp kl_divergence")


def _reconstruction(term: ExprView) -> str | None:
    """How a reconstruction loss is reduced, where that is sure."""
    call = settled(term).call
    if call is None:
        return None
    if (call.target or "").startswith("torch.nn.functional."):
        return _reduction(call) if call.last_name in _FUNCTIONS else None
    built = settled(call.func).call
    if built is None or not (built.target or "").startswith("torch.nn.") or built.last_name not in _MODULES:
        return None
    return _reduction(built)


def _reduction(call: CallView) -> str | None:
    options = {arg.keyword: arg.value.literal for arg in call.arguments if arg.keyword is not None}
    if call.is_open or "reduce" in options:
        return None
    if "size_average" in options:
        return {True: "mean", False: "sum"}.get(options["size_average"])
    chosen = options.get("reduction", "mean")
    return chosen if chosen in _SAID else None


def _divergence(term: ExprView) -> str | None:
    """How a divergence from the prior is reduced: over all axes, and with no weight but the half of its formula."""
    parts = [part for factor in factors(settled(term)) for part in factors(settled(factor))]
    rest = [part for part in parts if part.literal not in (0.5, 1, 1.0)]
    call = rest[0].call if len(rest) == 1 else None
    if call is None or call.last_name not in _SAID:
        return None
    of_torch = call.target in ("torch.sum", "torch.mean")
    inner = call.argument(0, "input") if of_torch else call.receiver
    if inner is None or len(call.arguments) != (1 if of_torch else 0) or call.is_open:
        return None
    return call.last_name if _is_divergence(inner.value) else None


def _is_divergence(view: ExprView) -> bool:
    if view.call is not None and view.call.target == "torch.distributions.kl_divergence":
        return True
    if view.call is not None and view.call.target == "torch.distributions.kl.kl_divergence":
        return True
    spreads = any(part in word for word in view.words for part in _SPREADS)
    return spreads and view.mentions("exp") and len(view.words) > 2
