# crashes
import torch
import torch.nn as nn
from sklearn.datasets import make_classification

torch.manual_seed(0)
X, y = make_classification(n_samples=200, n_features=10, random_state=0)
X = torch.from_numpy(X).float()
y = torch.from_numpy(y).float().view(-1, 1)


class BinaryClassification(nn.Module):
    def __init__(self):
        super(BinaryClassification, self).__init__()
        self.layer_1 = nn.Linear(10, 32)
        self.layer_out = nn.Linear(32, 1)
        self.relu = nn.ReLU()
        self.batchnorm1 = nn.BatchNorm1d(32)

    def forward(self, inputs):
        x = self.relu(self.layer_1(inputs))
        x = self.batchnorm1(x)
        x = self.layer_out(x)
        return x


model = BinaryClassification()
criterion = nn.BCELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
model.train()
for e in range(1, 5):
    optimizer.zero_grad()
    y_pred = model(X)
    loss = criterion(y_pred, y)  # expect: TCK105
    loss.backward()
    optimizer.step()
