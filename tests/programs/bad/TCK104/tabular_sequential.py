# %% [markdown]
# Breast cancer baseline (exported from a notebook)
# In[1]:
import torch
import torch.nn as nn
from sklearn.datasets import load_breast_cancer
from torch.utils.data import DataLoader, TensorDataset

# In[2]:
torch.manual_seed(2020)
X, y = load_breast_cancer(return_X_y=True)
X = torch.FloatTensor((X - X.mean(0)) / X.std(0))
y = torch.FloatTensor(y).unsqueeze(1)
train_dl = DataLoader(TensorDataset(X, y), batch_size=64, shuffle=True)

# In[3]:
model = nn.Sequential(
    nn.Linear(30, 16),
    nn.ReLU(),
    nn.Dropout(0.2),
    nn.Linear(16, 1),
    nn.Sigmoid(),
)
loss_func = nn.BCEWithLogitsLoss()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)

# In[4]:
for epoch in range(3):
    model.train()
    for xb, yb in train_dl:
        pred = model(xb)
        loss = loss_func(pred, yb)  # expect: TCK104
        loss.backward()
        opt.step()
        opt.zero_grad()
    print(epoch, loss.item())
