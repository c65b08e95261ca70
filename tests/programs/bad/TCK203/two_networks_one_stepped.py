# encoder and decoder have an optimizer each; only the decoder's is stepped
import torch
from torch import nn

torch.manual_seed(0)
encoder, decoder = nn.Linear(8, 3), nn.Linear(3, 8)
enc_opt = torch.optim.Adam(encoder.parameters(), lr=5e-3)
dec_opt = torch.optim.Adam(decoder.parameters(), lr=5e-3)
x = torch.randn(160, 8)
for epoch in range(4):
    for rows in torch.randperm(160).split(40):
        enc_opt.zero_grad()
        dec_opt.zero_grad()
        loss = nn.functional.mse_loss(decoder(encoder(x[rows]).relu()), x[rows])
        loss.backward()  # expect: TCK203
        dec_opt.step()
print(loss.item())
