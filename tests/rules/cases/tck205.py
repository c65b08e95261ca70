"""TCK205: cuts on the only way from trained modules to the loss."""

_HEAD = """
import torch
import torch.nn as nn
import torch.nn.functional as F
"""
_TAIL = """
model = Net()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
train_loader = torch.load("loader.pt")
for epoch in range(20):
    for inputs, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), labels)
        loss.backward()
        optimizer.step()
"""
_INIT = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.norm = nn.GroupNorm(2, 8)
        self.fc = nn.Linear(8, 2)
"""
_TWO = (
    _HEAD
    + """
encoder = nn.Sequential(nn.Linear(10, 8), nn.ReLU())
head = nn.Linear(8, 2)
optimizer = torch.optim.Adam(list(encoder.parameters()) + list(head.parameters()), lr=1e-3)
train_loader = torch.load("loader.pt")
"""
)


def _net(*lines: str) -> str:
    forward = "\n    def forward(self, x):\n" + "".join(f"        {line}\n" for line in lines)
    return _HEAD + _INIT + forward + _TAIL


def _methods(*lines: str, forward: str) -> str:
    methods = "\n" + "".join(f"    {line}\n" for line in lines)
    return _HEAD + _INIT + methods + f"\n    def forward(self, x):\n        {forward}\n" + _TAIL


BAD = {
    "no_grad around a method": _methods(
        "@torch.no_grad()  # <-",
        "def features(self, x):",
        "    return self.norm(self.conv(x)).mean((2, 3))",
        forward="return self.fc(self.features(x))",
    ),
    "detach in a method": _methods(
        "def embed(self, x):",
        "    h = F.relu(self.norm(self.conv(x)))",
        "    return h.mean((2, 3)).detach()  # <-",
        forward="return self.fc(self.embed(x))",
    ),
    "a cut after a method": _methods(
        "def embed(self, x):",
        "    return self.norm(self.conv(x)).mean((2, 3))",
        forward="return self.fc(torch.tensor(self.embed(x).tolist()))  # <-",
    ),
    "a cut in a method that is given its input": _methods(
        "def pool(self, h):",
        "    return h.mean((2, 3)).data  # <-",
        forward="return self.fc(self.pool(self.norm(self.conv(x))))",
    ),
    "detach on the way": _net(
        "x = F.relu(self.norm(self.conv(x)))", "x = x.mean((2, 3)).detach()  # <-", "return self.fc(x)"
    ),
    "detach inside a call": _net("x = self.norm(self.conv(x))", "return self.fc(x.mean((2, 3)).detach())  # <-"),
    "data": _net("x = self.norm(self.conv(x))", "x = x.data  # <-", "return self.fc(x.mean((2, 3)))"),
    "no_grad around the features": _net(
        "with torch.no_grad():  # <-",
        "    x = self.conv(x)",
        "    x = self.norm(x)",
        "return self.fc(x.mean((2, 3)))",
    ),
    "through NumPy": _net(
        "h = self.norm(self.conv(x)).mean((2, 3))",
        "h = torch.from_numpy(h.detach().cpu().numpy())  # <-",
        "return self.fc(h)",
    ),
    "a new tensor": _net("h = self.norm(self.conv(x)).mean((2, 3))", "h = torch.tensor(h)  # <-", "return self.fc(h)"),
    "in both arms": _net(
        "h = self.norm(self.conv(x)).mean((2, 3))",
        "h = h.detach()  # <-",
        "if self.training:",
        "    h = F.dropout(h)",
        "else:",
        "    h = h * 2",
        "return self.fc(h)",
    ),
    "only the first layer": _net(
        "h = self.conv(x).detach()  # <-", "h = self.norm(h)", "return self.fc(h.mean((2, 3)))"
    ),
    "between two models": _TWO
    + """
for inputs, labels in train_loader:
    optimizer.zero_grad()
    features = encoder(inputs).detach()  # <-
    loss = F.cross_entropy(head(features), labels)
    loss.backward()
    optimizer.step()
""",
    "between two models, in no_grad": _TWO
    + """
for epoch in range(20):
    for inputs, labels in train_loader:
        with torch.no_grad():  # <-
            features = encoder(inputs)
        out = head(features)
        loss = F.cross_entropy(out, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
""",
    "between two models, in a function": _TWO
    + """
def train(encoder, head, loader, optimizer):
    for inputs, labels in loader:
        optimizer.zero_grad()
        z = encoder(inputs)
        z = z.data  # <-
        loss = F.cross_entropy(head(z), labels)
        loss.backward()
        optimizer.step()


train(encoder, head, train_loader, optimizer)
""",
}

GOOD = {
    "the generator's own loss is forgotten, which is another mistake": _HEAD
    + """
net_g, net_d = nn.Linear(4, 2), nn.Linear(2, 1)
opt_g = torch.optim.Adam(net_g.parameters(), lr=1e-4)
opt_d = torch.optim.Adam(net_d.parameters(), lr=1e-4)
for step in range(30):
    opt_d.zero_grad()
    with torch.no_grad():
        fake = net_g(torch.randn(8, 4))
    loss_d = net_d(fake).mean() - net_d(torch.randn(8, 2)).mean()
    loss_d.backward()
    opt_d.step()
    loss_g = -net_d(net_g(torch.randn(8, 4))).mean()
""",
    "a method that gives a live and a dead branch": _methods(
        "def both(self, x):",
        "    h = self.norm(self.conv(x)).mean((2, 3))",
        "    return h, h.detach()",
        forward="h, still = self.both(x); return self.fc(h) + still.mean()",
    ),
    "a cut method, called beside the live one": _methods(
        "@torch.no_grad()",
        "def still(self, x):",
        "    return self.norm(self.conv(x)).mean((2, 3))",
        forward="return self.fc(self.norm(self.conv(x)).mean((2, 3)) - self.still(x))",
    ),
    "a method that is called with gradients elsewhere": _methods(
        "def embed(self, x):",
        "    return self.norm(self.conv(x)).mean((2, 3))",
        "",
        "def contrast(self, x):",
        "    return self.embed(x).pow(2).mean()",
        forward="return self.fc(self.embed(x).detach())",
    ).replace("loss.backward()", "(loss + model.contrast(inputs)).backward()"),
    "a method whose switch is an argument": _methods(
        "def embed(self, x, stop=False):",
        "    h = self.norm(self.conv(x)).mean((2, 3))",
        "    return h.detach() if stop else h",
        forward="return self.fc(self.embed(x))",
    ),
    "nothing is cut": _net("x = F.relu(self.norm(self.conv(x)))", "return self.fc(x.mean((2, 3)))"),
    "a copy for a look": _net(
        "h = self.norm(self.conv(x)).mean((2, 3))", "self.features = h.detach()", "return self.fc(h)"
    ),
    "a straight-through estimator": _net(
        "h = self.norm(self.conv(x)).mean((2, 3))", "h = h + (h.round() - h).detach()", "return self.fc(h)"
    ),
    "a stop-gradient gate beside a live path": _net(
        "h = self.norm(self.conv(x)).mean((2, 3))", "gate = torch.sigmoid(h).detach()", "return self.fc(h * gate)"
    ),
    "the network's input is cut": _net("x = x.detach()", "return self.fc(self.norm(self.conv(x)).mean((2, 3)))"),
    "cut in one arm alone": _net(
        "h = self.norm(self.conv(x)).mean((2, 3))", "if x.sum() > 0:", "    h = h.detach()", "return self.fc(h)"
    ),
    "a second result that is live": _net(
        "h = self.norm(self.conv(x)).mean((2, 3))", "self.aux = h.pow(2).mean()", "return self.fc(h.detach())"
    ),
    "frozen backbone": _HEAD
    + _INIT
    + """
        self.conv.requires_grad_(False)
        self.norm.requires_grad_(False)

    def forward(self, x):
        with torch.no_grad():
            x = self.norm(self.conv(x))
        return self.fc(x.mean((2, 3)))
"""
    + _TAIL,
    "frozen by a loop": _HEAD
    + _INIT
    + """
        for p in self.conv.parameters():
            p.requires_grad = False
        for p in self.norm.parameters():
            p.requires_grad = False

    def forward(self, x):
        with torch.no_grad():
            x = self.norm(self.conv(x))
        return self.fc(x.mean((2, 3)))
"""
    + _TAIL,
    "a teacher inside the model": _HEAD
    + """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.teacher = nn.Linear(10, 2)
        self.student = nn.Linear(10, 2)

    def forward(self, x):
        with torch.no_grad():
            t = self.teacher(x)
        return self.student(x) + 0.1 * t
"""
    + _TAIL,
    "only the head is given to the optimizer": _TWO.replace("list(encoder.parameters()) + ", "")
    + """
for inputs, labels in train_loader:
    optimizer.zero_grad()
    with torch.no_grad():
        features = encoder(inputs)
    loss = F.cross_entropy(head(features), labels)
    loss.backward()
    optimizer.step()
""",
    "the encoder learned before": _TWO
    + """
decoder = nn.Linear(8, 10)
first = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()])
for inputs, _ in train_loader:
    first.zero_grad()
    F.mse_loss(decoder(encoder(inputs)), inputs).backward()
    first.step()
for inputs, labels in train_loader:
    optimizer.zero_grad()
    loss = F.cross_entropy(head(encoder(inputs).detach()), labels)
    loss.backward()
    optimizer.step()
""",
    "a second loss reaches it": _TWO
    + """
for inputs, labels in train_loader:
    optimizer.zero_grad()
    z = encoder(inputs)
    loss = F.cross_entropy(head(z.detach()), labels) + 0.1 * z.pow(2).mean()
    loss.backward()
    optimizer.step()
""",
    "a loss of its own": _TWO
    + """
for inputs, labels in train_loader:
    optimizer.zero_grad()
    z = encoder(inputs)
    F.cross_entropy(head(z.detach()), labels).backward()
    z.pow(2).mean().backward()
    optimizer.step()
""",
    "pretrained": _TWO
    + """
encoder.load_state_dict(torch.load("encoder.pt"))
for inputs, labels in train_loader:
    optimizer.zero_grad()
    with torch.no_grad():
        features = encoder(inputs)
    F.cross_entropy(head(features), labels).backward()
    optimizer.step()
""",
    "in evaluation mode": _TWO
    + """
encoder.eval()
for inputs, labels in train_loader:
    optimizer.zero_grad()
    with torch.no_grad():
        features = encoder(inputs)
    F.cross_entropy(head(features), labels).backward()
    optimizer.step()
""",
    "fakes for the discriminator": _HEAD
    + """
G, D = nn.Linear(8, 4), nn.Linear(4, 1)
opt_g, opt_d = torch.optim.Adam(G.parameters()), torch.optim.Adam(D.parameters())
train_loader = torch.load("loader.pt")
bce = nn.BCEWithLogitsLoss()
for real in train_loader:
    fake = G(torch.randn(16, 8))
    opt_d.zero_grad()
    d_loss = bce(D(real), torch.ones(16, 1)) + bce(D(fake.detach()), torch.zeros(16, 1))
    d_loss.backward()
    opt_d.step()
    opt_g.zero_grad()
    g_loss = bce(D(fake), torch.ones(16, 1))
    g_loss.backward()
    opt_g.step()
""",
    "stop-gradient on one of two views": _HEAD
    + """
class SimSiam(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(10, 8)
        self.predictor = nn.Linear(8, 8)

    def forward(self, x1, x2):
        z1, z2 = self.encoder(x1), self.encoder(x2)
        p1, p2 = self.predictor(z1), self.predictor(z2)
        return p1, p2, z1.detach(), z2.detach()


model = SimSiam()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
train_loader = torch.load("loader.pt")
for x1, x2 in train_loader:
    optimizer.zero_grad()
    p1, p2, z1, z2 = model(x1, x2)
    loss = -(F.cosine_similarity(p1, z2).mean() + F.cosine_similarity(p2, z1).mean()) / 2
    loss.backward()
    optimizer.step()
""",
    "truncated backpropagation": _HEAD
    + """
rnn, head = nn.GRU(10, 8), nn.Linear(8, 2)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()])
train_loader = torch.load("loader.pt")
hidden = torch.zeros(1, 4, 8)
for inputs, labels in train_loader:
    optimizer.zero_grad()
    out, hidden = rnn(inputs, hidden.detach())
    loss = F.cross_entropy(head(out[-1]), labels)
    loss.backward()
    optimizer.step()
    hidden = hidden.detach()
""",
}
