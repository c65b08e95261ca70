"""TCK523 bias-before-norm."""

BAD = {
    "side by side in a sequential": """
from torch import nn
net = nn.Sequential(
    nn.Conv2d(3, 64, 3, 1, 1),  # <-
    nn.BatchNorm2d(64),
    nn.ReLU(),
    nn.Conv2d(64, 64, kernel_size=3, bias=True),  # <-
    nn.BatchNorm2d(64),
)
""",
    "nested calls in forward": """
import torch.nn as nn
import torch.nn.functional as F
class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)  # <-
        self.bn1 = nn.BatchNorm2d(32)
    def forward(self, x):
        return F.relu(self.bn1(self.conv1(x)))
""",
    "statement after statement": """
import torch.nn as nn
class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv1 = nn.Conv2d(c, c, 3, padding=1)  # <-
        self.bn1 = nn.BatchNorm2d(c)
        self.relu = nn.ReLU()
    def forward(self, x):
        out = self.conv1(x)
        out = self.bn1(out)
        return self.relu(out) + x
""",
    "another name for each step": """
from torch import nn
class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.fc = nn.Linear(c, c)  # <-
        self.norm = nn.BatchNorm1d(c)
    def forward(self, x):
        h = self.fc(x)
        y = self.norm(h)
        return y.relu()
""",
    "a list that becomes a sequential": """
import torch.nn as nn
def make(cfg):
    layers = []
    c = 3
    for v in cfg:
        layers += [nn.Conv2d(c, v, kernel_size=3, padding=1), nn.BatchNorm2d(v), nn.ReLU(inplace=True)]  # <-
        c = v
    return nn.Sequential(*layers)
""",
    "appended one after the other": """
import torch.nn as nn
def mlp(sizes):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers.append(nn.Linear(a, b))  # <-
        layers.append(nn.BatchNorm1d(b))
        layers.append(nn.ReLU())
    return nn.Sequential(*layers)
""",
    "named layers": """
from collections import OrderedDict
import torch.nn as nn
net = nn.Sequential(OrderedDict([
    ("conv0", nn.Conv2d(3, 16, 7, stride=2)),  # <-
    ("norm0", nn.BatchNorm2d(16)),
    ("relu0", nn.ReLU()),
]))
""",
    "a generator of a gan": """
import torch.nn as nn
class Generator(nn.Module):
    def __init__(self, nz, ngf):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(nz, ngf * 8, 4, 1, 0),  # <-
            nn.BatchNorm2d(ngf * 8),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 8, 3, 4, 2, 1),
            nn.Tanh(),
        )
    def forward(self, z):
        return self.main(z)
""",
    "instance norm": """
import torch.nn as nn
def block(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 4, 2, 1), nn.InstanceNorm2d(o), nn.LeakyReLU(0.2))  # <-
""",
    "extended": """
import torch.nn as nn
def down(i, o):
    layers = []
    layers.extend([nn.Conv3d(i, o, 3), nn.BatchNorm3d(o)])  # <-
    return nn.Sequential(*layers)
""",
}

GOOD = {
    "no bias": """
from torch import nn
net = nn.Sequential(nn.Conv2d(3, 64, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU())
""",
    "no bias by position": """
from torch import nn
net = nn.Sequential(nn.Conv2d(3, 64, 3, 1, 1, 1, 1, False), nn.BatchNorm2d(64), nn.ReLU(), nn.Linear(4, 4, False), nn.BatchNorm1d(4))
""",
    "an activation in between": """
from torch import nn
net = nn.Sequential(nn.Conv2d(3, 64, 3), nn.ReLU(), nn.BatchNorm2d(64))
""",
    "the norm comes first": """
import torch.nn as nn
import torch.nn.functional as F
class PreAct(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.bn = nn.BatchNorm2d(c)
        self.conv = nn.Conv2d(c, c, 3)
    def forward(self, x):
        return self.conv(F.relu(self.bn(x)))
""",
    "a norm over several channels": """
from torch import nn
net = nn.Sequential(nn.Conv2d(3, 64, 3), nn.GroupNorm(8, 64), nn.Linear(4, 4), nn.LayerNorm(4))
""",
    "the caller chooses": """
from torch import nn
def block(i, o, norm, use_bias, **kwargs):
    a = nn.Sequential(nn.Conv2d(i, o, 3, bias=use_bias), nn.BatchNorm2d(o))
    b = nn.Sequential(nn.Conv2d(i, o, 3), norm(o))
    c = nn.Sequential(nn.Conv2d(i, o, 3, **kwargs), nn.BatchNorm2d(o))
    return a, b, c
""",
    "the norm is optional": """
import torch.nn as nn
class Block(nn.Module):
    def __init__(self, c, use_norm):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3)
        self.norm = nn.BatchNorm2d(c) if use_norm else nn.Identity()
    def forward(self, x):
        return self.norm(self.conv(x))
""",
    "the layer's output is used elsewhere": """
import torch.nn as nn
class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, padding=1)
        self.norm = nn.BatchNorm2d(c)
    def forward(self, x):
        h = self.conv(x)
        y = self.norm(h)
        return y + h
""",
    "the layer also runs without the norm": """
import torch.nn as nn
class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, padding=1)
        self.norm = nn.BatchNorm2d(c)
    def forward(self, x):
        return self.norm(self.conv(x))
    def raw(self, x):
        return self.conv(x)
""",
    "a list of modules has no order": """
import torch.nn as nn
parts = nn.ModuleList([nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)])
""",
    "something is done in between": """
import torch.nn as nn
class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, padding=1)
        self.norm = nn.BatchNorm2d(c)
    def forward(self, x):
        out = self.conv(x)
        out = out.relu()
        out = self.norm(out)
        return self.norm(self.conv(x).relu()) + out
""",
}
