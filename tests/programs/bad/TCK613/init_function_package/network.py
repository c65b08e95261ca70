from torch import nn


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(1, 8, 3)
        self.c2 = nn.Conv2d(8, 8, 3)
        self.act = nn.Hardtanh()
        self.fc1 = nn.Linear(8 * 16, 16)
        self.fc2 = nn.Linear(16, 2)

    def forward(self, x):
        x = self.act(self.c1(x))
        x = self.act(self.c2(x))
        return self.fc2(self.act(self.fc1(x.flatten(1))))
