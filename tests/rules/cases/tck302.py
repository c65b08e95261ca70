"""Spellings and look-alikes of TCK302."""

HEAD = """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler


def evaluate(model, loader):
    return 0.1, 0.9


def get_loader():
    return torch.load("loader.pt")


train_loader, val_loader = get_loader(), get_loader()
model = nn.Linear(4, 2)
criterion = nn.CrossEntropyLoss()
"""

BAD = {
    "only the decoder": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


encoder = Encoder()
decoder = nn.Linear(4, 2)
optimizer = optim.Adam(decoder.parameters(), lr=1e-3)  # <-
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(decoder(encoder(x)), y)
        loss.backward()
        optimizer.step()
""",
    "only the decoder, params clipped": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


encoder = Encoder()
decoder = nn.Linear(4, 2)
optimizer = optim.Adam(decoder.parameters(), lr=1e-3)  # <-
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(decoder(encoder(x)), y)
        loss.backward()
        nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimizer.step()
""",
    "a margin head with weights": HEAD
    + """\
class ArcFace(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(classes, width))

    def forward(self, x, y):
        cosine = nn.functional.linear(nn.functional.normalize(x), nn.functional.normalize(self.weight))
        return nn.functional.cross_entropy(64 * cosine, y)


head = ArcFace(2, 10)
optimizer = optim.SGD(model.parameters(), lr=0.1)  # <-
for epoch in range(20):
    for x, y in train_loader:
        loss = head(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
""",
    "the head of a model only, nothing loaded": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


model = Net()
optimizer = optim.Adam(model.head.parameters(), lr=1e-3)  # <-
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "an embedding beside the model": HEAD
    + """\
embedding = nn.Embedding(100, 4)
optimizer = optim.Adam(model.parameters(), lr=1e-3)  # <-
for epoch in range(20):
    for tokens, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(embedding(tokens).mean(1)), y)
        loss.backward()
        optimizer.step()
""",
    "one of three in a list": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


encoder = Encoder()
decoder = nn.Linear(4, 2)
projector = nn.Linear(4, 4)
optimizer = optim.AdamW(list(encoder.parameters()) + list(decoder.parameters()), lr=1e-3)  # <-
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(decoder(projector(encoder(x))), y)
        loss.backward()
        optimizer.step()
""",
    "added after the optimizer": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))



class Grown(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()

    def forward(self, x):
        return self.classifier(self.encoder(x))


model = Grown()
optimizer = optim.Adam(model.parameters(), lr=1e-3)
model.classifier = nn.Linear(4, 2)  # <-
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "two optimizers, three networks": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


encoder = Encoder()
decoder = nn.Linear(4, 2)
aux = nn.Linear(4, 2)
opt_enc = optim.Adam(encoder.parameters(), lr=1e-3)  # <-
opt_dec = optim.Adam(decoder.parameters(), lr=1e-3)  # <-
for epoch in range(20):
    for x, y in train_loader:
        opt_enc.zero_grad()
        opt_dec.zero_grad()
        z = encoder(x)
        loss = criterion(decoder(z), y) + 0.4 * criterion(aux(z), y)
        loss.backward()
        opt_enc.step()
        opt_dec.step()
""",
    "in a function": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


encoder = Encoder()
decoder = nn.Linear(4, 2)


def fit(epochs):
    enc, dec = Encoder(), nn.Linear(4, 2)
    enc.train()
    optimizer = optim.Adam(params=dec.parameters(), lr=1e-3)  # <-
    for epoch in range(epochs):
        for x, y in train_loader:
            optimizer.zero_grad()
            criterion(dec(enc(x)), y).backward()
            optimizer.step()


fit(10)
""",
}

GOOD = {
    "both are given": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


encoder = Encoder()
decoder = nn.Linear(4, 2)
optimizer = optim.Adam(list(encoder.parameters()) + list(decoder.parameters()), lr=1e-3)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(decoder(encoder(x)), y)
        loss.backward()
        optimizer.step()
""",
    "in groups": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


encoder = Encoder()
decoder = nn.Linear(4, 2)
optimizer = optim.Adam([{"params": encoder.parameters(), "lr": 1e-4}, {"params": decoder.parameters()}], lr=1e-3)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(decoder(encoder(x)), y)
        loss.backward()
        optimizer.step()
""",
    "the encoder is frozen by a loop": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


encoder = Encoder()
decoder = nn.Linear(4, 2)
for p in encoder.parameters():
    p.requires_grad = False
optimizer = optim.Adam(decoder.parameters(), lr=1e-3)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(decoder(encoder(x)), y)
        loss.backward()
        optimizer.step()
""",
    "the encoder is loaded": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


encoder = Encoder()
decoder = nn.Linear(4, 2)
encoder.load_state_dict(torch.load("encoder.pt"))
optimizer = optim.Adam(decoder.parameters(), lr=1e-3)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(decoder(encoder(x)), y)
        loss.backward()
        optimizer.step()
""",
    "the encoder is only evaluated": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


encoder = Encoder()
decoder = nn.Linear(4, 2)
encoder.eval()
optimizer = optim.Adam(decoder.parameters(), lr=1e-3)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(decoder(encoder(x)), y)
        loss.backward()
        optimizer.step()
""",
    "a teacher": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


teacher = Net()
model = Net()
optimizer = optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), teacher(x)) + criterion(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "features of a model zoo": """\
import torch
import torchvision
from torch import nn

train_loader = torch.load("loader.pt")
backbone = torchvision.models.resnet18(weights="DEFAULT")
backbone.fc = nn.Identity()
head = nn.Linear(512, 10)
optimizer = torch.optim.Adam(head.parameters(), lr=1e-3)
for x, y in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(head(backbone(x)), y).backward()
    optimizer.step()
""",
    "feature extraction with a new head": """\
import torch
import torchvision
from torch import nn

train_loader = torch.load("loader.pt")
model = torchvision.models.resnet18(weights="DEFAULT")
model.fc = nn.Linear(512, 10)
optimizer = torch.optim.Adam(model.fc.parameters(), lr=1e-3)
for x, y in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
    "another optimizer has it": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


encoder = Encoder()
decoder = nn.Linear(4, 2)
opt_e = optim.Adam(encoder.parameters(), lr=1e-3)
optimizer = optim.Adam(decoder.parameters(), lr=1e-3)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        opt_e.zero_grad()
        loss = criterion(decoder(encoder(x)), y)
        loss.backward()
        optimizer.step()
        opt_e.step()
""",
    "a group is added later": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


encoder = Encoder()
decoder = nn.Linear(4, 2)
optimizer = optim.Adam(decoder.parameters(), lr=1e-3)
optimizer.add_param_group({"params": encoder.parameters(), "lr": 1e-4})
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(decoder(encoder(x)), y)
        loss.backward()
        optimizer.step()
""",
    "features without gradients": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


encoder = Encoder()
decoder = nn.Linear(4, 2)
optimizer = optim.Adam(decoder.parameters(), lr=1e-3)
for epoch in range(20):
    for x, y in train_loader:
        with torch.no_grad():
            z = encoder(x)
        optimizer.zero_grad()
        criterion(decoder(z), y).backward()
        optimizer.step()
""",
    "an input is optimised, not the network": HEAD
    + """\
image = torch.zeros(1, 4, requires_grad=True)
optimizer = optim.Adam([image], lr=0.1)
for step in range(100):
    optimizer.zero_grad()
    loss = criterion(model(image), torch.tensor([1]))
    loss.backward()
    optimizer.step()
""",
    "a generator learns through the discriminator": """\
import torch
from torch import nn

net_g, net_d = nn.Linear(8, 4), nn.Linear(4, 1)
opt_g = torch.optim.Adam(net_g.parameters(), lr=2e-4)
opt_d = torch.optim.Adam(net_d.parameters(), lr=2e-4)
bce = nn.BCEWithLogitsLoss()
for real in torch.randn(10, 16, 4):
    fake = net_g(torch.randn(16, 8))
    opt_d.zero_grad()
    (bce(net_d(real), torch.ones(16, 1)) + bce(net_d(fake.detach()), torch.zeros(16, 1))).backward()
    opt_d.step()
    opt_g.zero_grad()
    bce(net_d(fake), torch.ones(16, 1)).backward()
    opt_g.step()
""",
    "an exponential average is updated by hand": HEAD
    + """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


model, averaged = Net(), Net()
optimizer = optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y) + nn.functional.mse_loss(model(x), averaged(x))
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for p, q in zip(model.parameters(), averaged.parameters()):
                q.mul_(0.99).add_(p, alpha=0.01)
""",
    "a criterion without weights": HEAD
    + """\
class Focal(nn.Module):
    def __init__(self, gamma):
        super().__init__()
        self.gamma = gamma
        self.ce = nn.CrossEntropyLoss(reduction="none")

    def forward(self, x, y):
        loss = self.ce(x, y)
        return ((1 - torch.exp(-loss)) ** self.gamma * loss).mean()


focal = Focal(2.0)
optimizer = optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = focal(model(x), y)
        loss.backward()
        optimizer.step()
""",
    "code that is not followed takes the encoder": HEAD
    + """\
import other

class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


encoder = Encoder()
decoder = nn.Linear(4, 2)
other.train_in_background(encoder)
optimizer = optim.Adam(decoder.parameters(), lr=1e-3)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(decoder(encoder(x)), y)
        loss.backward()
        optimizer.step()
""",
    "a weight of a kernel that is fixed": HEAD
    + """\
class Blur(nn.Module):
    def __init__(self):
        super().__init__()
        self.kernel = nn.Parameter(torch.ones(4, 4) / 4, requires_grad=False)

    def forward(self, x):
        return x @ self.kernel


blur = Blur()
optimizer = optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(blur(x)), y)
        loss.backward()
        optimizer.step()
""",
}
