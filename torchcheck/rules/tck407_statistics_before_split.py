"""TCK407: statistics of all data, taken before it is split."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code.statistics import statistics_before_splits
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import ExprView, FileView


class StatisticsBeforeSplit(Rule):
    """A scaler is fitted, or mean and deviation are taken, on all data, which is split into training and test after it.

    Judged is what one function does: a fit, and after it a `train_test_split`, a `random_split`, or slices for
    training and test, of the scaled data. A fit on the training part, constants such as 255, encoders of labels,
    statistics of each sample by itself, data that is not split, and cross-validation are right.
    """

    code = "TCK407"
    name = "statistics-before-split"
    level = Level.WARNING
    why = "The training data is scaled by what only the test data could tell, so its score there is too good."
    help = "Split first, take the statistics of the training part alone, and apply them to all parts."
    bad = (
        """\
import torch
from torch.utils.data import DataLoader, TensorDataset, random_split

x, y = torch.randn(100, 4), torch.randn(100, 1)
x = (x - x.mean(dim=0)) / x.std(dim=0)
train_set, test_set = random_split(TensorDataset(x, y), [80, 20])
train_loader = DataLoader(train_set, batch_size=20, shuffle=True)
""",
        """\
import numpy as np
import torch
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(0)
features, target = rng.normal(size=(100, 4)), rng.normal(size=100)
scaler = StandardScaler()
features = scaler.fit_transform(features)
x_train, x_test, y_train, y_test = train_test_split(features, target, test_size=0.2)
x_train = torch.as_tensor(x_train, dtype=torch.float32)
""",
    )
    good = (
        """\
import torch
from torch.utils.data import DataLoader, TensorDataset, random_split

images, y = torch.randint(0, 256, (100, 4)), torch.randn(100, 1)
x = images / 255
train_set, test_set = random_split(TensorDataset(x, y), [80, 20])
train_loader = DataLoader(train_set, batch_size=20, shuffle=True)
""",
        """\
import torch

x, y = torch.randn(100, 4), torch.randn(100, 1)
x_train, x_test = x[:80], x[80:]
mean, std = x_train.mean(dim=0), x_train.std(dim=0)
x_train, x_test = (x_train - mean) / std, (x_test - mean) / std
print(x_train.shape, x_test.shape)
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        told: set[tuple[str, ExprView]] = set()
        for seen in statistics_before_splits(view):
            if (seen.data.text, seen.split) in told:  # mean and deviation of one data set are one mistake
                continue
            told.add((seen.data.text, seen.split))
            row = seen.split.span().start.row
            scaler = f"`{seen.scaler}`" if seen.scaler is not None else "The scaling"
            yield Found(
                message=f"{scaler} takes its statistics from all of `{seen.data.text}`, which is split after that, in "
                f"line {row}: they know the test data.",
                at=seen.at,
            )
