# expect: TCK403 anywhere; also: TCK613
import torch
from model import VelocityNet
from pipeline import batches

torch.manual_seed(0)
model = VelocityNet()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for x, y in batches(n=20, size=32):
    loss = torch.nn.functional.mse_loss(model(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
