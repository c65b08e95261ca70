# crashes
# expect: TCK401 anywhere
import torch
from data import Windows
from model import Forecaster
from torch.utils.data import DataLoader

torch.manual_seed(0)
loader = DataLoader(Windows(), batch_size=8, shuffle=True)
model = Forecaster()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(2):
    for past, future in loader:
        opt.zero_grad()
        loss = torch.nn.functional.mse_loss(model(past), future)
        loss.backward()
        opt.step()
