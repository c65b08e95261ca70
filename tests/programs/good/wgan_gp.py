"""Right: a critic without sigmoid, a gradient penalty by autograd.grad with create_graph, five critic turns for one of G."""
import torch
from torch import autograd, nn, optim


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(2, 48), nn.LeakyReLU(0.2), nn.Linear(48, 1))

    def forward(self, x):
        return self.model(x)


def gradient_penalty(critic, real, fake):
    alpha = torch.rand(real.size(0), 1)
    mixed = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    scores = critic(mixed)
    gradients = autograd.grad(scores, mixed, torch.ones_like(scores), create_graph=True, retain_graph=True)[0]
    return ((gradients.norm(2, dim=1) - 1) ** 2).mean()


torch.manual_seed(0)
critic, generator = Critic(), nn.Sequential(nn.Linear(4, 48), nn.ReLU(), nn.Linear(48, 2))
opt_c = optim.Adam(critic.parameters(), lr=1e-3, betas=(0.5, 0.9))
opt_g = optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.9))
for i in range(40):
    real = torch.randn(32, 2) * 0.5 + 1
    opt_c.zero_grad()
    fake = generator(torch.randn(32, 4))
    d_loss = -critic(real).mean() + critic(fake.detach()).mean() + 10 * gradient_penalty(critic, real, fake.detach())
    d_loss.backward()
    opt_c.step()
    opt_g.zero_grad()
    if i % 5 == 0:
        g_loss = -critic(generator(torch.randn(32, 4))).mean()
        g_loss.backward()
        opt_g.step()
print(d_loss.item(), g_loss.item())
