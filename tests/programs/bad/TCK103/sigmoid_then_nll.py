import torch
from torch import nn, optim

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3), nn.Sigmoid())
loss = nn.NLLLoss()
optimizer = optim.SGD(model.parameters(), lr=0.05)
inputs = torch.randn(64, 8)
targets = inputs[:, :3].argmax(1)
for epoch in range(20):
    optimizer.zero_grad()
    outputs = model(inputs)
    error = loss(outputs, targets)  # expect: TCK103
    error.backward()
    optimizer.step()
print(error.item())
