"""TCK214: gradients are switched off for the whole program, which then trains."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.code import CallView, ExprView, FileView
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_BACKWARDS = frozenset({"backward", "manual_backward"})


class GradDisabledGlobally(Rule):
    """`torch.set_grad_enabled(False)` stands at the top level of a file that trains afterwards.

    Gradients that are switched on again anywhere in the file, a switch in a `with` or a function, one under a
    condition, and a switch after all training is done are not accused.
    """

    code = "TCK214"
    name = "grad-disabled-globally"
    level = Level.ERROR
    why = "From that line on nothing is recorded for autograd in the whole program, so no weight can learn."
    help = "Use `with torch.no_grad():` around what needs no gradients."
    bad = (
        """\
import torch
from torch import nn

torch.set_grad_enabled(False)

model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.set_grad_enabled(mode=False)


def train(model, optimizer, x, y):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()


model = nn.Linear(4, 1)
train(model, torch.optim.SGD(model.parameters(), lr=0.01), torch.randn(32, 4), torch.randn(32, 1))
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.set_grad_enabled(False)  # a script that only predicts
model = nn.Linear(4, 1).eval()
print(model(torch.randn(2, 4)).shape)
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()

torch.set_grad_enabled(False)
print(model(x).mean())
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        switches = [call for call in view.calls if call.last_name == "set_grad_enabled"]
        if not switches or "enable_grad" in view.identifiers or not all(map(_is_off, switches)):
            return
        for statement in view.expression_statements:
            if any(statement.node is call.node for call in switches) and _is_at_top(statement):
                backward = _trained_after(view, statement.span().start.row)
                if backward is not None:
                    yield Found(
                        message=(
                            f"`{statement.text}` switches gradients off for the whole program, which computes "
                            f"gradients at {backward.span()}."
                        ),
                        at=statement,
                    )


def _is_off(switch: CallView) -> bool:
    mode = switch.argument(0, "mode")
    return mode is not None and mode.literal is False


def _is_at_top(statement: ExprView) -> bool:
    """Whether it runs whenever the file does: in no function, class or block."""
    return statement.span().start.column == 1 and statement.function is None and statement.in_class is None


def _trained_after(view: FileView, row: int) -> CallView | None:
    """A backward that runs after a line at top level; None also where training may have been done before it."""
    backwards = [call for call in view.calls if call.method in _BACKWARDS]
    trainers = {name for call in backwards for name in _homes(call)}
    for _ in range(2):  # and who calls them
        trainers |= {name for call in view.calls if call.last_name in trainers for name in _homes(call)}
    outside = [call for call in view.calls if call.function is None]
    early = [call for call in outside if call.span().start.row < row]
    if any(call.last_name in trainers or call.method in _BACKWARDS for call in early):
        return None
    return min(
        (call for call in backwards if call.function is not None or call.span().start.row > row),
        key=lambda call: call.span().start.row,
        default=None,
    )


def _homes(call: CallView) -> list[str]:
    """The names of the function and the class that a call stands in."""
    return [home.name for home in (call.function, call.in_class) if home is not None]
