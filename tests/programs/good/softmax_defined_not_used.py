"""Right: self.softmax exists for predict() only; forward returns logits, and helper names mislead on purpose."""
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(5, 3)
        self.softmax = nn.Softmax(dim=1)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x):
        return self.linear(x)

    @torch.no_grad()
    def predict(self, x):
        return self.softmax(self.forward(x))


def run_epoch(model, x, y, criterion, optimizer=None):
    training = optimizer is not None
    model.train(training)
    with torch.set_grad_enabled(training):
        probs = model(x)
        loss = criterion(probs, y)
    if training:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    output = torch.softmax(probs, dim=1)
    return loss.item(), (output.argmax(1) == y).float().mean().item()


torch.manual_seed(0)
model = Net()
x = torch.randn(120, 5)
y = x[:, :3].argmax(1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
for epoch in range(15):
    train = run_epoch(model, x[:90], y[:90], nn.CrossEntropyLoss(), optimizer)
    val = run_epoch(model, x[90:], y[90:], nn.CrossEntropyLoss())
print(train, val, model.predict(x[:2]))
