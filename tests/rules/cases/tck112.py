"""TCK112: a loss cut from the graph."""

_HEAD = """
import torch
import torch.nn as nn
import torch.nn.functional as F
"""
_MODEL = (
    _HEAD
    + """
model = nn.Sequential(nn.Linear(10, 20), nn.ReLU(), nn.Linear(20, 3))
criterion = nn.CrossEntropyLoss()
"""
)

BAD = {
    "argmax into a loss": _MODEL
    + """
for x, y in loader:
    output = model(x)
    pred = torch.argmax(output, dim=1).float()  # <-
    loss = F.mse_loss(pred, y)
    loss.backward()
""",
    "argmax of an unknown model, snippet without imports": """
criterion = nn.MSELoss()
for inputs, labels in loader:
    outputs = model(inputs)
    preds = outputs.argmax(dim=1).float()  # <-
    loss = criterion(preds, labels.float())
    loss.backward()
""",
    "indices of max": _MODEL
    + """
for x, y in loader:
    outputs = model(x)
    _, preds = torch.max(outputs, 1)  # <-
    loss = nn.L1Loss()(preds.float(), y.float())
    loss.backward()
""",
    "one term as a number": _MODEL
    + """
for x, y in loader:
    out = model(x)
    ce = criterion(out, y)
    reg = model[0].weight.abs().mean()
    loss = ce + 0.01 * reg.item()  # <-
    loss.backward()
""",
    "one term detached": _MODEL
    + """
aux = nn.Linear(20, 3)
for x, y in loader:
    main_loss = criterion(model(x), y)
    aux_loss = criterion(aux(x), y).detach()  # <-
    loss = main_loss + 0.4 * aux_loss
    loss.backward()
""",
    "an accuracy as a term": _MODEL
    + """
for x, y in loader:
    out = model(x)
    acc = (out.argmax(1) == y).float().mean()  # <-
    loss = criterion(out, y) - acc
    loss.backward()
""",
    "a copy of the prediction": _MODEL
    + """
for x, y in loader:
    out = model(x)
    loss = F.mse_loss(torch.tensor(out), y)  # <-
    loss.backward()
""",
    "rounded": _HEAD
    + """
model = nn.Sequential(nn.Linear(10, 1), nn.Sigmoid())
for x, y in loader:
    pred = model(x).round()  # <-
    loss = F.binary_cross_entropy(pred, y)
    loss.backward()
""",
    "thresholded": _HEAD
    + """
model = nn.Sequential(nn.Linear(10, 1), nn.Sigmoid())
for x, y in loader:
    pred = (model(x) > 0.5).float()  # <-
    loss = nn.BCELoss()(pred, y)
    loss.backward()
""",
    "Lightning": _HEAD
    + """
class Lit(LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(10, 3)

    def training_step(self, batch, batch_idx):
        x, y = batch
        logits = self.net(x)
        ce = F.cross_entropy(logits, y)
        entropy = -(logits.softmax(-1) * logits.log_softmax(-1)).sum(-1).mean()
        loss = ce - 0.01 * entropy.detach()  # <-
        return {"loss": loss}
""",
    "float of a term": _MODEL
    + """
for x, y in loader:
    out = model(x)
    loss1 = criterion(out, y)
    loss2 = out.pow(2).mean()
    total = loss1 + float(loss2)  # <-
    total.backward()
""",
    "the data of a term": _MODEL
    + """
for x, y in loader:
    out = model(x)
    loss1 = criterion(out, y)
    loss2 = F.l1_loss(out, torch.zeros_like(out))
    loss = loss1 + loss2.data  # <-
    loss.backward()
""",
    "a helper thresholds the prediction, snippet": """
def dice_loss(pred, target):
    pred = (pred > 0.5).float()  # <-
    inter = (pred * target).sum()
    return 1 - 2 * inter / (pred.sum() + target.sum())

for img, mask in loader:
    out = torch.sigmoid(model(img))
    loss = F.binary_cross_entropy(out, mask) + dice_loss(out, mask)
    loss.backward()
""",
    "classes instead of scores, snippet": """
for images, labels in train_loader:
    outputs = model(images)
    _, predicted = torch.max(outputs.data, 1)  # <-
    loss = criterion(predicted, labels)
    loss.backward()
""",
}

GOOD = {
    "a training step that backpropagates itself": """
import torch
import torch.nn.functional as F
from transformers import Trainer


class Own(Trainer):
    def training_step(self, model, inputs):
        loss = F.mse_loss(model(inputs["x"]), inputs["y"])
        self.accelerator.backward(loss)
        return loss.detach()
""",
    "a copy that is a leaf of its own": """
import torch

mine = torch.randn(6, requires_grad=True)
other = mine.detach().clone().requires_grad_(True)
opt = torch.optim.SGD([other], lr=0.1)
for _ in range(10):
    opt.zero_grad()
    ((other - 1) ** 2).sum().backward()
    opt.step()
""",
    "numbers for the log": _MODEL
    + """
total, correct = 0.0, 0
for x, y in loader:
    out = model(x)
    loss = criterion(out, y)
    loss.backward()
    total += loss.item()
    correct += (out.argmax(1) == y).sum().item()
    print(loss.item() + 0.5, out.detach().mean())
""",
    "a total for the log beside the loss": _MODEL
    + """
for x, y in loader:
    out = model(x)
    ce, reg = criterion(out, y), out.pow(2).mean()
    shown = ce.item() + reg.item()
    (ce + reg).backward()
    print(shown)
""",
    "a target without gradient": _MODEL
    + """
for state, reward in loader:
    with torch.no_grad():
        after = model(state).max(1)[0]
    q = model(state).max(1)[0]
    loss = F.smooth_l1_loss(q, (reward + 0.9 * after).detach())
    loss.backward()
""",
    "stop-gradient on one side": _MODEL
    + """
for a, b in loader:
    p, z = model(a), model(b)
    loss = -F.cosine_similarity(p, z.detach(), dim=-1).mean()
    loss.backward()
""",
    "pseudo labels": _MODEL
    + """
for x, _ in loader:
    weak = model(x)
    labels = weak.detach().argmax(dim=1)
    loss = criterion(model(x + 0.1), labels)
    loss.backward()
""",
    "straight-through estimator": _HEAD
    + """
encoder, decoder = nn.Linear(8, 8), nn.Linear(8, 8)
for x, _ in loader:
    z = encoder(x)
    q = z.round()
    straight = z + (q - z).detach()
    loss = F.mse_loss(decoder(straight), x) + 0.25 * F.mse_loss(z, q.detach())
    loss.backward()
""",
    "policy gradient": _HEAD
    + """
policy, value = nn.Linear(4, 2), nn.Linear(4, 1)
for state, reward in loader:
    probs = torch.softmax(policy(state), dim=-1)
    action = probs.argmax(dim=-1)
    baseline = value(state).squeeze(1)
    advantage = reward - baseline.item()
    loss = -torch.log(probs[0, action]) * advantage
    loss.backward()
""",
    "a dead factor scales a living term": _MODEL
    + """
for x, y in loader:
    out = model(x)
    ce, reg = criterion(out, y), out.pow(2).mean()
    weight = (ce / reg).item()
    loss = ce + weight * reg
    loss = loss / loss.detach()
    loss.backward()
""",
    "hard examples are chosen by comparison": _MODEL
    + """
for x, y in loader:
    losses = F.cross_entropy(model(x), y, reduction="none")
    hard = losses > losses.mean()
    loss = (losses * hard).sum() / hard.sum()
    loss.backward()
""",
    "a discriminator learns from detached images": _HEAD
    + """
G, D = nn.Linear(8, 16), nn.Linear(16, 1)
bce = nn.BCEWithLogitsLoss()
for real, _ in loader:
    fake = G(torch.randn(real.size(0), 8))
    real_loss = bce(D(real), torch.ones(real.size(0), 1))
    fake_loss = bce(D(fake.detach()), torch.zeros(real.size(0), 1))
    (real_loss + fake_loss).backward()
""",
    "metrics of validation": _MODEL
    + """
def validate():
    with torch.no_grad():
        for x, y in loader:
            out = model(x)
            error = F.mse_loss(out.argmax(1).float(), y.float())
            print(error)
""",
}
