"""Right: a pix2pix-like model class with its own optimize_parameters; D is cleared before its backward, G likewise."""
import torch
from pix2pix import Pix2Pix

torch.manual_seed(0)
model = Pix2Pix()
for step in range(15):
    a = torch.randn(24, 4)
    model.set_input({"A": a, "B": torch.tanh(a[:, :2])})
    model.optimize_parameters()
print(model.loss_D.item(), model.loss_G.item())
