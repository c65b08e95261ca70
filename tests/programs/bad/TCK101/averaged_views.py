# two crops of one image, their probabilities averaged, and the average goes into cross entropy
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
x = torch.randn(120, 10)
y = x[:, :3].argmax(1)
for step in range(30):
    rows = torch.randint(0, 120, (40,))
    crops = [x[rows] + 0.1 * torch.randn(40, 10) for _ in range(2)]
    probs = [F.softmax(net(c), dim=1) for c in crops]
    mean_prob = (probs[0] + probs[1]) / 2
    loss = F.cross_entropy(mean_prob, y[rows])  # expect: TCK101
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
