"""TCK706: the clock is read before the GPU is done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code.timing import timed_in
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import FileView

_LONGEST = 48


class TimingWithoutSynchronize(Rule):
    """A model or an operation on a GPU is timed by the clock of the CPU, and nothing waits for the GPU.

    Judged are stretches between two readings of `time.time()`, `time.perf_counter()` and the like that hold nothing but
    calls of models, functions of torch and methods that come back at once, with a model or tensor that the source puts
    on a GPU. Not accused: stretches with `synchronize`, `.item()`, `.cpu()`, a print, an event, a loop over data, or
    any call that isn't known, as in the timing of an epoch.
    """

    code = "TCK706"
    name = "timing-without-synchronize"
    level = Level.WARNING
    why = "Work on a GPU is only queued when a call comes back: what is measured is the queueing."
    help = "Call `torch.cuda.synchronize()` before each reading of the clock, or use `torch.utils.benchmark.Timer`."
    bad = (
        """\
import time
import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = nn.Linear(64, 64).to(device)
x = torch.randn(8, 64, device=device)
start = time.time()
y = model(x)
print(time.time() - start)
""",
        """\
import time
import torch

device = "cuda" if torch.cuda.is_available() else "cpu"
a = torch.randn(64, 64).to(device)
start = time.perf_counter()
for _ in range(100):
    b = torch.matmul(a, a)
end = time.perf_counter()
print(f"{(end - start) / 100:.6f} s")
""",
    )
    good = (
        """\
import time
import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = nn.Linear(64, 64).to(device)
x = torch.randn(8, 64, device=device)
start = time.time()
y = model(x)
if device.type == "cuda":
    torch.cuda.synchronize()
print(time.time() - start)
""",
        """\
import time
import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = nn.Linear(64, 1).to(device)
x = torch.randn(8, 64, device=device)
start = time.time()
total = model(x).sum().item()
print(total, time.time() - start)
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        if "cuda" not in view.text or "time" not in view.text:
            return
        for one in timed_in(view):
            work = one.work.text if len(one.work.text) <= _LONGEST else f"{one.work.func.text}(…)"
            yield Found(
                message=f"`{one.end.text}` is read when `{work}` is queued, which is before the GPU has done it.",
                at=one.end,
            )
