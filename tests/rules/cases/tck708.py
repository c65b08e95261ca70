"""TCK708 mean-of-batch-means."""

BAD = {
    "divided by the number of batches": """
import torch
import torch.nn.functional as F
def evaluate(model, loader):
    model.eval()
    total = 0.0
    with torch.no_grad():
        for x, y in loader:
            total += F.cross_entropy(model(x), y).item()
    return total / len(loader)  # <-
""",
    "as the quickstart does": """
import torch
def test(dataloader, model, loss_fn):
    num_batches = len(dataloader)
    model.eval()
    test_loss = 0
    with torch.no_grad():
        for X, y in dataloader:
            pred = model(X)
            test_loss += loss_fn(pred, y).item()
    test_loss /= num_batches  # <-
    print(test_loss)
""",
    "a list and its mean": """
import numpy as np
import torch
def validate(model, val_loader, criterion):
    losses = []
    model.eval()
    with torch.no_grad():
        for batch in val_loader:
            loss = criterion(model(batch[0]), batch[1])
            losses.append(loss.item())
    return np.mean(losses)  # <-
""",
    "a list and its sum": """
import torch
from torch import nn
criterion = nn.CrossEntropyLoss()
@torch.no_grad()
def run(model, loader):
    losses = []
    for x, y in loader:
        losses.append(float(criterion(model(x), y)))
    return sum(losses) / len(losses)  # <-
""",
    "in a class": """
import torch
import torch.nn as nn
class Trainer:
    def __init__(self, model, val_loader):
        self.model, self.val_loader = model, val_loader
        self.criterion = nn.MSELoss()
    @torch.no_grad()
    def validate(self):
        self.model.eval()
        val_loss = 0
        for x, y in self.val_loader:
            out = self.model(x)
            loss = self.criterion(out, y)
            val_loss = val_loss + loss.item()
        return val_loss / len(self.val_loader)  # <-
""",
    "divided by the number of samples": """
import torch.nn.functional as F
def train(model, train_loader, optimizer):
    running_loss = 0.0
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    return running_loss / len(train_loader.dataset)  # <-
""",
    "with a progress bar": """
import torch
from torch import nn
from tqdm import tqdm
loss_fn = nn.BCEWithLogitsLoss()
def val_epoch(model, loader):
    total = 0.0
    with torch.inference_mode():
        for i, (x, y) in enumerate(tqdm(loader)):
            loss = loss_fn(model(x), y)
            total += loss.detach().item()
    avg = total / len(loader)  # <-
    return avg
""",
    "a tensor of the list": """
import torch
import torch.nn.functional as F
def valid(model, loader):
    losses = []
    for x, y in loader:
        losses.append(F.mse_loss(model(x), y).item())
    return torch.tensor(losses).mean()  # <-
""",
    "a known loader": """
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader
loader = DataLoader(data, batch_size=64, shuffle=False)
total = 0.0
with torch.no_grad():
    for x, y in loader:
        total += F.l1_loss(model(x), y).item()
print(total / len(loader))  # <-
""",
}

GOOD = {
    "weighted by size": """
import torch
import torch.nn.functional as F
def evaluate(model, loader):
    total, n = 0.0, 0
    with torch.no_grad():
        for x, y in loader:
            loss = F.cross_entropy(model(x), y)
            total += loss.item() * x.size(0)
            n += x.size(0)
    return total / n
""",
    "weighted, and divided by the data set": """
import torch
import torch.nn.functional as F
def evaluate(model, loader):
    total = 0.0
    with torch.no_grad():
        for x, y in loader:
            total += F.cross_entropy(model(x), y).item() * len(x)
    return total / len(loader.dataset)
""",
    "summed": """
import torch
import torch.nn.functional as F
def test(model, test_loader):
    test_loss = 0
    with torch.no_grad():
        for data, target in test_loader:
            output = model(data)
            test_loss += F.nll_loss(output, target, reduction="sum").item()
    test_loss /= len(test_loader.dataset)
""",
    "a criterion that sums": """
import torch
from torch import nn
criterion = nn.MSELoss(reduction="sum")
def test(model, loader):
    total = 0
    for x, y in loader:
        total += criterion(model(x), y).item()
    return total / len(loader.dataset)
""",
    "batches of one": """
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader
@torch.no_grad()
def test(model, loader):
    total = 0
    for x, y in loader:
        total += F.mse_loss(model(x), y).item()
    return total / len(loader)
test(model, DataLoader(data, batch_size=1))
""",
    "the last batch is dropped": """
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader
loader = DataLoader(data, batch_size=32, drop_last=True)
@torch.no_grad()
def test(model):
    total = 0
    for x, y in loader:
        total += F.mse_loss(model(x), y).item()
    return total / len(loader)
""",
    "the running loss of training": """
import torch.nn.functional as F
def train(model, loader, optimizer):
    running_loss = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    return running_loss / len(loader)
""",
    "counted right answers": """
import torch
def test(model, loader):
    correct = 0
    with torch.no_grad():
        for x, y in loader:
            correct += (model(x).argmax(1) == y).sum().item()
    return correct / len(loader.dataset)
""",
    "something of each batch, not of samples": """
import time
import torch
def test(model, loader):
    seconds = []
    for x, y in loader:
        start = time.time()
        model(x)
        seconds.append(time.time() - start)
    return sum(seconds) / len(seconds)
""",
    "an unknown loss over the data set": """
import torch
def validate(model, loader, criterion):
    total = 0
    for x, y in loader:
        total += criterion(model(x), y).item()
    return total / len(loader.dataset)
""",
}
