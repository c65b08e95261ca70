# crashes
# expect: TCK402 anywhere
import torch
from torch import nn

torch.manual_seed(0)
device = "meta"
model = nn.Linear(5, 3).to(device)
criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 0.5]))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(2):
    x, y = torch.randn(12, 5, device=device), torch.zeros(12, dtype=torch.long, device=device)
    loss = criterion(model(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
