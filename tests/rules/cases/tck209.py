"""TCK209 data-attribute."""

BAD = {
    "a weight updated by hand": """
import torch
w = torch.randn(3, requires_grad=True)
for x, y in pairs:
    loss = (w * x).sum() - y
    loss.backward()
    w.data -= 0.1 * w.grad  # <-
    w.grad = None
""",
    "the parameters of a model": """
import torch
from torch import nn
model = nn.Linear(3, 1)
for f in model.parameters():
    f.data.sub_(f.grad.data * 0.01)  # <-
""",
    "a parameter's values swapped": """
import torch
from torch import nn
layer = nn.Linear(3, 1)
for x, y in pairs:
    (layer(x) - y).pow(2).sum().backward()
    layer.weight.data = layer.weight - 0.1 * layer.weight.grad  # <-
""",
    "the loss read": """
import torch
def train(model, loader, criterion, optimizer):
    total = 0
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.data  # <-
    return total
""",
    "the loss as before torch 0.4": """
import torch
for x, y in loader:
    loss = criterion(model(x), y)
    loss.backward()
    print(loss.data[0])  # <-
""",
    "a loss moved": """
import torch
class Trainer:
    def log(self):
        self.history.append(self.train_loss.data.cpu().numpy())  # <-
""",
    "a hidden state cut": """
import torch
from torch import nn
import torch.nn.functional as F
hidden = torch.zeros(1, 8)
for chunk in chunks:
    hidden = F.relu(hidden)
    hidden = hidden.data  # <-
""",
    "an activation changed in place": """
import torch
import torch.nn.functional as F
def forward(self, x):
    h = F.relu(self.fc(x))
    h.data.mul_(2)  # <-
    return h
""",
    "a method of a chained loss": """
import torch
def step(d_loss, g_loss):
    print(f"{d_loss.data:.3f}", g_loss.data.item())  # <-
""",
}

GOOD = {
    "an initialisation": """
import torch
from torch import nn
def init_weights(m):
    if isinstance(m, nn.Linear):
        m.weight.data.normal_(0, 0.02)
        m.bias.data.zero_()
""",
    "a constructor": """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 1)
        self.fc.weight.data.uniform_(-1, 1)
""",
    "a reset": """
import torch
class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.empty(3))
        self.reset_parameters()
    def reset_parameters(self):
        self.weight.data.fill_(1.0)
    def forward(self, x):
        return x * self.weight
""",
    "gradients switched off": """
import torch
def update(student, teacher, m):
    with torch.no_grad():
        for s, t in zip(student.parameters(), teacher.parameters()):
            t.data.mul_(m).add_((1 - m) * s.detach().data)
""",
    "a moving average": """
import torch
def update_ema(model, average, decay):
    for p, a in zip(model.parameters(), average.parameters()):
        a.data.mul_(decay).add_(p.data, alpha=1 - decay)
""",
    "weights kept in a range between steps": """
import torch
def train(critic, optimizer):
    optimizer.step()
    for p in critic.parameters():
        p.data.clamp_(-0.01, 0.01)
""",
    "data of an object of the user's own": """
import torch
class Table:
    def __init__(self, data):
        self.data = data
    def centre(self):
        self.data -= self.data.mean()
        return self.data.clamp_(0, 1)
""",
    "a request": """
import torch
def handle(request, event):
    request.data = {"a": 1}
    event.data["b"] = 2
    return request.data
""",
    "a url and a graph": """
import torch
from urllib.request import Request
r = Request("http://localhost")
r.data = b"1"
for batch in loader:
    out = model(batch.data, batch.edge_index)
""",
    "torch.utils.data": """
import torch
loader = torch.utils.data.DataLoader(dataset, batch_size=4)
""",
    "an optimizer's own step": """
import torch
class Sgd(torch.optim.Optimizer):
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                p.data.add_(p.grad.data, alpha=-group["lr"])
""",
    "detached": """
import torch
def log(loss, history):
    history.append(loss.detach())
""",
    "a gradient cleared": """
import torch
w = torch.randn(3, requires_grad=True)
(w * 2).sum().backward()
w.grad.data.zero_()
""",
    "the row of the padding kept at zero": """
import torch
from torch import nn
embedding = nn.Embedding(10, 3)
for step in range(10):
    embedding.weight.data[0] = 0
""",
    "a weight replaced between two runs": """
import torch
from torch import nn
layer = nn.Linear(3, 1)
layer.weight.data = torch.ones(1, 3)
layer.bias.data.normal_()
""",
    "an input kept in its range between two runs": """
import torch
noise = torch.zeros(3, requires_grad=True)
for step in range(3):
    noise.data.clamp_(-1, 1)
    print(noise)
""",
    "a buffer that follows": """
import torch
class Codebook(torch.nn.Module):
    def __init__(self, n):
        super().__init__()
        self.register_buffer("size", torch.zeros(n))
        self.size = torch.zeros(n)
    def forward(self, x, one_hot):
        self.size.data.mul_(0.99).add_(one_hot.sum(0), alpha=0.01)
        return x
""",
    "a new tensor filled": """
import torch
noise = torch.empty(3)
noise.data.normal_()
order = torch.randperm(10)
first = order.data.cpu().numpy()
""",
    "one storage given to another tensor": """
import torch
def swap(item, flat, size):
    whole = flat.view(size)
    item.data = whole.data
    item.narrow(0, 0, 2).data.copy_(whole.data)
""",
    "a parameter kept in its range": """
import torch
class Gate(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight_op = torch.nn.Parameter(torch.zeros(1))
    def bound(self):
        if self.weight_op.item() < -2:
            self.weight_op.data = torch.full_like(self.weight_op.data, -2)
""",
}
