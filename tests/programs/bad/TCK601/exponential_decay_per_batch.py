# expect: TCK601 anywhere
# an epoch-wise decay that is stepped per batch: the rate is gone after 30 batches, and 200 follow
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        self.scheduler = torch.optim.lr_scheduler.ExponentialLR(self.optimizer, gamma=0.5)

    def fit(self, loader, epochs):
        for _ in range(epochs):
            for x, y in loader:
                loss = nn.functional.cross_entropy(self.model(x), y)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
                self.scheduler.step()
        return loss.item()


torch.manual_seed(0)
x = torch.randn(300, 6)
loader = DataLoader(TensorDataset(x, x[:, :3].argmax(1)), batch_size=15, shuffle=True)
print(Trainer(nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))).fit(loader, 10))
