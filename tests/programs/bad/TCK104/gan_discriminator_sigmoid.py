import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--n_iters", type=int, default=12)
parser.add_argument("--latent_dim", type=int, default=4)
opt = parser.parse_args()

torch.manual_seed(0)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1), nn.Sigmoid())

    def forward(self, img):
        return self.model(img)


generator = nn.Sequential(nn.Linear(opt.latent_dim, 32), nn.ReLU(), nn.Linear(32, 2))
discriminator = Discriminator()
adversarial_loss = nn.BCEWithLogitsLoss()
optimizer_G = torch.optim.Adam(generator.parameters(), lr=2e-4)
optimizer_D = torch.optim.Adam(discriminator.parameters(), lr=2e-4)
valid, fake = torch.ones(64, 1), torch.zeros(64, 1)

for it in range(opt.n_iters):
    real = torch.randn(64, 2) * 0.5 + 1.0

    optimizer_G.zero_grad()
    gen = generator(torch.randn(64, opt.latent_dim))
    g_loss = adversarial_loss(discriminator(gen), valid)  # expect: TCK104
    g_loss.backward()
    optimizer_G.step()

    optimizer_D.zero_grad()
    real_loss = adversarial_loss(discriminator(real), valid)  # expect: TCK104
    fake_loss = adversarial_loss(discriminator(gen.detach()), fake)  # expect: TCK104
    d_loss = (real_loss + fake_loss) / 2
    d_loss.backward()
    optimizer_D.step()
print(d_loss.item(), g_loss.item())
