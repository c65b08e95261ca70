"""TCK222: a network is trained towards a target that it computes itself, and the target has gradients, too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code.bootstraps import bootstraps_in
from torchcheck.finding import Level
from torchcheck.patterns import pattern
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import FileView
    from torchcheck.facts.bootstrap import BootstrapLearns

_LONGEST = 60
_SEEN = 2  # backwards: one may be an accident of shapes
_MEANT = pattern(r"(?i)residual.{0,3}grad|bellman.{0,3}residual|path.{0,3}consistency")


class BootstrapTargetWithGrad(Rule):
    """The target `reward + gamma * q_net(next_state).max(1)[0]` is computed by the network that learns, with gradients.

    Accused is a squared, absolute or Huber error between a prediction of a network and a discounted target with rewards
    that the same network computes in the same function or in a function of the project that it calls. Not accused: a
    target network, `detach`, `no_grad`, `.data`, `.item()` or numpy anywhere on the way, values from a buffer, residual
    gradients that are named so, losses between two branches of one network, and whatever isn't known.
    """

    code = "TCK222"
    name = "bootstrap-target-with-grad"
    level = Level.WARNING
    why = (
        "The step also moves the target towards the prediction: the values of next states are pulled to those before "
        "them, and learning is slow, biased or unstable."
    )
    help = "Compute the target under `torch.no_grad()`, or detach it; better still, by a target network."
    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
q_net = nn.Linear(4, 2)
optimizer = torch.optim.SGD(q_net.parameters(), lr=0.01)
gamma = 0.99
states, next_states = torch.randn(32, 4), torch.randn(32, 4)
actions, rewards, dones = torch.randint(0, 2, (32, 1)), torch.randn(32), torch.zeros(32)
for _ in range(5):
    q = q_net(states).gather(1, actions).squeeze(1)
    target = rewards + gamma * (1 - dones) * q_net(next_states).max(1)[0]
    loss = F.mse_loss(q, target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class Agent:
    def __init__(self):
        self.gamma = 0.9
        self.critic = nn.Linear(4, 1)
        self.optimizer = torch.optim.SGD(self.critic.parameters(), lr=0.01)

    def learn(self, state, reward, next_state):
        value = self.critic(state)
        next_value = self.critic(next_state)
        delta = reward + self.gamma * next_value - value
        loss = delta.pow(2).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


torch.manual_seed(0)
agent = Agent()
for _ in range(5):
    agent.learn(torch.randn(8, 4), torch.randn(8, 1), torch.randn(8, 4))
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
q_net = nn.Linear(4, 2)
optimizer = torch.optim.SGD(q_net.parameters(), lr=0.01)
gamma = 0.99
states, next_states = torch.randn(32, 4), torch.randn(32, 4)
actions, rewards, dones = torch.randint(0, 2, (32, 1)), torch.randn(32), torch.zeros(32)
for _ in range(5):
    q = q_net(states).gather(1, actions).squeeze(1)
    with torch.no_grad():
        target = rewards + gamma * (1 - dones) * q_net(next_states).max(1)[0]
    loss = F.mse_loss(q, target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import copy
import torch
from torch import nn


class Agent:
    def __init__(self):
        self.gamma = 0.9
        self.critic = nn.Linear(4, 1)
        self.critic_target = copy.deepcopy(self.critic)
        self.optimizer = torch.optim.SGD(self.critic.parameters(), lr=0.01)

    def learn(self, state, reward, next_state):
        next_value = self.critic_target(next_state)
        delta = reward + self.gamma * next_value - self.critic(state)
        loss = delta.pow(2).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.critic_target.load_state_dict(self.critic.state_dict())


torch.manual_seed(0)
agent = Agent()
for _ in range(5):
    agent.learn(torch.randn(8, 4), torch.randn(8, 1), torch.randn(8, 4))
""",
    )

    def bootstrap(self, fact: BootstrapLearns) -> Iterable[Found]:
        if fact.seen != _SEEN or _MEANT.search(fact.source):
            return
        yield Found(
            message=f"The target of this loss holds {fact.discount:g} times a value that `{fact.network}` computes "
            "with gradients, and the loss trains the same network.",
            at=fact.place,
            module=fact.network,
            step=fact.step,
            evidence={"discount": fact.discount},
        )

    def file(self, view: FileView) -> Iterable[Found]:
        for found in bootstraps_in(view):
            target, prediction = _short(found.target.text), _short(found.prediction.text)
            yield Found(
                message=f"The target for `{prediction}` is computed from `{target}` with gradients.",
                at=found.target,
            )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
