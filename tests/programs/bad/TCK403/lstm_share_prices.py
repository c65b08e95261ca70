# expect: TCK403 anywhere; also: TCK601 TCK602 TCK613
import torch
from torch import nn


class PriceModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 24, batch_first=True)
        self.fc = nn.Linear(24, 2)

    def forward(self, x):
        return self.fc(self.lstm(x)[0][:, -1])


torch.manual_seed(0)
volume = torch.rand(200, 10, 1) * 2e6
price = 150 + torch.randn(200, 10, 2).cumsum(1)
x = torch.cat([price, volume], dim=2)
y = (price[:, -1, 0] > price[:, 0, 0]).long()
model = PriceModel()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(3):
    for rows in torch.randperm(200).split(40):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(loss.item())
