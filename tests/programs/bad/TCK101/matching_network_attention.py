# one-shot: attention over support labels gives class probabilities, and those go into cross entropy
import torch
import torch.nn as nn
import torch.nn.functional as F


class Embedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 16))

    def forward(self, x):
        return F.normalize(self.net(x), dim=-1)


torch.manual_seed(0)
centres = torch.randn(5, 16)
embed = Embedder()
opt = torch.optim.Adam(embed.parameters(), lr=1e-3)
loss_fn = nn.CrossEntropyLoss()
for episode in range(25):
    support = centres + 0.3 * torch.randn(5, 16)
    query_y = torch.randint(0, 5, (20,))
    query = centres[query_y] + 0.3 * torch.randn(20, 16)
    similarity = embed(query) @ embed(support).t()
    class_probs = torch.softmax(similarity * 5.0, dim=1)
    loss = loss_fn(class_probs, query_y)  # expect: TCK101
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss:", loss.item())
