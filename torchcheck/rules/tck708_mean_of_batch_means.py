"""TCK708: an average over batches that stands for one over samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from torchcheck.code import NOT_LITERAL
from torchcheck.code.averages import averages
from torchcheck.code.lately import lately
from torchcheck.code.uses import settled
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import LOSS_FUNCTIONS, LOSS_MODULES

if TYPE_CHECKING:
    from torchcheck.code import CallView, ExprView, FileView
    from torchcheck.code.averages import Average

_CRITERIA = ("criterion", "criteria", "loss_fn", "loss_func", "loss_function", "loss_fct")


class MeanOfBatchMeans(Rule):
    """An evaluation averages the mean losses of its batches, and the last batch is smaller than the others.

    Also accused is a sum of mean losses that is divided by the number of samples, in training, too. Right are a loss
    that is multiplied by the size of its batch or summed (`reduction="sum"`) and divided by the number of samples,
    batches of one sample, and `drop_last=True`. The running loss of a training epoch is a rough number by its nature.
    """

    code = "TCK708"
    name = "mean-of-batch-means"
    level = Level.INFO
    why = "Samples of a small last batch count more than others: the number changes with the batch size."
    help = "Add `loss.item() * len(x)`, count the samples, and divide by their number."
    bad = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
loader = DataLoader(TensorDataset(torch.randn(33, 4), torch.randn(33, 1)), batch_size=32)
model = nn.Linear(4, 1)
criterion = nn.MSELoss()
model.eval()
total = 0.0
with torch.no_grad():
    for x, y in loader:
        total += criterion(model(x), y).item()
print("validation loss", total / len(loader))
""",
        """\
import numpy as np
import torch
import torch.nn.functional as F


def validate(model, loader):
    model.eval()
    losses = []
    with torch.no_grad():
        for x, y in loader:
            loss = F.cross_entropy(model(x), y)
            losses.append(loss.item())
    return np.mean(losses)
""",
    )
    good = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
data = TensorDataset(torch.randn(33, 4), torch.randn(33, 1))
loader = DataLoader(data, batch_size=32)
model = nn.Linear(4, 1)
criterion = nn.MSELoss()
model.eval()
total = 0.0
with torch.no_grad():
    for x, y in loader:
        total += criterion(model(x), y).item() * len(x)
print("validation loss", total / len(data))
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
loader = DataLoader(TensorDataset(torch.randn(33, 4), torch.randn(33, 1)), batch_size=32)
model = nn.Linear(4, 1)
model.eval()
total = 0.0
with torch.no_grad():
    for x, y in loader:
        total += F.mse_loss(model(x), y, reduction="sum").item()
print("validation loss", total / len(loader.dataset))
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        if "item" not in view.identifiers and "float" not in view.identifiers:
            return
        for average in averages(view):
            loss = _loss(average.value)
            if loss is None or _has_even_batches(average):
                continue
            if average.by_samples:
                if _is_surely_a_mean(loss):
                    yield Found(
                        message=f"`{average.total}` adds up means of batches, and is divided by the number of samples.",
                        at=average.at,
                    )
            elif average.evaluates and (_is_surely_a_mean(loss) or _is_a_criterion(loss)):
                yield Found(
                    message=f"`{average.total}` is averaged over batches, as if the last were as large as the others.",
                    at=average.at,
                )


def _loss(value: ExprView) -> CallView | None:
    """The call of the loss in `loss.item()` and `float(loss)`."""
    given = lately(value) if value.identifier is not None else value
    call = given.call if given is not None else None
    if call is None:
        return None
    if call.target == "builtins.float":
        inner = call.argument(0)
    else:
        inner = call.receiver if call.method in ("item", "detach", "cpu", "numpy") and call.target is None else None
    if inner is None:
        return call if value is not given else None
    if inner.call is not None and inner.call.method in ("detach", "cpu", "item", "data"):
        return _loss(inner)
    made = lately(inner) if inner.identifier is not None else inner
    return made.call if made is not None else None


def _is_surely_a_mean(loss: CallView) -> bool:
    """Whether a loss of torch averages over the batch."""
    built = _chooser(loss)
    if built is None or built.is_open:
        return False
    told = {arg.keyword: arg.value.literal for arg in built.arguments if arg.keyword is not None}
    return "reduce" not in told and "size_average" not in told and told.get("reduction", "mean") == "mean"


def _chooser(loss: CallView) -> CallView | None:
    """The call that chooses how a loss of torch is reduced: of its function, or what builds its module."""
    if (loss.target or "").startswith("torch.nn.functional."):
        return loss if loss.last_name in LOSS_FUNCTIONS else None
    built = settled(loss.func).call or loss.func.built_by
    is_loss = built is not None and (built.target or "").startswith("torch.nn.") and built.last_name in LOSS_MODULES
    return built if is_loss else None


def _is_a_criterion(loss: CallView) -> bool:
    """Whether a loss is called that is handed in: divided by the number of batches, it is an average."""
    name = loss.func.identifier or loss.func.self_attribute or ""
    made = settled(loss.func).call or loss.func.built_by
    return name in _CRITERIA and made is None and loss.argument(None, "reduction") is None


def _has_even_batches(average: Average) -> bool:
    """Whether every loader that the loop may run over gives batches of one size."""
    built = [call for call in _loaders(average.loader) if call is not None]
    return any(_is_even(call) for call in built)


def _loaders(loader: ExprView) -> Iterator[CallView | None]:
    """The calls that build it; those of each caller of the function, where it is a parameter."""
    function = loader.function
    if function is None or loader.identifier not in function.parameters or loader.identifier is None:
        yield loader.built_by
        return
    position = function.parameters.index(loader.identifier) - (function.owner is not None)
    for call in loader.file.calls:
        given = call.argument(position, loader.identifier) if call.last_name == function.name else None
        if given is not None:
            yield given.built_by


def _is_even(built: CallView) -> bool:
    if built.target != "torch.utils.data.DataLoader" or built.is_open:
        return False
    drop = built.argument(8, "drop_last")
    if built.argument(None, "batch_sampler") is not None or (drop is not None and drop.constant is not False):
        return True
    size = built.argument(1, "batch_size")
    return size is None or (size.constant is not NOT_LITERAL and size.constant in (1, None))
