"""Right: the matcher's cost uses softmax under no_grad, the loss the raw class logits; boxes are sigmoids for L1."""
import torch
import torch.nn.functional as F
from scipy.optimize import linear_sum_assignment
from torch import nn


class DETR(nn.Module):
    def __init__(self, queries=4, classes=3, dim=24):
        super().__init__()
        self.query = nn.Embedding(queries, dim)
        self.inp = nn.Linear(6, dim)
        self.attn = nn.MultiheadAttention(dim, 2, batch_first=True)
        self.class_embed, self.bbox_embed = nn.Linear(dim, classes + 1), nn.Linear(dim, 4)

    def forward(self, x):
        mem = self.inp(x)
        q = self.query.weight.unsqueeze(0).expand(x.size(0), -1, -1)
        h = q + self.attn(q, mem, mem)[0]
        return {"pred_logits": self.class_embed(h), "pred_boxes": self.bbox_embed(h).sigmoid()}


@torch.no_grad()
def match(out, targets):
    prob = out["pred_logits"].softmax(-1)
    pairs = []
    for i, t in enumerate(targets):
        cost = -prob[i][:, t["labels"]] + torch.cdist(out["pred_boxes"][i], t["boxes"], p=1)
        pairs.append([torch.as_tensor(v) for v in linear_sum_assignment(cost)])
    return pairs


torch.manual_seed(0)
model = DETR()
weight = torch.tensor([1.0, 1.0, 1.0, 0.1])
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
for step in range(15):
    x = torch.rand(8, 5, 6)
    targets = [{"labels": s[:2, 4:].argmax(1), "boxes": s[:2, :4]} for s in x]
    out = model(x)
    classes, loss_box = torch.full((8, 4), 3), 0.0
    for i, (src, dst) in enumerate(match(out, targets)):
        classes[i, src] = targets[i]["labels"][dst]
        loss_box = loss_box + F.l1_loss(out["pred_boxes"][i, src], targets[i]["boxes"][dst])
    loss = F.cross_entropy(out["pred_logits"].transpose(1, 2), classes, weight) + 5 * loss_box / 8
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
