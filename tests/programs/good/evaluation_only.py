"""Right: an evaluation script: loads a model, computes losses and probabilities, trains nothing."""
import io

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(7, 20), nn.ReLU(), nn.Dropout(0.5), nn.Linear(20, 3))
buffer = io.BytesIO()
torch.save(net.state_dict(), buffer)
buffer.seek(0)
net.load_state_dict(torch.load(buffer, weights_only=True))
net.eval()
x, y = torch.randn(90, 7), torch.randint(0, 3, (90,))
total, correct = 0.0, 0
with torch.inference_mode():
    for xb, yb in zip(x.split(30), y.split(30)):
        logits = net(xb)
        probs = F.softmax(logits, dim=1)
        total += F.cross_entropy(logits, yb, reduction="sum").item()
        correct += (probs.argmax(1) == yb).sum().item()
print(total / 90, correct / 90)
