"""TCK220: graphs that are kept after their only backward."""

_HEAD = """
import torch
import torch.nn as nn
import torch.nn.functional as F
"""
_MODEL = (
    _HEAD
    + """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(10, 20)
        self.fc2 = nn.Linear(20, 2)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))


model = Net()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
train_loader = torch.load("loader.pt")
"""
)

BAD = {
    "the plain loop": _MODEL
    + """
for epoch in range(100):
    running_loss = 0.0
    for inputs, labels in train_loader:
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = criterion(outputs, labels)
        loss.backward(retain_graph=True)  # <-
        optimizer.step()
        running_loss += loss.item()
    print(epoch, running_loss / len(train_loader))
""",
    "whole data set at once, few turns": _MODEL
    + """
x, y = torch.randn(64, 10), torch.randint(0, 2, (64,))
for step in range(5):
    out = model(x)
    loss = criterion(out, y)
    model.zero_grad()
    loss.backward(retain_graph=True)  # <-
    optimizer.step()
""",
    "in a function with everything given": _HEAD
    + """
def train(model, train_loader, criterion, optimizer, device):
    model.train()
    for i, (data, target) in enumerate(train_loader):
        data, target = data.to(device), target.to(device)
        optimizer.zero_grad()
        output = model(data)
        loss = criterion(output, target)
        loss.backward(retain_graph=True)  # <-
        optimizer.step()
        if i % 10 == 0:
            print(i, loss.item())
""",
    "by position": _MODEL
    + """
for inputs, labels in train_loader:
    optimizer.zero_grad()
    loss = criterion(model(inputs), labels)
    loss.backward(None, True)  # <-
    optimizer.step()
""",
    "in a step that the loop calls": _MODEL
    + """
def train_step(x, y):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward(retain_graph=True)  # <-
    optimizer.step()
    return loss.item()


for epoch in range(50):
    for inputs, labels in train_loader:
        train_step(inputs, labels)
""",
    "in a trainer": _MODEL
    + """
class Trainer:
    def __init__(self, model, optimizer, criterion):
        self.model = model
        self.optimizer = optimizer
        self.criterion = criterion
        self.global_step = 0

    def fit(self, loader):
        for x, y in loader:
            self.optimizer.zero_grad()
            loss = self.criterion(self.model(x), y)
            loss.backward(retain_graph=True)  # <-
            self.optimizer.step()
            self.global_step += 1


Trainer(model, optimizer, criterion).fit(train_loader)
""",
    "through a scaler": _MODEL
    + """
scaler = torch.amp.GradScaler("cuda")
for inputs, labels in train_loader:
    optimizer.zero_grad()
    with torch.autocast("cuda"):
        loss = criterion(model(inputs), labels)
    scaler.scale(loss).backward(retain_graph=True)  # <-
    scaler.step(optimizer)
    scaler.update()
""",
    "several terms, one backward": _MODEL
    + """
aux = nn.Linear(10, 2)
for inputs, labels in train_loader:
    optimizer.zero_grad()
    main_loss = criterion(model(inputs), labels)
    aux_loss = criterion(aux(inputs), labels)
    total = main_loss + 0.4 * aux_loss
    total.backward(retain_graph=True)  # <-
    optimizer.step()
""",
    "hidden state that is detached": _HEAD
    + """
rnn, head = nn.GRU(10, 20), nn.Linear(20, 2)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()])
train_loader = torch.load("loader.pt")
hidden = torch.zeros(1, 4, 20)
for inputs, labels in train_loader:
    hidden = hidden.detach()
    optimizer.zero_grad()
    out, hidden = rnn(inputs, hidden)
    loss = F.cross_entropy(head(out[-1]), labels)
    loss.backward(retain_graph=True)  # <-
    optimizer.step()
""",
    "hidden state made in each turn": _HEAD
    + """
rnn, head = nn.LSTM(10, 20), nn.Linear(20, 2)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()])
train_loader = torch.load("loader.pt")
for inputs, labels in train_loader:
    hidden = (torch.zeros(1, 4, 20), torch.zeros(1, 4, 20))
    optimizer.zero_grad()
    out, hidden = rnn(inputs, hidden)
    F.cross_entropy(head(out[-1]), labels).backward(retain_graph=True)  # <-
    optimizer.step()
""",
    "two models, a graph each": _MODEL
    + """
other = Net()
other_optimizer = torch.optim.SGD(other.parameters(), lr=0.1)
for inputs, labels in train_loader:
    optimizer.zero_grad()
    loss1 = criterion(model(inputs), labels)
    loss1.backward(retain_graph=True)  # <-
    optimizer.step()
    other_optimizer.zero_grad()
    loss2 = criterion(other(inputs), labels)
    loss2.backward()
    other_optimizer.step()
""",
    "GAN whose fakes are detached for the discriminator": _HEAD
    + """
G, D = nn.Linear(8, 4), nn.Linear(4, 1)
opt_g = torch.optim.Adam(G.parameters())
opt_d = torch.optim.Adam(D.parameters())
train_loader = torch.load("loader.pt")
bce = nn.BCEWithLogitsLoss()
for real in train_loader:
    z = torch.randn(16, 8)
    fake = G(z)
    opt_d.zero_grad()
    d_loss = bce(D(real), torch.ones(16, 1)) + bce(D(fake.detach()), torch.zeros(16, 1))
    d_loss.backward(retain_graph=True)  # <-
    opt_d.step()
    opt_g.zero_grad()
    g_loss = bce(D(fake), torch.ones(16, 1))
    g_loss.backward()
    opt_g.step()
""",
    "while loop": _MODEL
    + """
x, y = torch.randn(64, 10), torch.randint(0, 2, (64,))
step = 0
while step < 1000:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward(retain_graph=True)  # <-
    optimizer.step()
    step += 1
""",
}

GOOD = {
    "not kept": _MODEL
    + """
for inputs, labels in train_loader:
    optimizer.zero_grad()
    loss = criterion(model(inputs), labels)
    loss.backward(retain_graph=False)
    optimizer.step()
""",
    "hidden state carried with its graph": _HEAD
    + """
rnn, head = nn.GRU(10, 20), nn.Linear(20, 2)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()])
train_loader = torch.load("loader.pt")
hidden = torch.zeros(1, 4, 20)
for inputs, labels in train_loader:
    optimizer.zero_grad()
    out, hidden = rnn(inputs, hidden)
    loss = F.cross_entropy(head(out[-1]), labels)
    loss.backward(retain_graph=True)
    optimizer.step()
""",
    "hidden state carried inside the model": _HEAD
    + """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(10, 20)
        self.head = nn.Linear(20, 2)
        self.hidden = torch.zeros(4, 20)

    def forward(self, x):
        self.hidden = self.cell(x, self.hidden)
        return self.head(self.hidden)


model = Net()
optimizer = torch.optim.Adam(model.parameters())
train_loader = torch.load("loader.pt")
for inputs, labels in train_loader:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(inputs), labels)
    loss.backward(retain_graph=True)
    optimizer.step()
""",
    "hidden state of a model that is not seen": _HEAD
    + """
def train(model, train_loader, optimizer):
    hidden = model.init_hidden()
    for inputs, labels in train_loader:
        optimizer.zero_grad()
        out, hidden = model(inputs, hidden)
        loss = F.cross_entropy(out, labels)
        loss.backward(retain_graph=True)
        optimizer.step()
""",
    "running loss that is learned from": _MODEL
    + """
total = 0
for inputs, labels in train_loader:
    total = total + criterion(model(inputs), labels)
    optimizer.zero_grad()
    total.backward(retain_graph=True)
    optimizer.step()
""",
    "features made before the loop": _HEAD
    + """
encoder, head = nn.Linear(10, 20), nn.Linear(20, 2)
optimizer = torch.optim.SGD([*encoder.parameters(), *head.parameters()], lr=0.1)
x, y = torch.randn(64, 10), torch.randint(0, 2, (64,))
features = encoder(x)
for step in range(100):
    optimizer.zero_grad()
    loss = F.cross_entropy(head(features), y)
    loss.backward(retain_graph=True)
    optimizer.step()
""",
    "two losses of one forward": _MODEL
    + """
for inputs, labels in train_loader:
    optimizer.zero_grad()
    out = model(inputs)
    loss1 = criterion(out, labels)
    loss2 = out.pow(2).mean()
    loss1.backward(retain_graph=True)
    loss2.backward()
    optimizer.step()
""",
    "a loop over the losses of one forward": _MODEL
    + """
for inputs, labels in train_loader:
    optimizer.zero_grad()
    out = model(inputs)
    losses = [criterion(out, labels), out.pow(2).mean(), out.abs().mean()]
    for loss in losses:
        loss.backward(retain_graph=True)
    optimizer.step()
""",
    "GAN whose fakes are shared": _HEAD
    + """
G, D = nn.Linear(8, 4), nn.Linear(4, 1)
opt_g = torch.optim.Adam(G.parameters())
opt_d = torch.optim.Adam(D.parameters())
train_loader = torch.load("loader.pt")
bce = nn.BCEWithLogitsLoss()
for real in train_loader:
    fake = G(torch.randn(16, 8))
    d_fake = D(fake)
    d_loss = bce(D(real), torch.ones(16, 1)) + bce(d_fake, torch.zeros(16, 1))
    opt_d.zero_grad()
    d_loss.backward(retain_graph=True)
    g_loss = bce(d_fake, torch.ones(16, 1))
    opt_g.zero_grad()
    g_loss.backward()
    opt_d.step()
    opt_g.step()
""",
    "gradient penalty": _MODEL
    + """
for inputs, labels in train_loader:
    inputs.requires_grad_(True)
    optimizer.zero_grad()
    loss = criterion(model(inputs), labels)
    loss.backward(retain_graph=True)
    grads = torch.autograd.grad(loss, inputs, create_graph=True)[0]
    grads.pow(2).sum().backward()
    optimizer.step()
""",
    "a second derivative": _MODEL
    + """
for inputs, labels in train_loader:
    optimizer.zero_grad()
    loss = criterion(model(inputs), labels)
    loss.backward(retain_graph=True, create_graph=True)
    optimizer.step()
""",
    "one backward for each sample": _MODEL
    + """
for inputs, labels in train_loader:
    optimizer.zero_grad()
    losses = F.cross_entropy(model(inputs), labels, reduction="none")
    for i in range(len(losses)):
        losses[i].backward(retain_graph=True)
    optimizer.step()
""",
    "a sum after the inner loop": _MODEL
    + """
for epoch in range(10):
    total = 0
    optimizer.zero_grad()
    for inputs, labels in train_loader:
        loss = criterion(model(inputs), labels)
        total = total + loss
        loss.backward(retain_graph=True)
    total.backward()
    optimizer.step()
""",
    "a step that its caller is not seen to call": _HEAD
    + """
def train_step(model, optimizer, x, y):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward(retain_graph=True)
    optimizer.step()
    return loss
""",
    "all but the last": _MODEL
    + """
for inputs, labels in train_loader:
    optimizer.zero_grad()
    out = model(inputs)
    for i, weight in enumerate((0.5, 0.3, 0.2)):
        (weight * criterion(out, labels)).backward(retain_graph=i < 2)
    optimizer.step()
""",
    "given to something that is not seen": _MODEL
    + """
from balancing import balance

for inputs, labels in train_loader:
    optimizer.zero_grad()
    loss = criterion(model(inputs), labels)
    loss.backward(retain_graph=True)
    balance(loss, model)
    optimizer.step()
""",
    "a last state kept in a list": _HEAD
    + """
cell, head = nn.GRUCell(10, 20), nn.Linear(20, 2)
optimizer = torch.optim.Adam([*cell.parameters(), *head.parameters()])
train_loader = torch.load("loader.pt")
states = [torch.zeros(4, 20)]
for inputs, labels in train_loader:
    optimizer.zero_grad()
    state = cell(inputs, states[-1])
    states.append(state)
    loss = F.cross_entropy(head(state), labels)
    loss.backward(retain_graph=True)
    optimizer.step()
""",
    "heads in turn over what an encoder that is not seen gave": _HEAD
    + """
def train(encoder, heads, loader, optimizer):
    for images, labels in loader:
        optimizer.zero_grad()
        x = encoder(images)
        for head in heads:
            loss = F.cross_entropy(head(x), labels)
            loss.backward(retain_graph=True)
        optimizer.step()
""",
    "weights made of a parameter before the loop": _MODEL
    + """
alpha = nn.Parameter(torch.zeros(2))
weight = alpha.softmax(0)
for inputs, labels in train_loader:
    optimizer.zero_grad()
    loss = F.cross_entropy(model(inputs), labels, weight=weight)
    loss.backward(retain_graph=True)
    optimizer.step()
""",
    "a kernel made when the model is built": _HEAD
    + """
class Blur(nn.Module):
    def __init__(self):
        super().__init__()
        self.sigma = nn.Parameter(torch.ones(1))
        self.kernel = torch.exp(-torch.arange(9.0) / self.sigma)

    def forward(self, x):
        return x @ self.kernel


model = Blur()
optimizer = torch.optim.Adam(model.parameters())
train_loader = torch.load("loader.pt")
for inputs, labels in train_loader:
    optimizer.zero_grad()
    loss = F.mse_loss(model(inputs), labels)
    loss.backward(retain_graph=True)
    optimizer.step()
""",
    "one helper for two losses": _MODEL
    + """
def learn(loss):
    loss.backward(retain_graph=True)


for inputs, labels in train_loader:
    optimizer.zero_grad()
    out = model(inputs)
    learn(criterion(out, labels))
    learn(out.pow(2).mean())
    optimizer.step()
""",
}
