"""TCK402: tensors that meet on different devices."""

from __future__ import annotations

import re
from collections.abc import Iterable

from torchcheck.facts.crash import Crash
from torchcheck.facts.layer import LayerFed, TensorInfo
from torchcheck.finding import Level
from torchcheck.patterns import pattern
from torchcheck.rules.base import Found, Rule

_TEXTS = [
    pattern(text)
    for text in (
        r"Expected all tensors to be on the same device, but (?:found at least two devices|got \w+ is on)",
        r"Tensor on device \S+ is not on the expected device",
        r"Input and parameter tensors are not at the same device",
        r"Input and hidden tensors are not at the same device",
        r"Expected object of (?:device type|backend) \w+ but got (?:device type|backend) \w+",
        r"Tensor for (?:argument #\d+ )?'\w+' is on (?:CPU|GPU|\S+), but expected",
        r"expected device \S+ but got device \S+",
        r"indices should be either on cpu or on the same device as the indexed tensor",
        r"Placeholder storage has not been allocated on MPS device",
        r"Expected a '?\w+:?\d*'? (?:device type for generator|generator)",
        r"tensors? (?:used as|must be) .*on the same device",
        r"arguments are located on different (?:GPUs|devices)",
    )
]

_TYPES = pattern(r"[Ii]nput type \((?P<input>[\w.]+)\) and (?:weight|bias) type \((?P<weight>[\w.]+)\)")


class DeviceMismatch(Rule):
    """Model, input, target or optimizer state are on different devices.

    Torch raises in the kernel that meets them first; this names the module, the devices of what met, and the line. A
    plain number on the CPU may meet any device and is right.
    """

    code = "TCK402"
    name = "device-mismatch"
    level = Level.ERROR
    why = "An operation needs all of its tensors in one memory."
    help = "Move both to one device: `model.to(device)` once, and `x, y = x.to(device), y.to(device)` for every batch."
    bad = (
        """\
import torch
from torch import nn

device = "cuda" if torch.cuda.is_available() else "meta"  # meta: a device that computes shapes only
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)).to(device)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x = torch.randn(32, 4)
for _ in range(5):
    loss = model(x).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

device = "cuda" if torch.cuda.is_available() else "meta"
model = nn.Linear(4, 3).to(device)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4).to(device), torch.randint(0, 3, (32,))
for _ in range(5):
    loss = F.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Linear(4, 3).to(device)
temperature = torch.tensor(2.0)  # a number on the CPU may meet any device
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
for _ in range(5):
    loss = F.cross_entropy(model(x.to(device)) / temperature, y.to(device))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

with torch.device("meta"):
    skeleton = nn.Linear(4, 3)
model = nn.Linear(4, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for _ in range(5):
    loss = model(torch.randn(32, 4)).pow(2).mean() / sum(p.numel() for p in skeleton.parameters())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )

    def layer(self, fact: LayerFed) -> Iterable[Found]:
        """A mismatch that torch let pass: some kernels do on the meta device."""
        weight = fact.weight
        if weight is not None and weight.device != fact.input.device and fact.input.shape:
            yield self._found(fact.module, fact.kind, (fact.input, weight), fact)

    def crash(self, fact: Crash) -> Iterable[Found]:
        if not any(pattern.search(fact.text) for pattern in _TEXTS) and not _types_differ_in_device(fact.text):
            return
        devices = {t.device for t in fact.tensors if t.shape}
        if fact.module and len(devices) > 1:
            yield self._found(fact.module, fact.module_kind, fact.tensors, fact)
            return
        first = fact.text.splitlines()[0].rstrip("!. ")
        in_step = fact.function.endswith("step")
        yield Found(
            message=(
                "The optimizer's state and its parameters are on different devices."
                if in_step
                else f"Tensors on different devices meet here ({first})."
            ),
            at=fact.place,
            help=_REBUILD if in_step else None,
            module=fact.module,
            step=fact.step,
            evidence={"error": first, "devices": {t.name: t.device for t in fact.tensors}},
        )

    @staticmethod
    def _found(module: str, kind: str | None, tensors: tuple[TensorInfo, ...], fact: LayerFed | Crash) -> Found:
        where = ", ".join(f"its {t.name} is on {t.device}" for t in _one_a_device(tensors))
        return Found(
            message=f"`{module}` ({kind}) is called across devices: {where}.",
            at=fact.place,
            module=module,
            step=fact.step,
            evidence={"devices": {t.name: t.device for t in tensors}},
        )


def _types_differ_in_device(text: str) -> bool:
    """Whether the two tensor types of an old message are of two devices, as in `torch.cuda.FloatTensor`."""
    match = _TYPES.search(text)
    return match is not None and _device(match["input"]) != _device(match["weight"])


def _device(tensor_type: str) -> str:
    known = re.search(r"cuda|MPS|mps|xpu|hpu|npu|mtia", tensor_type)
    return known[0].lower() if known else "cpu"


def _one_a_device(tensors: tuple[TensorInfo, ...]) -> list[TensorInfo]:
    """The first tensor of each device: enough to tell the mismatch."""
    return list({t.device: t for t in reversed(tensors)}.values())[::-1]


_REBUILD = "Move the model first and build the optimizer after it, or load the state with `map_location=device`."
