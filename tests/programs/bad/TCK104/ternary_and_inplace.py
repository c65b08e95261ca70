import torch
import torch.nn as nn


class Matcher(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.a, self.b = nn.Linear(6, dim), nn.Linear(6, dim)
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, left, right):
        score = (self.a(left) * self.b(right)).sum(-1) * self.scale
        return score.sigmoid_()


torch.manual_seed(0)
left, right = torch.randn(150, 6), torch.randn(150, 6)
same = ((left * right).sum(1) > 0).float()
model = Matcher()
loss_fn = nn.BCEWithLogitsLoss() if same.dim() == 1 else nn.MultiLabelSoftMarginLoss()
opt = torch.optim.AdamW(model.parameters(), lr=5e-3)
for step in range(30):
    rows = torch.randint(0, 150, (50,))
    pred = model(left[rows], right[rows])
    loss = loss_fn(pred, same[rows])  # expect: TCK104 runtime
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
