"""TCK109: cross entropy over one class."""

BAD = {
    "last layer of one output in forward": """
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 128)
        self.fc2 = nn.Linear(128, 1)

    def forward(self, x):
        x = x.view(-1, 784)
        x = F.relu(self.fc1(x))
        return self.fc2(x)

net = Net()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters())
for images, labels in loader:
    optimizer.zero_grad()
    outputs = net(images)
    loss = criterion(outputs, labels)  # <-
    loss.backward()
    optimizer.step()
""",
    "functional, snippet without imports": """
model = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 1))
for x, y in train_loader:
    out = model(x)
    loss = F.cross_entropy(out, y.long())  # <-
    loss.backward()
""",
    "ready-made classifier with a new head": """
import torch, torchvision
from torch import nn
model = torchvision.models.resnet18(weights=None)
model.fc = nn.Linear(model.fc.in_features, 1)
criterion = nn.CrossEntropyLoss()
for x, y in loader:
    loss = criterion(model(x), y)  # <-
    loss.backward()
""",
    "segmentation with one output channel": """
import torch
from torch import nn

class Seg(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU())
        self.head = nn.Conv2d(16, 1, kernel_size=1)

    def forward(self, x):
        return self.head(self.body(x))

model = Seg()
criterion = nn.CrossEntropyLoss()
for image, mask in loader:
    prediction = model(image)
    loss = criterion(prediction, mask.long())  # <-
    loss.backward()
""",
    "Lightning": """
import torch
from torch import nn
import pytorch_lightning as pl

class Lit(pl.LightningModule):
    def __init__(self, hidden=32):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(64, hidden), nn.ReLU(), nn.Linear(hidden, 1))
        self.loss = nn.CrossEntropyLoss()

    def forward(self, x):
        return self.layers(x)

    def training_step(self, batch, batch_idx):
        x, y = batch
        y_hat = self(x)
        return self.loss(y_hat, y)  # <-
""",
    "one class by a constant": """
import torch
from torch import nn
NUM_CLASSES = 1
model = nn.Sequential(nn.Linear(10, 5), nn.Tanh(), nn.Linear(5, NUM_CLASSES))
loss_fn = nn.CrossEntropyLoss(label_smoothing=0.1)
x, y = torch.randn(8, 10), torch.zeros(8).long()
loss = loss_fn(model(x), y)  # <-
loss.backward()
""",
    "unsqueezed by hand": """
import torch
from torch import nn
model = nn.Linear(10, 2)
x, y = torch.randn(8, 10), torch.zeros(8).long()
pred = model(x).argmax(dim=1).float().unsqueeze(1)
logits = torch.randn(8, 1, requires_grad=True)
loss = nn.CrossEntropyLoss()(logits, y)  # <-
loss.backward()
""",
    "model in a class, loss in a function": """
import torch
from torch import nn

class Classifier(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n, 100), nn.ReLU())
        self.out = nn.Linear(in_features=100, out_features=1)

    def forward(self, x):
        return self.out(self.encoder(x))

def train(model, loader, criterion, optimizer):
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)  # <-
        loss.backward()
        optimizer.step()

model = Classifier(30)
train(model, loader, nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), lr=0.1))
""",
}

GOOD = {
    "scores laid out as classes by an old method": """
import torch

negatives = 4
score = torch.nn.Linear(5, 1)
criterion = torch.nn.CrossEntropyLoss()
loss = criterion(score(pairs).resize(1, negatives + 1), torch.tensor([0]))
""",
    "two outputs": """
import torch
from torch import nn
model = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 2))
for x, y in train_loader:
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
""",
    "one output and BCE with logits": """
import torch
from torch import nn
model = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 1))
criterion = nn.BCEWithLogitsLoss()
for x, y in train_loader:
    loss = criterion(model(x).squeeze(1), y.float())
    loss.backward()
""",
    "one score for each candidate, squeezed": """
import torch
from torch import nn
scorer = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 1))
criterion = nn.CrossEntropyLoss()
for candidates, chosen in train_loader:
    scores = scorer(candidates).squeeze(-1)
    loss = criterion(scores, chosen)
    loss.backward()
""",
    "multiple choice, reshaped": """
import torch
from torch import nn

class MultipleChoice(nn.Module):
    def __init__(self, encoder, choices):
        super().__init__()
        self.encoder, self.choices = encoder, choices
        self.classifier = nn.Linear(768, 1)

    def forward(self, ids, labels):
        pooled = self.encoder(ids.view(-1, ids.size(-1)))
        logits = self.classifier(pooled)
        reshaped = logits.view(-1, self.choices)
        return nn.CrossEntropyLoss()(reshaped, labels)
""",
    "reading comprehension: start and end scores over the tokens": """
import torch
from torch import nn

class Span(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Linear(768, 1)
        self.end = nn.Linear(768, 1)

    def forward(self, hidden, starts, ends):
        loss_fct = nn.CrossEntropyLoss()
        start_logits = self.start(hidden).squeeze(-1)
        end_logits = self.end(hidden)[..., 0]
        return loss_fct(start_logits, starts) + loss_fct(end_logits, ends)
""",
    "number of classes is a parameter": """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, num_classes=1):
        super().__init__()
        self.fc = nn.Linear(10, num_classes)

    def forward(self, x):
        return self.fc(x)

def step(x, y, num_classes):
    net = Net(num_classes)
    return nn.CrossEntropyLoss()(net(x), y)
""",
    "negative and positive scores put side by side": """
import torch
from torch import nn
scorer = nn.Linear(16, 1)
for positive, negative in loader:
    scores = torch.cat([scorer(positive), scorer(negative)], dim=1)
    labels = torch.zeros(scores.size(0), dtype=torch.long)
    loss = nn.functional.cross_entropy(scores, labels)
    loss.backward()
""",
    "transposed to one sample of many candidates": """
import torch
from torch import nn
scorer = nn.Linear(16, 1)
for candidates, chosen in loader:
    scores = scorer(candidates.view(-1, 16)).t()
    loss = nn.functional.cross_entropy(scores, chosen)
    loss.backward()
""",
    "regression head beside a class head": """
import torch
from torch import nn

class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.cls = nn.Linear(8, 5)
        self.reg = nn.Linear(8, 1)

    def forward(self, x):
        x = x.flatten(1)
        return self.cls(x), self.reg(x)

net = Two()
for x, (label, value) in loader:
    scores, amount = net(x)
    loss = nn.CrossEntropyLoss()(scores, label) + nn.MSELoss()(amount.squeeze(1), value)
    loss.backward()
""",
}
