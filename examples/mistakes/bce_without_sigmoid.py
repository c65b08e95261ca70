"""BCELoss wants probabilities and gets logits: torch stops here; had they stayed within [0, 1], nobody would know."""

import torch
from sklearn.datasets import load_breast_cancer
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset


class TumourNet(nn.Module):
    def __init__(self, features: int, hidden: int = 16) -> None:
        super().__init__()
        self.hidden = nn.Linear(features, hidden)
        self.relu = nn.ReLU()
        self.out = nn.Linear(hidden, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(self.relu(self.hidden(x))).squeeze(-1)


torch.manual_seed(0)
features, benign = load_breast_cancer(return_X_y=True)
features = torch.tensor(features, dtype=torch.float32)
dataset = TensorDataset((features - features.mean(0)) / features.std(0), torch.tensor(benign).float())
loader = DataLoader(dataset, batch_size=32, shuffle=True)

net = TumourNet(features.shape[1])
loss_fn = nn.BCELoss()
opt = optim.Adam(net.parameters(), lr=1e-3)

for epoch in range(5):
    for x, target in loader:
        opt.zero_grad()
        loss = loss_fn(net(x), target)
        loss.backward()
        opt.step()
    print(f"epoch {epoch}: {loss.item():.3f}")
