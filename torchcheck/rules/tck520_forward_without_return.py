"""TCK520: a `forward` that gives nothing back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code.endings import lost_results
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import ClassView, FunctionView


class ForwardWithoutReturn(Rule):
    """A `forward` that computes a value and doesn't return it gives `None`.

    Accused is a `forward` without any `return` of a value whose last statement computes something that nobody can use
    any more: it assigns a local name, or calls a layer or a function of torch and throws the result away. A `forward`
    that ends in what it does (it stores, logs, appends, writes in place, raises), a stub, a generator, and a
    template that files are generated from (`modular_….py` of transformers) are not accused.
    """

    code = "TCK520"
    name = "forward-without-return"
    level = Level.ERROR
    why = "A function that ends without `return` gives `None`: whatever `forward` has computed is lost."
    help = "Return the result at the end of `forward`."
    bad = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 1)

    def forward(self, x):
        x = torch.relu(self.fc(x))


print(Net()(torch.randn(2, 4)))
""",
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 1)

    def forward(self, x):
        self.fc(x)


print(Net()(torch.randn(2, 4)))
""",
    )
    good = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 1)

    def forward(self, x):
        if x.ndim == 1:
            return self.fc(x[None])[0]
        else:
            return self.fc(x)


print(Net()(torch.randn(2, 4)))
""",
        """\
import torch
from torch import nn


class Meter(nn.Module):
    def __init__(self):
        super().__init__()
        self.values = []

    def forward(self, x):
        self.values.append(x.mean().item())


meter = Meter()
meter(torch.randn(2, 4))
print(meter.values)
""",
    )

    def class_(self, view: ClassView) -> Iterable[Found]:
        forward = view.methods.get("forward")
        if forward is None or not view.is_module or forward.is_stub or forward.is_generator or forward.decorators:
            return
        if any(value is not None for value in forward.returns) or view.method("__call__") is not None:
            return
        lost = lost_results(forward)
        if lost and not _is_a_template(forward):
            yield Found(
                message=f"`{view.name}.forward` returns nothing: the result of `{_short(lost[0].text)}` is lost.",
                at=forward.place,
            )


def _is_a_template(forward: FunctionView) -> bool:
    """Whether it stands in a file that others are generated from, as in transformers.

    Where it says `super().forward(…)`, the generator puts the statements and the `return` of the class above.
    """
    file = re.split(r"[/\\]", forward.file.name)[-1]
    return file.startswith("modular_") and any(call.func.text == "super().forward" for call in forward.calls)


def _short(text: str) -> str:
    return text if len(text) <= 50 else f"{text[:47]}..."
