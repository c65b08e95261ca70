"""TCK107: softmax over the batch, over an axis of size 1, or over none that is named."""

_HEAD = """
import torch
import torch.nn as nn
import torch.nn.functional as F
"""

BAD = {
    "functional without an axis": _HEAD
    + """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)

    def forward(self, x):
        x = x.view(-1, 784)
        return F.log_softmax(self.fc(x))  # <-
""",
    "module without an axis, kept in an attribute": _HEAD
    + """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)
        self.softmax = nn.Softmax()  # <-

    def forward(self, x):
        return self.softmax(self.fc(x))
""",
    "module without an axis, in a Sequential": _HEAD
    + """
policy = nn.Sequential(
    nn.Linear(4, 128),
    nn.ReLU(),
    nn.Linear(128, 2),
    nn.Softmax(),  # <-
)
""",
    "snippet without imports": """
outputs = model(inputs)
probs = F.softmax(outputs)  # <-
print(probs)
""",
    "an explicit None": _HEAD
    + """
def attend(scores, values):
    weights = F.softmax(scores, dim=None)  # <-
    return weights @ values
""",
    "built and called at once": _HEAD
    + """
def predict(model, x):
    return nn.Softmax()(model(x))  # <-
""",
    "over the batch, in forward": _HEAD
    + """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 100)
        self.fc2 = nn.Linear(100, 10)

    def forward(self, x):
        x = torch.flatten(x, 1).view(-1, 784)
        x = F.relu(self.fc1(x))
        return F.softmax(self.fc2(x), dim=0)  # <-
""",
    "over the batch, into a loss": _HEAD
    + """
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
x, y = torch.randn(64, 8), torch.randint(0, 4, (64,))
log_probs = torch.log_softmax(model(x), dim=0)  # <-
loss = F.nll_loss(log_probs, y)
loss.backward()
""",
    "over the batch, as a layer": _HEAD
    + """
model = nn.Sequential(
    nn.Linear(8, 4),
    nn.LogSoftmax(dim=0),  # <-
)
criterion = nn.NLLLoss()
x, y = torch.randn(64, 8), torch.randint(0, 4, (64,))
criterion(model(x), y).backward()
""",
    "one output": _HEAD
    + """
class Binary(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(30, 1)

    def forward(self, x):
        x = x.view(x.size(0), -1)
        return torch.softmax(self.fc(x), dim=1)  # <-
""",
    "one output, counted from the end": _HEAD
    + """
class Binary(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(30, 8), nn.ReLU(), nn.Linear(8, 1))

    def forward(self, x):
        return F.softmax(self.layers(x), dim=-1)  # <-
""",
    "one output in a Sequential that feeds a loss": _HEAD
    + """
model = nn.Sequential(
    nn.Linear(30, 8),
    nn.ReLU(),
    nn.Linear(8, 1),
    nn.Softmax(dim=1),  # <-
)
criterion = nn.BCELoss()
for x, y in loader:
    loss = criterion(model(x), y)
    loss.backward()
""",
    "over an axis that was just added": _HEAD
    + """
class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key = nn.Linear(16, 16), nn.Linear(16, 16)

    def forward(self, x):
        x = x.view(-1, 16)
        scores = self.query(x).unsqueeze(1)
        weights = scores.softmax(dim=1)  # <-
        return (weights * x.unsqueeze(1)).sum(1)
""",
}

GOOD = {
    "over the classes": _HEAD
    + """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)

    def forward(self, x):
        return F.log_softmax(self.fc(x.view(-1, 784)), dim=1)
""",
    "over the last axis, by position": _HEAD
    + """
def attention(q, k, v):
    scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
    return F.softmax(scores, -1) @ v
""",
    "attention over time, one score each": _HEAD
    + """
class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.Sequential(nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 1), nn.Softmax(dim=1))

    def forward(self, h):
        return (self.attention(h) * h).sum(dim=1)
""",
    "multiple-instance attention over the bag": _HEAD
    + """
class Bag(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.Sequential(nn.Linear(512, 128), nn.Tanh(), nn.Linear(128, 1))
        self.classifier = nn.Linear(512, 1)

    def forward(self, bag):
        instances = bag.view(-1, 512)
        weights = F.softmax(self.attention(instances), dim=0)
        return torch.sigmoid(self.classifier((weights * instances).sum(dim=0)))
""",
    "a single sample": _HEAD
    + """
net = nn.Linear(4, 2)
state = torch.randn(4)
probabilities = F.softmax(net(state), dim=0)
""",
    "a policy whose input may be one state": _HEAD
    + """
class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, state):
        return F.softmax(self.fc(state), dim=0)
""",
    "mixing weights are parameters": _HEAD
    + """
class Mix(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.alpha = nn.Parameter(torch.zeros(layers, 8))

    def forward(self, outputs):
        weights = torch.softmax(self.alpha, dim=0)
        return (weights[..., None] * outputs).sum(0)
""",
    "branches stacked along the first axis": _HEAD
    + """
def select(branches):
    stacked = torch.stack(branches, dim=0)
    return (F.softmax(stacked, dim=0) * stacked).sum(0)
""",
    "the axis comes from the settings": _HEAD
    + """
class Gate(nn.Module):
    def __init__(self, axis):
        super().__init__()
        self.softmax = nn.Softmax(axis)
        self.axis = axis

    def forward(self, x):
        return self.softmax(x) + F.softmax(x, self.axis) + F.softmax(x, dim=self.axis)
""",
    "softmax over the channels of an image": _HEAD
    + """
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Softmax2d())
other = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Softmax(dim=1))
""",
    "a function of another library": """
from scipy.special import softmax
import numpy as np
weights = softmax(np.array([1.0, 2.0]))
""",
    "a method of the user's own": """
import torch
class Helper:
    def softmax(self, x):
        return torch.softmax(x, dim=-1)

    def run(self, x):
        return self.softmax(x)
""",
    "the arguments come from elsewhere": _HEAD
    + """
def call(x, **kwargs):
    return F.softmax(x, **kwargs)
""",
}
