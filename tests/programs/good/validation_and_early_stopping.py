"""Right: training and validation alternate; eval mode and no_grad in validation, best weights deep-copied."""
import copy

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(300, 8)
y = x[:, :3].argmax(1)
train_loader = DataLoader(TensorDataset(x[:240], y[:240]), batch_size=40, shuffle=True)
val_loader = DataLoader(TensorDataset(x[240:], y[240:]), batch_size=60)
model = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 3))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="max", patience=1)
best_acc, best = 0.0, copy.deepcopy(model.state_dict())
for epoch in range(5):
    for phase, loader in (("train", train_loader), ("val", val_loader)):
        model.train(phase == "train")
        correct = 0
        for xb, yb in loader:
            optimizer.zero_grad()
            with torch.set_grad_enabled(phase == "train"):
                outputs = model(xb)
                loss = criterion(outputs, yb)
                if phase == "train":
                    loss.backward()
                    optimizer.step()
            correct += (outputs.argmax(1) == yb).sum().item()
        if phase == "val":
            acc = correct / 60
            scheduler.step(acc)
            if acc > best_acc:
                best_acc, best = acc, copy.deepcopy(model.state_dict())
model.load_state_dict(best)
print(best_acc)
