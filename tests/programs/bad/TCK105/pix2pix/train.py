# crashes
import torch
from networks import GANLoss, PatchDiscriminator

torch.manual_seed(0)
netD = PatchDiscriminator(3)
criterionGAN = GANLoss(use_lsgan=False)
optimizer_D = torch.optim.Adam(netD.parameters(), lr=2e-4, betas=(0.5, 0.999))
real, fake = torch.randn(4, 3, 16, 16), torch.randn(4, 3, 16, 16)
for i in range(3):
    optimizer_D.zero_grad()
    loss_D_fake = criterionGAN(netD(fake), False)
    loss_D_real = criterionGAN(netD(real), True)
    loss_D = (loss_D_fake + loss_D_real) * 0.5
    loss_D.backward()
    optimizer_D.step()
