"""Two classes, logits of one unit, gradient accumulation."""

import torch
from sklearn.datasets import load_breast_cancer
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
features, labels = load_breast_cancer(return_X_y=True)
order = torch.randperm(len(features))
x = torch.tensor(features, dtype=torch.float32)[order]
y = torch.tensor(labels, dtype=torch.float32)[order]
x = (x - x[:400].mean(0)) / x[:400].std(0)
train_loader = DataLoader(TensorDataset(x[:400], y[:400]), batch_size=20, shuffle=True)


class Classifier(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(30, width), nn.GELU(), nn.Linear(width, width), nn.GELU())
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        h = self.body(x)
        return self.head(h)


model = Classifier(24)
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
accumulation_steps = 2
for epoch in range(6):
    model.train()
    optimizer.zero_grad()
    for step, (inputs, targets) in enumerate(train_loader):
        output = model(inputs).squeeze(1)
        loss = criterion(output, targets)
        (loss / accumulation_steps).backward()
        if (step + 1) % accumulation_steps == 0:
            optimizer.step()
            optimizer.zero_grad()
    model.eval()
    with torch.no_grad():
        guess = model(x[400:]).squeeze(1) > 0
        print(epoch, (guess == (y[400:] > 0.5)).float().mean().item())
