"""Spellings and look-alikes of TCK308."""

BAD = {
    "an encoder layer": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
model = nn.TransformerEncoderLayer(64, 4)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)  # <-
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
""",
    "a stack": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
model = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4), 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)  # <-
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
""",
    "a stack beside its head, starred": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
encoder, head = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4), 2), nn.Linear(64, 2)
optimizer = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=1e-3)  # <-
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(head(encoder(x)), y).backward()
        optimizer.step()
""",
    "AdamW": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
model = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4), 2)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)  # <-
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
""",
    "SGD": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
model = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4), 2)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)  # <-
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
""",
    "a whole transformer": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
model = nn.Transformer(64, 4)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)  # <-
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x, y), y).backward()
        optimizer.step()
""",
    "attention in a model": """\
import torch
from torch import nn

loader = torch.load("loader.pt")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(64, 4)
        self.head = nn.Linear(64, 2)

    def forward(self, x):
        x, _ = self.attention(x, x, x)
        return self.head(x)


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)  # <-
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
""",
    "a decoder layer": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
model = nn.TransformerDecoderLayer(64, 4)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)  # <-
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x, x), y).backward()
        optimizer.step()
""",
    "two parts": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
body, head = nn.TransformerEncoderLayer(64, 4), nn.Linear(64, 2)
optimizer = torch.optim.Adam(list(body.parameters()) + list(head.parameters()), lr=1e-3)  # <-
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(head(body(x)), y).backward()
        optimizer.step()
""",
}

GOOD = {
    "a scheduler": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
model = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4), 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-3, total_steps=1000)
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
        scheduler.step()
""",
    "no attention": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
model = nn.Linear(64, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
""",
    "a rate for fine-tuning": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
model = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4), 2)
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5)
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
""",
    "RAdam warms up itself": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
model = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4), 2)
optimizer = torch.optim.RAdam(model.parameters(), lr=1e-3)
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
""",
    "the rate is set by hand": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
model = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4), 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(10):
    for x, y in loader:
        for group in optimizer.param_groups:
            group["lr"] = 1e-4
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
""",
    "a convolution": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
model = nn.Conv2d(3, 2, 3)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
""",
    "a recurrent network": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
model = nn.LSTM(8, 8)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x)[0], y).backward()
        optimizer.step()
""",
    "a lambda warms up": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
model = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4), 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, step / 100))
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
        scheduler.step()
""",
    "the optimizer has another part": """\
import torch
from torch import nn

loader = torch.load("loader.pt")
body, head = nn.TransformerEncoderLayer(64, 4).requires_grad_(False), nn.Linear(64, 2)
optimizer = torch.optim.Adam(head.parameters(), lr=1e-3)
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(head(body(x)), y).backward()
        optimizer.step()
""",
}
