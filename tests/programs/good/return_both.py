"""Right: forward returns logits and probabilities; the loss takes the logits, the metric the probabilities."""
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(5, 16), nn.ReLU())
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        logits = self.head(self.body(x))
        return logits, F.softmax(logits, dim=1)

    def predict(self, x):
        return self(x)[1].argmax(1)


torch.manual_seed(0)
x = torch.randn(120, 5)
y = x[:, :3].argmax(1)
net = Net()
criterion = nn.CrossEntropyLoss()
opt = torch.optim.SGD(net.parameters(), lr=0.2)
for step in range(30):
    logits, probs = net(x)
    loss = criterion(logits, y)
    accuracy = (probs.argmax(1) == y).float().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item(), accuracy.item(), net.predict(x[:2]))
