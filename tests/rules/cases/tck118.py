"""TCK118 reduction-mismatch."""

BAD = {
    "an averaged reconstruction": """
import torch
import torch.nn.functional as F
def loss_function(recon_x, x, mu, logvar):
    mse = F.mse_loss(recon_x, x)
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return mse + kld  # <-
""",
    "an averaged divergence": """
import torch
import torch.nn.functional as F
def loss_function(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x, x, reduction="sum")
    KLD = -0.5 * torch.mean(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD  # <-
""",
    "in the other order": """
import torch
import torch.nn.functional as F
def vae_loss(recon, x, mu, log_var):
    kl = -0.5 * (1 + log_var - mu ** 2 - torch.exp(log_var)).sum()
    rec = F.binary_cross_entropy_with_logits(recon, x, reduction="mean")
    loss = kl + rec  # <-
    return loss
""",
    "a criterion": """
import torch
from torch import nn
class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.criterion = nn.MSELoss()
    def loss(self, recon, x, mu, logvar):
        kld = 0.5 * torch.sum(logvar.exp() + mu.pow(2) - 1 - logvar)
        return self.criterion(recon, x) + kld  # <-
""",
    "an old option": """
import torch
from torch import nn
criterion = nn.BCELoss(size_average=False)
for x in loader:
    recon, mu, logvar = model(x)
    kld = (-0.5 * (1 + logvar - mu.pow(2) - logvar.exp())).mean()
    loss = criterion(recon, x) + kld  # <-
""",
    "in one expression": """
import torch
import torch.nn.functional as F
def loss(recon, x, mu, logvar):
    return F.mse_loss(recon, x, reduction="mean") + -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())  # <-
""",
    "standard deviations": """
import torch
import torch.nn.functional as F
def loss(recon, x, mu, sigma):
    kl = torch.sum(sigma.pow(2).log().exp() + mu.pow(2) - sigma.log() - 0.5)
    return F.l1_loss(recon, x) + kl  # <-
""",
    "a torch.distributions divergence": """
import torch
import torch.nn.functional as F
from torch.distributions import kl_divergence
def loss(recon, x, posterior, prior):
    kl = kl_divergence(posterior, prior).sum()
    return F.mse_loss(recon, x) + kl  # <-
""",
}

GOOD = {
    "both summed": """
import torch
import torch.nn.functional as F
def loss_function(recon_x, x, mu, logvar):
    bce = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return bce + kld
""",
    "both averaged": """
import torch
import torch.nn.functional as F
def loss_function(recon_x, x, mu, logvar):
    mse = F.mse_loss(recon_x, x)
    kld = -0.5 * torch.mean(1 + logvar - mu.pow(2) - logvar.exp())
    return mse + kld
""",
    "a weight that the user chose": """
import torch
import torch.nn.functional as F
def loss_function(recon_x, x, mu, logvar, beta):
    mse = F.mse_loss(recon_x, x)
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return mse + beta * kld
""",
    "a small weight": """
import torch
import torch.nn.functional as F
def loss_function(recon_x, x, mu, logvar):
    mse = F.mse_loss(recon_x, x)
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return mse + 0.00025 * kld
""",
    "divided by the number of values": """
import torch
import torch.nn.functional as F
def loss_function(recon_x, x, mu, logvar):
    bce = F.binary_cross_entropy(recon_x, x)
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    kld /= x.size(0) * 784
    return bce + kld
""",
    "summed over the latent axis": """
import torch
import torch.nn.functional as F
def loss_function(recon_x, x, mu, logvar):
    rec = F.mse_loss(recon_x, x, reduction="none").sum(dim=1).mean()
    kld = torch.mean(-0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1))
    return rec + kld
""",
    "each divided by the batch": """
import torch
import torch.nn.functional as F
def loss_function(recon_x, x, mu, logvar):
    rec = F.mse_loss(recon_x, x, reduction="sum") / x.size(0)
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp()) / x.size(0)
    return rec + kld
""",
    "a penalty on the weights": """
import torch
import torch.nn.functional as F
def loss(model, x, y, weight):
    penalty = 0.01 * torch.sum(weight.pow(2))
    return F.mse_loss(model(x), y) + penalty
""",
    "a reduction that the caller chooses": """
import torch
import torch.nn.functional as F
def loss(recon, x, mu, logvar, reduction):
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return F.mse_loss(recon, x, reduction=reduction) + kld
""",
}
