"""Runs of target-kind."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn

x = torch.randn(64, 6)
ids = torch.randint(0, 4, (64,))
def net(outputs):
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, outputs))
"""


def _loop(outputs: int, loss: str) -> str:
    return f"""\
model = net({outputs})
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(5):
    rows = torch.randint(0, 64, (16,))
    out = model(x[rows])
    loss = {loss}
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


BAD = {
    "class ids for a loss of probabilities": _HEAD
    + _loop(1, "F.binary_cross_entropy_with_logits(out[:, 0], ids[rows].float())  # <-"),
    "labels of 1 and 2": _HEAD
    + "y = (ids % 2 + 1).float()\n"
    + _loop(1, "nn.BCEWithLogitsLoss()(out, y[rows, None])  # <-"),
    "several labels a sample": _HEAD
    + "tags = torch.rand(64, 4).lt(0.7).float()\n"
    + _loop(4, "nn.CrossEntropyLoss()(out, tags[rows])  # <-"),
    "logits of a teacher as probabilities": _HEAD
    + "teacher = net(4)\n"
    + _loop(4, "F.cross_entropy(out, teacher(x[rows]).detach())  # <-"),
    "ids as floats, and one output": _HEAD + _loop(1, "F.cross_entropy(out[:, 0], ids[rows].float())  # <-"),
    "images from -1 to 1 for an autoencoder": """\
# crashes
import torch
from torch import nn

encoder, decoder = nn.Linear(16, 4), nn.Sequential(nn.Linear(4, 16), nn.Sigmoid())
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
images = torch.rand(64, 16) * 2 - 1
for _ in range(5):
    loss = nn.functional.binary_cross_entropy(decoder(encoder(images)), images)  # <-
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "more classes than outputs": "# crashes\n" + _HEAD + _loop(3, "F.cross_entropy(out, ids[rows])  # <-"),
    "one-hot rows of whole numbers": "# crashes\n"
    + _HEAD
    + _loop(4, "F.nll_loss(out.log_softmax(1), F.one_hot(ids[rows], 4))  # <-"),
}

GOOD = {
    "class ids": _HEAD + _loop(4, "F.cross_entropy(out, ids[rows])"),
    "one-hot rows as floats": _HEAD + _loop(4, "F.cross_entropy(out, F.one_hot(ids[rows], 4).float())"),
    "probabilities of a teacher": _HEAD
    + "teacher = net(4)\n"
    + _loop(4, "F.cross_entropy(out, teacher(x[rows]).detach().softmax(1))"),
    "several labels a sample, each by itself": _HEAD
    + "tags = torch.rand(64, 4).lt(0.7).float()\n"
    + _loop(4, "F.binary_cross_entropy_with_logits(out, tags[rows])"),
    "labels that are smoothed beyond 1": _HEAD
    + _loop(1, "F.binary_cross_entropy_with_logits(out, 0.7 + 0.5 * torch.rand(16, 1))"),
    "rows that are masked out": _HEAD
    + _loop(4, "F.cross_entropy(out, F.one_hot(ids[rows], 4).float() * (ids[rows] != 0)[:, None])"),
    "ids that are ignored": _HEAD + _loop(4, "F.cross_entropy(out, ids[rows].where(ids[rows] > 0, -100))"),
}
