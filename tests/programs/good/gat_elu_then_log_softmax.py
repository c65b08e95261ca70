"""Right: the original GAT ends in elu and then log_softmax for NLL; attention is a softmax over neighbours."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class GraphAttentionLayer(nn.Module):
    def __init__(self, cin, cout, concat=True):
        super().__init__()
        self.W = nn.Parameter(torch.empty(cin, cout))
        self.a = nn.Parameter(torch.empty(2 * cout, 1))
        nn.init.xavier_uniform_(self.W, gain=1.414)
        nn.init.xavier_uniform_(self.a, gain=1.414)
        self.concat, self.cout = concat, cout

    def forward(self, h, adj):
        Wh = h @ self.W
        e = F.leaky_relu(Wh @ self.a[: self.cout] + (Wh @ self.a[self.cout :]).T, 0.2)
        attention = torch.where(adj > 0, e, -9e15 * torch.ones_like(e))
        h_prime = F.softmax(attention, dim=1) @ Wh
        return F.elu(h_prime) if self.concat else h_prime


class GAT(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = GraphAttentionLayer(8, 16)
        self.out_att = GraphAttentionLayer(16, 3, concat=False)

    def forward(self, x, adj):
        x = self.first(x, adj)
        x = F.elu(self.out_att(x, adj))
        return F.log_softmax(x, dim=1)


torch.manual_seed(0)
labels = torch.arange(60) % 3
features = F.one_hot(labels, 8).float() + 0.5 * torch.randn(60, 8)
adj = ((labels[:, None] == labels[None]) & (torch.rand(60, 60) < 0.2)).float() + torch.eye(60)
model = GAT()
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3, weight_decay=5e-4)
for epoch in range(40):
    model.train()
    optimizer.zero_grad()
    output = model(features, adj)
    loss = F.nll_loss(output[:30], labels[:30])
    loss.backward()
    optimizer.step()
print(loss.item())
