"""Spellings and look-alikes of TCK309."""

BAD = {
    "Adam, step": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.Adam(model.parameters(), lr=1e-3)  # <-
scheduler = lr_scheduler.StepLR(optimizer, 30)
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
    "Adam, milestones": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.Adam(model.parameters(), lr=1e-3)  # <-
scheduler = lr_scheduler.MultiStepLR(optimizer, [30, 60])
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
    "AdamW, step": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.AdamW(model.parameters(), lr=1e-3)  # <-
scheduler = lr_scheduler.StepLR(optimizer, step_size=30, gamma=0.5)
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
    "AdamW, milestones": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.AdamW(model.parameters(), lr=1e-3)  # <-
scheduler = lr_scheduler.MultiStepLR(optimizer, milestones=[30, 60])
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
    "NAdam, step": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.NAdam(model.parameters(), lr=1e-3)  # <-
scheduler = lr_scheduler.StepLR(optimizer, 30)
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
    "RAdam, milestones": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.RAdam(model.parameters(), lr=1e-3)  # <-
scheduler = lr_scheduler.MultiStepLR(optimizer, [30, 60])
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
    "Adamax, step": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.Adamax(model.parameters(), lr=1e-3)  # <-
scheduler = lr_scheduler.StepLR(optimizer, 30)
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
    "SGD, exponential": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.SGD(model.parameters(), lr=1e-3)  # <-
scheduler = lr_scheduler.ExponentialLR(optimizer, gamma=0.95)
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
}

GOOD = {
    "Adam with cosine": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.Adam(model.parameters(), lr=1e-3)
scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=90)
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
    "Adam with exponential": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.Adam(model.parameters(), lr=1e-3)
scheduler = lr_scheduler.ExponentialLR(optimizer, gamma=0.95)
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
    "AdamW with linear": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.AdamW(model.parameters(), lr=1e-3)
scheduler = lr_scheduler.LinearLR(optimizer, total_iters=90)
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
    "SGD with step": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.SGD(model.parameters(), lr=1e-3)
scheduler = lr_scheduler.StepLR(optimizer, 30)
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
    "SGD with milestones": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.SGD(model.parameters(), lr=1e-3)
scheduler = lr_scheduler.MultiStepLR(optimizer, [30, 60])
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
    "SGD with cosine": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.SGD(model.parameters(), lr=1e-3)
scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=90)
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
    "SGD with nothing": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.SGD(model.parameters(), lr=1e-3)
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
""",
    "Adam with nothing": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
""",
    "RMSprop with step": """\
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

loader = torch.load("loader.pt")
model = nn.Linear(4, 2)
optimizer = optim.RMSprop(model.parameters(), lr=1e-3)
scheduler = lr_scheduler.StepLR(optimizer, 30)
for epoch in range(90):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
}
