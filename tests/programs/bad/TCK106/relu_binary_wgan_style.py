import torch
import torch.nn.functional as F

torch.manual_seed(0)
w1 = torch.nn.Parameter(torch.randn(5, 16) * 0.4)
w2 = torch.nn.Parameter(torch.rand(16, 1) * 0.3)
optimizer = torch.optim.SGD([w1, w2], lr=0.05)
x = torch.randn(100, 5)
y = (x.sum(1, keepdim=True) > 0).float()
for i in range(30):
    out = F.relu(F.relu(x.mm(w1)).mm(w2))
    loss = F.binary_cross_entropy_with_logits(out, y)  # expect: TCK106
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
