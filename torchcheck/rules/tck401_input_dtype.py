"""TCK401: data or a parameter in a dtype that the model does not compute in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from torchcheck.facts.crash import Crash
from torchcheck.facts.layer import LayerFed, TensorInfo
from torchcheck.finding import Level
from torchcheck.patterns import pattern
from torchcheck.rules.base import Found, Rule

_SPELLINGS = {
    "Double": "float64",
    "double": "float64",
    "Float": "float32",
    "float": "float32",
    "Half": "float16",
    "c10::Half": "float16",
    "BFloat16": "bfloat16",
    "c10::BFloat16": "bfloat16",
    "Long": "int64",
    "long": "int64",
    "long int": "int64",
    "Int": "int32",
    "int": "int32",
    "Byte": "uint8",
    "unsigned char": "uint8",
    "Bool": "bool",
    "bool": "bool",
    "Bfloat16": "bfloat16",
}

_TEXTS = [
    pattern(text)
    for text in (
        r"\w+ and \w+ must have the same dtype, but got (?P<got>[\w:]+) and (?P<want>[\w:]+)",
        r"[Ii]nput type \((?P<got>[\w:. ]+)\) and (?:bias|weight) type \((?P<want>[\w:. ]+)\) should be the same",
        r"RNN input dtype \(torch\.(?P<got>\w+)\) does not match weight dtype \(torch\.(?P<want>\w+)\)",
        r"input must have the type torch\.(?P<want>\w+), got type torch\.(?P<got>\w+)",
        r"expected m1 and m2 to have the same dtype, but got: (?P<got>[\w:]+) != (?P<want>[\w:]+)",
        r"expected scalar type (?P<want>\w+) but found (?P<got>\w+)",
        r"[Ff]ound dtype (?P<got>\w+) but expected (?P<want>\w+)",
        r"expected target dtype to be (?P<want>Long)(?: or Byte)?, but got (?P<got>\w+)",
        r"All tensors must have the same dtype, got input1: (?P<got>\w+), input2: \w+, weight: (?P<want>\w+)",
        r"result type (?P<want>\w+) can't be cast to the desired output type (?P<got>\w+)",
        r"Type promoting not supported\. Got (?P<got>\w+) and (?P<want>\w+)",
        r"got (?P<got>torch\.\w+Tensor) instead \(while checking arguments for embedding\)",
        r"mixed dtype \(CPU\): ",
        r'"\w*(?:norm|linear|addmm|conv)\w*" not implemented for \'(?P<got>Long|Int|Byte|Bool)\'',
        r"tensors used as indices must be (?P<want>long), int, byte or bool",
        r"could not infer output dtype\. Input dtype must be .*Got: (?P<got>\w+)",
        r"expected (?:dtype|type) (?P<want>\w+) but got (?:dtype|type) (?P<got>\w+)",
    )
]

_CASTS = {"float32": ".float()", "float64": ".double()", "int64": ".long()", "float16": ".half()"}


class InputDtype(Rule):
    """Data of one dtype meets weights of another: float64 from numpy, integers where floats are meant.

    Torch mostly raises, in terms of its kernels; this says which tensor is the odd one and what to cast. Found without
    a crash are a float64 input that silently promotes what a module of the user's own computes, and a single float64
    parameter, born from numpy, in a float32 model. Right are embeddings, uint8 images that the model scales itself, a
    model that is float64 throughout, mixed precision, and whatever is cast on the way.
    """

    code = "TCK401"
    name = "input-dtype"
    level = Level.ERROR
    why = (
        "Weights are float32 and numpy's numbers float64: torch either refuses to mix them or computes all in float64."
    )
    help = "Cast the data where it becomes a tensor: `torch.as_tensor(array, dtype=torch.float32)`, or `x.float()`."
    bad = (
        """\
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
data = np.random.default_rng(0).normal(size=(32, 4))
for _ in range(5):
    x = torch.from_numpy(data)
    loss = model(x).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import numpy as np
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)
        self.scale = nn.Parameter(torch.from_numpy(np.ones(3)))

    def forward(self, x):
        return self.fc(x) * self.scale


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
for _ in range(5):
    loss = nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)).double()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
data = np.random.default_rng(0).normal(size=(32, 4))
for _ in range(5):
    x = torch.from_numpy(data)
    loss = model(x).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class Precise(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)
        self.head = nn.Linear(8, 1).double()

    def forward(self, x):
        return self.head(self.body(x).relu().double()).float()


torch.manual_seed(0)
model = Precise()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x = torch.randn(32, 4)
for _ in range(5):
    loss = model(x).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )

    def layer(self, fact: LayerFed) -> Iterable[Found]:
        if fact.odd_parameter:
            odd, common = sorted(("float32", "float64"), key=lambda name: fact.parameter_dtypes[name])
            yield Found(
                message=f"`{fact.odd_parameter}` is {odd} in a {common} model: everything after it becomes float64.",
                at=fact.place,
                help=f"Make it {common} where it is built, with `torch.as_tensor(array, dtype=torch.{common})`.",
                step=fact.step,
                evidence={"parameter": fact.odd_parameter, "parameter_dtypes": dict(fact.parameter_dtypes)},
            )
        weight = fact.weight
        if weight is None or weight.dtype == "float64" or fact.output_dtype != "float64":
            return
        if fact.input.dtype == "float64":
            yield Found(
                message=(
                    f"The input of `{fact.module}` is float64 and its weights are {weight.dtype}: all that it computes "
                    "becomes float64."
                ),
                at=fact.place,
                module=fact.module,
                step=fact.step,
                evidence={"input": "float64", "weight": weight.dtype, "output": "float64"},
            )

    def crash(self, fact: Crash) -> Iterable[Found]:
        for text in _TEXTS:
            match = text.search(fact.text)
            if match is None:
                continue
            spelt = match.groupdict()
            if "got" not in spelt or _dtype(spelt["got"]) != _dtype(spelt.get("want")):  # else they differ in device
                yield self._explain(fact, spelt)
            return

    def _explain(self, fact: Crash, spelt: dict[str, str | None]) -> Found:
        got, want = (_dtype(spelt.get(side)) for side in ("got", "want"))
        data, weight = _one(fact.tensors, "input"), _one(fact.tensors, "weight")
        if "target" in fact.text or (want == "int64" and weight is None):
            message = f"The target is {got}, but the loss needs {want}."
        elif fact.module_kind in ("Embedding", "EmbeddingBag"):
            got, want = got or "another dtype", "int64"
            message = f"`{fact.module}` ({fact.module_kind}) looks up whole-number ids, but is fed {got}."
        elif fact.module and data is not None and weight is not None and data.dtype != weight.dtype:
            got, want = data.dtype, weight.dtype
            message = f"`{fact.module}` ({fact.module_kind}) is fed {got}, but its weights are {want}."
        else:
            if {got, want} == {"float32", "float64"}:
                got, want = "float64", "float32"  # what numpy gave is what should change
            where = f" in `{fact.module}` ({fact.module_kind})" if fact.module else ""
            message = f"{got} meets {want}{where}." if got and want else f"A floating dtype is needed here{_not(got)}."
        cast = _CASTS.get(want or "")
        return Found(
            message=message + " Torch does not convert between them.",
            at=fact.place,
            help=f"Cast the data to {want} with `{cast}`, best where it is loaded." if cast and got != want else None,
            module=fact.module,
            step=fact.step,
            evidence={"error": fact.text.splitlines()[0], "got": got, "expected": want},
        )


def _not(got: str | None) -> str:
    return f", not {got}" if got else ""


def _dtype(spelt: str | None) -> str | None:
    if spelt is None:
        return None
    of_type = re.fullmatch(r"(?:torch\.[\w.]*?|MPS)(\w+?)(?:Tensor|Type)", spelt)  # torch.cuda.HalfTensor
    return _SPELLINGS.get(of_type[1].capitalize() if of_type else spelt, spelt)


def _one(tensors: tuple[TensorInfo, ...], *names: str) -> TensorInfo | None:
    return next((t for t in tensors if t.name in names), None)
