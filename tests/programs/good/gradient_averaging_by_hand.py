"""Right: data-parallel training by hand: replicas' gradients are summed into the master, which steps and clears all."""
import copy

import torch
from torch import nn

torch.manual_seed(0)
master = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
workers = [copy.deepcopy(master) for _ in range(3)]
optimizer = torch.optim.SGD(master.parameters(), lr=0.1, momentum=0.9)
x = torch.randn(180, 6)
y = x[:, :3].argmax(1)
for step in range(25):
    rows = torch.randint(0, 180, (60,))
    for worker, part in zip(workers, rows.chunk(3)):
        worker.zero_grad()
        loss = nn.functional.cross_entropy(worker(x[part]), y[part])
        loss.backward()
    for p, *replicas in zip(master.parameters(), *(w.parameters() for w in workers)):
        p.grad = torch.stack([r.grad for r in replicas]).mean(0)
    optimizer.step()
    for worker in workers:
        worker.load_state_dict(master.state_dict())
print(loss.item())
