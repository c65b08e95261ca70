"""Right: complex weights and FFTs in a Fourier layer; dtypes change inside on purpose."""
import torch
from torch import nn


class SpectralConv1d(nn.Module):
    def __init__(self, ch, modes):
        super().__init__()
        self.modes = modes
        self.weights = nn.Parameter(torch.randn(ch, ch, modes, dtype=torch.cfloat) / ch)

    def forward(self, x):
        ft = torch.fft.rfft(x)
        out = torch.zeros_like(ft)
        out[:, :, : self.modes] = torch.einsum("bix,iox->box", ft[:, :, : self.modes], self.weights)
        return torch.fft.irfft(out, n=x.size(-1))


class FNO(nn.Module):
    def __init__(self, width=8, modes=6):
        super().__init__()
        self.lift, self.project = nn.Conv1d(1, width, 1), nn.Conv1d(width, 1, 1)
        self.spec, self.skip = SpectralConv1d(width, modes), nn.Conv1d(width, width, 1)

    def forward(self, x):
        x = self.lift(x)
        return self.project(nn.functional.gelu(self.spec(x) + self.skip(x)))


torch.manual_seed(0)
x = torch.randn(64, 1, 8).repeat_interleave(4, dim=2)
y = x.cumsum(-1) / 16
model = FNO()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(25):
    rows = torch.randint(0, 64, (16,))
    loss = nn.functional.mse_loss(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
