"""TCK119: loss arguments swapped."""

_HEAD = """
import torch
import torch.nn as nn
import torch.nn.functional as F
"""
_LOOP = (
    _HEAD
    + """
model = nn.Sequential(nn.Linear(10, 20), nn.ReLU(), nn.Linear(20, 5))
"""
)

BAD = {
    "cross entropy module": _LOOP
    + """
criterion = nn.CrossEntropyLoss()
for data, target in train_loader:
    output = model(data)
    loss = criterion(target, output)  # <-
    loss.backward()
""",
    "functional": _LOOP
    + """
for x, y in train_loader:
    loss = F.cross_entropy(y, model(x))  # <-
    loss.backward()
""",
    "snippet without imports, model not known": """
criterion = nn.BCEWithLogitsLoss()
for images, labels in loader:
    outputs = model(images)
    loss = criterion(labels.float(), outputs.squeeze(1))  # <-
    loss.backward()
""",
    "bce and a sigmoid": _HEAD
    + """
def step(net, x, y):
    logits = net(x)
    return F.binary_cross_entropy(y, torch.sigmoid(logits))  # <-
""",
    "keywords": _LOOP
    + """
for x, labels in train_loader:
    loss = F.cross_entropy(input=labels, target=model(x))  # <-
    loss.backward()
""",
    "Lightning": _HEAD
    + """
class Lit(LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(10, 2)
        self.loss = nn.NLLLoss()

    def forward(self, x):
        return F.log_softmax(self.net(x), dim=1)

    def training_step(self, batch, batch_idx):
        x, y = batch
        y_hat = self(x)
        loss = self.loss(y, y_hat)  # <-
        return loss
""",
    "in a function that gets the criterion": _HEAD
    + """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        return self.fc(x)

def train(model, criterion, loader):
    for inputs, targets in loader:
        predictions = model(inputs)
        loss = criterion(targets, predictions)  # <-
        loss.backward()

train(Net(), nn.CrossEntropyLoss(), loader)
""",
    "built at once, names of scikit-learn": """
import torch
y_pred = net(x_train)
loss = torch.nn.BCELoss()(y_true, y_pred)  # <-
loss.backward()
""",
}

GOOD = {
    "prediction first": _LOOP
    + """
criterion = nn.CrossEntropyLoss()
for data, target in train_loader:
    loss = criterion(model(data), target)
    loss.backward()
""",
    "symmetric losses": _LOOP
    + """
for x, y in train_loader:
    loss = F.mse_loss(y, model(x)) + F.l1_loss(y, model(x)) + F.smooth_l1_loss(y, model(x))
    loss.backward()
""",
    "keywords in another order": _LOOP
    + """
for x, y in train_loader:
    loss = F.cross_entropy(target=y, input=model(x))
    loss.backward()
""",
    "the network's output is called y": _HEAD
    + """
net = nn.Linear(3, 2)
for x, t in loader:
    y = net(x)
    loss = F.cross_entropy(y, t)
    loss.backward()
""",
    "pseudo labels from the model": _LOOP
    + """
for weak, strong in loader:
    with torch.no_grad():
        labels = model(weak).argmax(dim=1)
    loss = F.cross_entropy(model(strong), labels)
    loss.backward()
""",
    "a loss of the user's own that takes the target first": _HEAD
    + """
class Loss(nn.Module):
    def forward(self, target, output):
        return F.cross_entropy(output, target)

criterion = Loss()
model = nn.Linear(3, 2)
for x, y in loader:
    loss = criterion(y, model(x))
    loss.backward()
""",
    "divergence in the reverse direction": _HEAD
    + """
teacher, student = nn.Linear(3, 2), nn.Linear(3, 2)
for x, _ in loader:
    with torch.no_grad():
        target = F.log_softmax(teacher(x), dim=1)
    outputs = F.softmax(student(x), dim=1)
    loss = F.kl_div(target, outputs, reduction="batchmean")
    loss.backward()
""",
    "adversarial labels": _HEAD
    + """
netD = nn.Sequential(nn.Linear(8, 1), nn.Sigmoid())
criterion = nn.BCELoss()
for real, _ in loader:
    label = torch.ones(real.size(0), 1)
    errD = criterion(netD(real), label)
    errD.backward()
""",
    "a metric of scikit-learn takes the target first": """
import torch
from sklearn.metrics import log_loss
preds = model(x)
print(log_loss(labels, preds))
""",
    "a teacher's output is the soft target": _HEAD
    + """
def distill(student_logits, teacher_logits, labels):
    soft = F.cross_entropy(student_logits, teacher_logits.softmax(dim=1))
    return soft + F.cross_entropy(student_logits, labels)
""",
}
