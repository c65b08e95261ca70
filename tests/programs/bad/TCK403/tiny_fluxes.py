# expect: TCK403 anywhere; also: TCK601 TCK613
# fluxes in SI units, about 1e-6
import torch
from torch import nn

torch.manual_seed(0)
flux = torch.rand(150, 6) * 1e-6
label = flux[:, :3].argmax(1)
clf = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
opt = torch.optim.SGD(clf.parameters(), lr=0.1)
for epoch in range(4):
    for rows in torch.randperm(150).split(30):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(clf(flux[rows]), label[rows])
        loss.backward()
        opt.step()
    print(loss.item())
