from torch import nn


class VelocityNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc_in = nn.Linear(4, 24)
        self.act = nn.ReLU()
        self.fc_out = nn.Linear(24, 2)

    def forward(self, x):
        return self.fc_out(self.act(self.fc_in(x)))
