"""TCK212 exhausted-parameter-generator."""

_HEAD = "import torch\nfrom torch import nn\nmodel = nn.Linear(2, 2)\n"

BAD = {
    "given to the optimizer, then clipped": _HEAD
    + """\
params = model.parameters()
optimizer = torch.optim.Adam(params, lr=1e-3)
for x in loader:
    optimizer.zero_grad()
    model(x).sum().backward()
    torch.nn.utils.clip_grad_norm_(params, 1.0)  # <-
    optimizer.step()
""",
    "counted, then given to the optimizer": _HEAD
    + """\
params = filter(lambda p: p.requires_grad, model.parameters())
print(sum(p.numel() for p in params))
optimizer = torch.optim.SGD(params, lr=0.1)  # <-
""",
    "listed, then given": _HEAD
    + "params = model.parameters()\nprint(len(list(params)))\noptimizer = torch.optim.SGD(params, lr=0.1)  # <-\n",
    "clipped in a loop": _HEAD
    + """\
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
params = model.parameters()
for x in loader:
    optimizer.zero_grad()
    model(x).sum().backward()
    torch.nn.utils.clip_grad_norm_(params, 1.0)  # <-
    optimizer.step()
""",
    "two loops over it": _HEAD
    + """\
params = model.parameters()
for p in params:
    nn.init.normal_(p)
for p in params:  # <-
    p.requires_grad = False
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
""",
    "an attribute": """\
import torch
class Trainer:
    def __init__(self, model):
        self.model = model
        self.params = filter(lambda p: p.requires_grad, self.model.parameters())
        self.optimizer = torch.optim.Adam(self.params, lr=1e-3)
    def train(self, loader):
        for x in loader:
            self.optimizer.zero_grad()
            self.model(x).sum().backward()
            torch.nn.utils.clip_grad_norm_(self.params, 1.0)  # <-
            self.optimizer.step()
""",
    "a generator expression": _HEAD
    + """\
trainable = (p for p in model.parameters() if p.requires_grad)
optimizer = torch.optim.SGD(trainable, lr=0.1)
total = sum(p.numel() for p in trainable)  # <-
""",
    "two networks in a chain": """\
import itertools
import torch
one, two = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
params = itertools.chain(one.parameters(), two.parameters())
optimizer = torch.optim.Adam(params, lr=1e-3)
for x in loader:
    optimizer.zero_grad()
    two(one(x)).sum().backward()
    torch.nn.utils.clip_grad_value_(params, 0.5)  # <-
    optimizer.step()
""",
    "two optimizers": _HEAD
    + "params = model.parameters()\nfirst = torch.optim.SGD(params, lr=0.1)\nsecond = torch.optim.Adam(params, lr=0.1)  # <-\n",
}

GOOD = {
    "a list": _HEAD
    + """\
params = list(model.parameters())
optimizer = torch.optim.Adam(params, lr=1e-3)
for x in loader:
    optimizer.zero_grad()
    model(x).sum().backward()
    torch.nn.utils.clip_grad_norm_(params, 1.0)
    optimizer.step()
""",
    "a list comprehension": _HEAD
    + """\
params = [p for p in model.parameters() if p.requires_grad]
print(sum(p.numel() for p in params))
optimizer = torch.optim.SGD(params, lr=0.1)
""",
    "asked anew": _HEAD
    + """\
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for x in loader:
    optimizer.zero_grad()
    model(x).sum().backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
""",
    "either optimizer": _HEAD
    + """\
params = model.parameters()
if name == "adam":
    optimizer = torch.optim.Adam(params, lr=1e-3)
else:
    optimizer = torch.optim.SGD(params, lr=0.1)
""",
    "one of several optimizers, by several ifs": _HEAD
    + """\
params = model.parameters()
if name == "adam":
    optimizer = torch.optim.Adam(params, lr=1e-3)
if name == "sgd":
    optimizer = torch.optim.SGD(params, lr=0.1)
""",
    "bound anew in each turn": _HEAD
    + """\
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for x in loader:
    optimizer.zero_grad()
    model(x).sum().backward()
    params = filter(lambda p: p.grad is not None, model.parameters())
    torch.nn.utils.clip_grad_norm_(params, 1.0)
    optimizer.step()
""",
    "the parameters of a function are a list": """\
import torch
def train(params, loss_of, loader):
    optimizer = torch.optim.SGD(params, lr=0.1)
    for x in loader:
        optimizer.zero_grad()
        loss_of(x).backward()
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        optimizer.step()
""",
    "turned into a list on the way": _HEAD
    + """\
params = model.parameters()
params = list(params)
optimizer = torch.optim.Adam(params, lr=1e-3)
total = sum(p.numel() for p in params)
""",
    "only one use": _HEAD
    + "params = model.parameters()\noptimizer = torch.optim.Adam(params, lr=1e-3)\nprint(optimizer)\n",
    "the groups of the optimizer": _HEAD
    + """\
params = model.parameters()
optimizer = torch.optim.Adam(params, lr=1e-3)
for x in loader:
    optimizer.zero_grad()
    model(x).sum().backward()
    torch.nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], 1.0)
    optimizer.step()
""",
}
