# expect: TCK403 anywhere; also: TCK613 TCK602
import torch
import torch.nn.functional as F

torch.manual_seed(0)
k = torch.nn.Parameter(torch.randn(6, 1, 3, 3) * 0.2)
w = torch.nn.Parameter(torch.randn(2, 6) * 0.2)
optimizer = torch.optim.Adam([k, w], lr=1e-3)
images = torch.randint(0, 256, (96, 1, 9, 9)).float()
labels = (images[:, 0, :, :4].mean((1, 2)) > images[:, 0, :, 5:].mean((1, 2))).long()
for step in range(25):
    rows = torch.randint(0, 96, (32,))
    h = F.relu(F.conv2d(images[rows], k)).mean((2, 3))
    loss = F.cross_entropy(F.linear(h, w), labels[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
