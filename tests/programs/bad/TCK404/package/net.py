from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp = nn.Linear(10, 20)
        self.out = nn.Linear(20, 10)

    def forward(self, x):
        return self.out(self.inp(x).relu())
