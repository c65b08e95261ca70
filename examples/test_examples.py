"""How a project guards its training code with pytest. Try it: `pytest examples`.

A mistake of level error fails its test, with the line to mend; a warning is shown as a `TorchcheckWarning`.
"""

import linear_regression
import mlp
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from torchcheck import FindingsError, torchcheck


def fit(model: nn.Module, optimizer: torch.optim.Optimizer, steps: int = 20) -> float:
    """Teach a model which of 4 numbers is the largest; the last loss."""
    torch.manual_seed(0)
    for _ in range(steps):
        x = torch.randn(64, 4)
        loss = F.cross_entropy(model(x), x.argmax(dim=1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def test_regression_comes_close_to_least_squares(torchcheck):
    """The fixture watches the test that requests it, from here to its end."""
    assert linear_regression.main(["--epochs", "20"]) < 1.1
    assert torchcheck.findings == []


def test_a_gentle_fine_tuning_keeps_what_was_learnt(torchcheck):
    """`allow` takes a finding as it is, for this test and with a reason."""
    torchcheck.allow("TCK601", reason="the learning rate is tiny on purpose: the weights come trained")
    model = nn.Linear(4, 4)
    before = model.weight.detach().clone()
    fit(model, torch.optim.SGD(model.parameters(), lr=1e-7), steps=100)
    assert torch.allclose(model.weight, before, atol=1e-4)


@pytest.mark.torchcheck(select=["TCK1", "TCK2"])
def test_the_network_learns_to_read():
    """The marker watches as well, and chooses the rules: here what the loss is fed, and the order of a step."""
    assert mlp.main(["--epochs", "5", "--lr", "0.1"]) > 0.9


@pytest.mark.torchcheck(fail_on="warning")
def test_the_toy_task_is_learnable():
    """A warning can be made to fail as well."""
    model = nn.Linear(4, 4)
    assert fit(model, torch.optim.Adam(model.parameters(), lr=0.02), steps=200) < 0.6


@torchcheck(ignore=["TCK6"])
def train_with_softmax():
    """The decorator needs no pytest: it guards any training function."""
    model = nn.Sequential(nn.Linear(4, 4), nn.Softmax(dim=1))
    fit(model, torch.optim.SGD(model.parameters(), lr=0.1))


def test_the_mistake_is_caught():
    with pytest.raises(FindingsError, match="TCK101"):
        train_with_softmax()
