"""Right: triplet and margin losses on embeddings, hinge by relu on distances: relu is the loss, not an activation."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
centres = torch.randn(6, 8)
embed = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 8))
criterion = nn.TripletMarginLoss(margin=1.0)
opt = torch.optim.Adam(embed.parameters(), lr=2e-3)
for step in range(30):
    label = torch.randint(0, 6, (40,))
    other = (label + torch.randint(1, 6, (40,))) % 6
    anchor, positive, negative = (embed(centres[i] + 0.2 * torch.randn(40, 8)) for i in (label, label, other))
    loss = criterion(anchor, positive, negative)
    by_hand = F.relu((anchor - positive).pow(2).sum(1) - (anchor - negative).pow(2).sum(1) + 1.0).mean()
    opt.zero_grad()
    (loss + 0.1 * by_hand).backward()
    opt.step()
print(loss.item())
