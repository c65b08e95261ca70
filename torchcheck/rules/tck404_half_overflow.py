"""TCK404: values beyond what float16 can hold."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.crash import Crash
from torchcheck.facts.layer import LayerFed
from torchcheck.facts.non_finite import NonFinite
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_LARGEST = 65504.0
_WIDE = ("float32", "float64", "bfloat16")
_CAST = ("Linear", "Bilinear", "RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell", "MultiheadAttention")
_TOO_LARGE = "cannot be converted to type c10::Half without overflow"
_OLD_TOO_LARGE = "cannot be converted to type at::Half without overflow"


class HalfOverflow(Rule):
    """A value beyond 65504 meets float16 and becomes `inf`.

    Found are inputs that autocast or a half-precision model can't hold, inputs that are `inf` already after a cast, and
    activations that overflow inside a half-precision module. bfloat16 reaches as far as float32 and is right, as are
    masks of minus infinity, and the steps that a `GradScaler` skips while it looks for its scale.
    """

    code = "TCK404"
    name = "half-overflow"
    level = Level.ERROR
    why = "float16 ends at 65504: everything above becomes `inf`, and the loss becomes NaN one operation later."
    help = "Scale the data to unit scale, keep this part in float32 (`autocast(enabled=False)`), or use bfloat16."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1)).half()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
prices = torch.rand(32, 4) * 500_000
target = torch.rand(32, 1)
for _ in range(1):
    prediction = model(prices.half())
    loss = nn.functional.mse_loss(prediction.float().clamp(-1, 1).nan_to_num(), target)
    optimizer.zero_grad()
    loss.backward()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
prices = torch.rand(32, 4) * 500_000
target = torch.rand(32, 1)
for _ in range(1):
    with torch.autocast("cpu", dtype=torch.float16):
        prediction = model(prices)
    loss = nn.functional.mse_loss(prediction.float().clamp(-1, 1).nan_to_num(), target)
    optimizer.zero_grad()
    loss.backward()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.LayerNorm(4), nn.Linear(4, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
prices = torch.rand(32, 4) * 500_000
target = torch.rand(32, 1)
for _ in range(5):
    with torch.autocast("cpu", dtype=torch.float16):
        prediction = model(prices)
    loss = nn.functional.mse_loss(prediction.float(), target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1)).bfloat16()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
prices = torch.rand(32, 4) * 500_000
target = torch.rand(32, 1)
for _ in range(5):
    prediction = model(prices.bfloat16())
    loss = nn.functional.mse_loss(prediction.float(), target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )

    def layer(self, fact: LayerFed) -> Iterable[Found]:
        moments = fact.moments
        largest = max(abs(moments.low), abs(moments.high))
        if fact.input.dtype == "float16" and moments.infinite:
            yield self._found(
                fact,
                f"The float16 input of `{fact.module}` holds {moments.infinite} values that are infinite: they were "
                "beyond 65504 before the cast.",
                moments.infinite,
            )
        elif _is_cast_to_half(fact) and largest > _LARGEST:
            message = f"`{fact.module}` runs in float16 (autocast), but its input reaches {largest:.3g}, beyond 65504."
            yield self._found(fact, message, largest)

    def non_finite(self, fact: NonFinite) -> Iterable[Found]:
        if fact.what == "input" and fact.cause == "a cast to float16":
            yield self._cast(fact)
        if fact.dtype != "float16" or fact.what != "activation":
            return
        where = f" in `{fact.module}`" if fact.module else f" after `{fact.after}`" if fact.after else ""
        known = fact.inputs_absmax is not None
        into = f", from inputs of at most {fact.inputs_absmax:.3g}" if known else ""
        if "in float16" in (fact.cause or ""):
            message = f"`{fact.name}`{where} met {fact.cause}."
        elif fact.value == "inf" and fact.cause is None:
            message = f"`{fact.name}`{where} overflowed float16 (largest value 65504){into}."
        else:
            return
        yield Found(
            message=message,
            at=fact.born_at or fact.place,
            module=fact.module,
            step=fact.step,
            evidence={"operation": fact.name, "inputs_absmax": fact.inputs_absmax},
        )

    @staticmethod
    def _cast(fact: NonFinite) -> Found:
        index = f", first at index {fact.index}" if fact.index else ""
        return Found(
            message=f"The {fact.name} of this batch went through float16 and holds inf{index}: its values were beyond "
            "65504 before the cast.",
            at=fact.born_at or fact.place,
            module=fact.module,
            step=fact.step,
            evidence={"operation": fact.name, "limit": _LARGEST},
        )

    def crash(self, fact: Crash) -> Iterable[Found]:
        if _TOO_LARGE in fact.text or _OLD_TOO_LARGE in fact.text:
            yield Found(
                message="A number beyond 65504 was written into a float16 tensor, which can't hold it.",
                at=fact.place,
                help="Fill masks with `float('-inf')` or `torch.finfo(tensor.dtype).min` rather than with -1e9.",
                module=fact.module,
                step=fact.step,
            )

    @staticmethod
    def _found(fact: LayerFed, message: str, amount: float) -> Found:
        return Found(
            message=message,
            at=fact.place,
            module=fact.module,
            step=fact.step,
            evidence={"largest": amount, "limit": _LARGEST, "dtype": fact.input.dtype},
        )


def _is_cast_to_half(fact: LayerFed) -> bool:
    """A layer of torch, that is; one of the user's own may scale its input before the cast."""
    of_torch = fact.kind in _CAST or fact.kind.startswith("Conv")
    return of_torch and fact.autocast == "float16" and fact.input.dtype in _WIDE and fact.output_dtype == "float16"
