"""TCK417: a sampler that takes one weight a sample gets one a class."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import NOT_LITERAL
from torchcheck.code.weights import counted_by_class
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import CallView, ExprView


class ClassWeightsAsSampleWeights(Rule):
    """`WeightedRandomSampler(class_weights, …)`: the sampler takes one weight for each sample of the dataset.

    Judged by what the weights are made of: counts of labels (`bincount`, `Counter`, `np.unique`), numbers for each
    class in a loop over the classes, or a list of numbers where as many samples are drawn as the dataset has. Not
    accused: weights that are indexed by the labels, a loop over the samples, a few samples drawn by a list of numbers,
    and weights of which nothing is known.
    """

    code = "TCK417"
    name = "class-weights-as-sample-weights"
    level = Level.ERROR
    why = "The indices that it draws are those of the weights: of ten classes only the first ten samples are ever seen."
    help = "Give each sample the weight of its class: `WeightedRandomSampler(class_weights[labels], len(labels))`."
    bad = (
        """\
import torch
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

labels = torch.tensor([0, 0, 0, 0, 0, 1, 1, 2])
dataset = TensorDataset(torch.randn(8, 4), labels)
class_weights = 1.0 / torch.bincount(labels)
sampler = WeightedRandomSampler(class_weights, len(dataset))
print(len(DataLoader(dataset, batch_size=4, sampler=sampler)))
""",
        """\
import torch
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

dataset = TensorDataset(torch.randn(100, 4), torch.randint(0, 2, (100,)))
weights = [0.1, 0.9]
sampler = WeightedRandomSampler(weights=weights, num_samples=len(dataset), replacement=True)
print(len(DataLoader(dataset, batch_size=10, sampler=sampler)))
""",
    )
    good = (
        """\
import torch
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

labels = torch.tensor([0, 0, 0, 0, 0, 1, 1, 2])
dataset = TensorDataset(torch.randn(8, 4), labels)
class_weights = 1.0 / torch.bincount(labels)
sampler = WeightedRandomSampler(class_weights[labels], len(dataset))
print(len(DataLoader(dataset, batch_size=4, sampler=sampler)))
""",
        """\
from torch.utils.data import WeightedRandomSampler

print(list(WeightedRandomSampler([0.1, 0.9, 0.4, 0.7], 3, replacement=False)))
""",
    )
    call_names = frozenset({"WeightedRandomSampler"})

    def call(self, view: CallView) -> Iterable[Found]:
        weights = view.argument(0, "weights")
        found = counted_by_class(weights) if weights is not None else None
        if weights is None or found is None or (found.items is not None and not _draws_a_dataset(view, weights)):
            return
        yield Found(
            message=f"`{weights.text}` is one weight for each class; the sampler takes one for each sample.", at=weights
        )


def _draws_a_dataset(view: CallView, weights: ExprView) -> bool:
    """Whether as many samples are drawn as something else than the weights has."""
    count = view.argument(1, "num_samples")
    count = count.value if count is not None else None
    if count is None or count.literal is not NOT_LITERAL or count.call is None or count.call.last_name != "len":
        return False
    counted = count.call.argument(0)
    return counted is not None and counted.text != weights.text and counted.value != weights.value
