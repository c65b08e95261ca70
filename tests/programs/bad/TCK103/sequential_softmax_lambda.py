import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Flatten(), nn.Linear(36, 24), nn.ReLU(), nn.Linear(24, 6), nn.Softmax(dim=1))
criterion = nn.NLLLoss(reduction="mean")
step_loss = lambda batch: criterion(net(batch[0]), batch[1])  # noqa: E731  # expect: TCK103
optim = torch.optim.Adagrad(net.parameters(), lr=0.01)
imgs = torch.randn(72, 6, 6)
cls = imgs.mean(2).argmax(1)
for _ in range(8):
    for b in torch.randperm(72).chunk(3):
        optim.zero_grad()
        loss = step_loss((imgs[b], cls[b]))
        loss.backward()
        optim.step()
print(loss.item())
