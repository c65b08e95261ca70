import torch
import torch.nn as nn

torch.manual_seed(0)
w = nn.Linear(4, 3)
sgd = torch.optim.SGD(w.parameters(), lr=0.3)
x = torch.randn(90, 4)
t = x[:, 1:].argmax(1)
for i in range(30):
    sgd.zero_grad()
    nn.functional.cross_entropy(w(x).log_softmax(dim=1), t).backward()  # expect: TCK102
    sgd.step()
print((w(x).argmax(1) == t).float().mean().item())
