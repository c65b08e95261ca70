# crashes
# expect: TCK401 anywhere
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
table = torch.tensor([[float(i % 7), float(i % 5)] for i in range(60)])
label = (table.sum(1) > 5).long()


class TwoEmbeddings(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Embedding(7, 4), nn.Embedding(5, 4)
        self.fc = nn.Linear(8, 2)

    def forward(self, x):
        return self.fc(torch.cat([self.a(x[:, 0]), self.b(x[:, 1])], 1))


model = TwoEmbeddings()
opt = torch.optim.Adam(model.parameters())
for x, y in DataLoader(TensorDataset(table, label), batch_size=20, shuffle=True):
    loss = nn.functional.cross_entropy(model(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
