"""Right: forward takes `apply_softmax=False`, `return_logits=True` or an activation that may be None."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class SurnameClassifier(nn.Module):
    def __init__(self, cin, hidden, cout):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(cin, hidden), nn.Linear(hidden, cout)

    def forward(self, x_in, apply_softmax=False):
        prediction_vector = self.fc2(F.relu(self.fc1(x_in)))
        if apply_softmax:
            prediction_vector = F.softmax(prediction_vector, dim=1)
        return prediction_vector


class Probabilistic(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 3)

    def forward(self, x, return_logits=False):
        logits = self.fc(x)
        return logits if return_logits else logits.softmax(dim=-1)


class Head(nn.Module):
    def __init__(self, activation=None):
        super().__init__()
        self.fc = nn.Linear(6, 3)
        self.activation = activation

    def forward(self, x):
        x = self.fc(x)
        return x if self.activation is None else self.activation(x)


torch.manual_seed(0)
x = torch.randn(90, 6)
y = x[:, :3].argmax(1)
a, b, c = SurnameClassifier(6, 20, 3), Probabilistic(), Head()
demo = Head(nn.Softmax(dim=1))
params = [*a.parameters(), *b.parameters(), *c.parameters()]
optimizer = torch.optim.Adam(params, lr=1e-2)
criterion = nn.CrossEntropyLoss()
for step in range(25):
    loss = criterion(a(x), y) + criterion(b(x, return_logits=True), y) + criterion(c(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    print(a(x, apply_softmax=True).amax(1).mean(), b(x).amax(1).mean(), demo(x).shape, loss.item())
