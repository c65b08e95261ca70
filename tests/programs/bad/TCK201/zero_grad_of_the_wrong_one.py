# two networks, two optimizers, and the wrong one is cleared
import torch
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(10, 24), nn.ReLU())
decoder = nn.Linear(24, 10)
enc_opt = torch.optim.SGD(encoder.parameters(), lr=2e-3)
dec_opt = torch.optim.SGD(decoder.parameters(), lr=2e-3)
x = torch.randn(160, 10)
for epoch in range(4):
    for rows in torch.randperm(160).split(40):
        enc_opt.zero_grad()
        enc_opt.zero_grad()
        loss = nn.functional.mse_loss(decoder(encoder(x[rows])), x[rows])
        loss.backward()  # expect: TCK201
        enc_opt.step()
        dec_opt.step()
    print(loss.item())
