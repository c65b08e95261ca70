"""TCK705: training goes on from a checkpoint without the state of what trained."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import Kind, words_of
from torchcheck.code.resuming import assigned_name, is_replayed, resumes
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import OPTIMIZERS, words

if TYPE_CHECKING:
    from torchcheck.code import CallView, ExprView, FileView

_MODELS = words(
    "model models net network module encoder decoder generator discriminator backbone head actor critic policy ema "
    "student teacher classifier g d gen disc unet vae gan q target value"
)
_PARTS = {
    Kind.OPTIMIZER: (
        "optimizer",
        words("optimizer optimizers optim optimiser opt opts optimizerg optimizerd sgd adam"),
    ),
    Kind.SCHEDULER: ("scheduler", words("scheduler schedulers sched lr schedule")),
    Kind.SCALER: ("gradient scaler", words("scaler amp")),
}
"""What has a state of its own: how messages call it, and words in the names that users give it."""
_LOADS = words("load resume restore")


class IncompleteCheckpoint(Rule):
    """Weights and epoch come from a checkpoint, and optimizer, scheduler or gradient scaler start anew.

    Accused is code that loads a model and goes on at the epoch of the same checkpoint, where the same file builds an
    optimizer (scheduler, scaler) that no `load_state_dict` restores. Loading weights to start from, SGD without
    momentum, a schedule that is stepped to where it was, and states that some other function loads are not accused.
    """

    code = "TCK705"
    name = "incomplete-checkpoint"
    level = Level.INFO
    why = (
        "Moments, learning rate and loss scale start anew in the middle of the training: the loss jumps after a resume."
    )
    help = "Save and load the `state_dict()` of optimizer, scheduler and scaler with that of the model."
    bad = (
        """\
import torch
from torch import nn

model = nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
checkpoint = torch.load("last.pt", weights_only=True)
model.load_state_dict(checkpoint["model"])
start_epoch = checkpoint["epoch"] + 1
for epoch in range(start_epoch, 10):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(torch.randn(8, 4)), torch.randn(8, 1)).backward()
    optimizer.step()
    torch.save({"model": model.state_dict(), "epoch": epoch}, "last.pt")
""",
        """\
import torch
from torch import nn

model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 3)
state = torch.load("last.pt", weights_only=True)
model.load_state_dict(state["model"])
optimizer.load_state_dict(state["optimizer"])
first_epoch = state["epoch"] + 1
for epoch in range(first_epoch, 10):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(torch.randn(8, 4)), torch.randn(8, 1)).backward()
    optimizer.step()
    scheduler.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
checkpoint = {"model": nn.Linear(4, 1).state_dict(), "optimizer": optimizer.state_dict(), "epoch": 2}
model.load_state_dict(checkpoint["model"])
optimizer.load_state_dict(checkpoint["optimizer"])
start_epoch = checkpoint["epoch"] + 1
for epoch in range(start_epoch, 5):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(torch.randn(8, 4)), torch.randn(8, 1)).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
pretrained = {"model": nn.Linear(4, 1).state_dict(), "epoch": 90}
model.load_state_dict(pretrained["model"])
print("pretrained for", pretrained["epoch"], "epochs")
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(torch.randn(8, 4)), torch.randn(8, 1)).backward()
    optimizer.step()
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        if "load_state_dict" not in view.identifiers or "__dict__" in view.identifiers:
            return
        resume = next(iter(resumes(view)), None)
        restored = _restored(view) if resume is not None else None
        if resume is None or restored is None:
            return
        missing = [_PARTS[kind][0] for kind in _PARTS if kind not in restored and _is_lost(view, kind)]
        if missing:
            yield Found(
                message=f"Training resumes at `{resume.counter}` of `{resume.checkpoint}`, and nothing restores the "
                f"{' and the '.join(missing)}.",
                at=resume.at,
            )


def _restored(view: FileView) -> set[Kind] | None:
    """What states are restored; None where something unknown is."""
    found: set[Kind] = set()
    for call in view.calls:
        if call.method == "load_state_dict" and call.receiver is not None:
            part = _part(call.receiver)
            if part is None and not call.receiver.kind.is_module and _MODELS.isdisjoint(_words(call.receiver)):
                return None
            found |= {part} if part is not None else set()
        elif call.target is None and not _LOADS.isdisjoint(words_of(call.last_name)):
            if call.receiver is not None and call.last_name in ("load_state", "load_checkpoint", "restore"):
                return None
            found |= {part for part in (_part(arg.value) for arg in call.arguments) if part is not None}
    return found


def _part(view: ExprView) -> Kind | None:
    if view.kind in _PARTS:
        return view.kind
    return next((kind for kind, (_, names) in _PARTS.items() if not names.isdisjoint(_words(view))), None)


def _words(view: ExprView) -> set[str]:
    return {word for word in view.words if word != "self"}


def _is_lost(view: FileView, kind: Kind) -> bool:
    """Whether the file builds such a thing, and its state matters."""
    return any(call.kind is kind and _has_state(view, call, kind) for call in view.calls)


def _has_state(view: FileView, call: CallView, kind: Kind) -> bool:
    if kind is Kind.SCHEDULER:
        name = assigned_name(call)
        return call.argument(None, "last_epoch") is None and name is not None and not is_replayed(view, name)
    if kind is Kind.SCALER:
        return assigned_name(call) is not None
    plain = call.last_name == "SGD" and call.argument(2, "momentum") is None
    return call.last_name in OPTIMIZERS and not plain
