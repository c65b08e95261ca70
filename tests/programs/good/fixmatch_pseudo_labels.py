"""Right: semi-supervised: softmax of detached weak logits makes pseudo-labels and a mask; losses take logits."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
labelled, pool = torch.randn(30, 6), torch.randn(300, 6)
targets_x = labelled[:, :3].argmax(1)
for step in range(40):
    u = pool[torch.randint(0, 300, (60,))]
    inputs = torch.cat((labelled, u + 0.05 * torch.randn_like(u), u + 0.3 * torch.randn_like(u)))
    logits = model(inputs)
    logits_x = logits[:30]
    logits_u_w, logits_u_s = logits[30:].chunk(2)
    Lx = F.cross_entropy(logits_x, targets_x, reduction="mean")
    pseudo_label = torch.softmax(logits_u_w.detach(), dim=-1)
    max_probs, targets_u = torch.max(pseudo_label, dim=-1)
    mask = max_probs.ge(0.8).float()
    Lu = (F.cross_entropy(logits_u_s, targets_u, reduction="none") * mask).mean()
    loss = Lx + Lu
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
