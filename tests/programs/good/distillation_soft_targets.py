"""Right: softmax is on the target side only: cross entropy with soft labels by a frozen teacher's probabilities."""
import torch
from torch import nn

torch.manual_seed(0)
teacher = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 4), nn.Softmax(dim=-1))
teacher.requires_grad_(False).eval()
student = nn.Linear(5, 4)
criterion = nn.CrossEntropyLoss()
opt = torch.optim.SGD(student.parameters(), lr=0.2)
x = torch.randn(150, 5)
for _ in range(30):
    opt.zero_grad()
    soft_targets = teacher(x)
    loss = criterion(student(x), soft_targets)
    loss.backward()
    opt.step()
print(loss.item())
