# auxiliary classifier GAN: the auxiliary head is a softmax, the criterion NLL
import torch
import torch.nn as nn


class _netG(nn.Module):
    def __init__(self, nz=8):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(nz, 32), nn.ReLU(True), nn.Linear(32, 16), nn.Tanh())

    def forward(self, z):
        return self.main(z)


class _netD(nn.Module):
    def __init__(self, num_classes=3):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(16, 32), nn.LeakyReLU(0.2))
        self.fc_dis = nn.Linear(32, 1)
        self.fc_aux = nn.Linear(32, num_classes)
        self.softmax = nn.Softmax(dim=1)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x):
        h = self.body(x)
        classes = self.softmax(self.fc_aux(h))
        realfake = self.sigmoid(self.fc_dis(h)).view(-1)
        return realfake, classes


torch.manual_seed(0)
netG, netD = _netG(), _netD()
dis_criterion = nn.BCELoss()
aux_criterion = nn.NLLLoss()
optimizerD = torch.optim.Adam(netD.parameters(), lr=2e-4, betas=(0.5, 0.999))
optimizerG = torch.optim.Adam(netG.parameters(), lr=2e-4, betas=(0.5, 0.999))
means = torch.randn(3, 16).tanh()
for i in range(10):
    label = torch.randint(0, 3, (24,))
    real = (means[label] + 0.1 * torch.randn(24, 16)).clamp(-1, 1)
    netD.zero_grad()
    dis_output, aux_output = netD(real)
    errD_real = dis_criterion(dis_output, torch.ones(24)) + aux_criterion(aux_output, label)  # expect: TCK103
    errD_real.backward()
    fake = netG(torch.randn(24, 8))
    dis_output, _ = netD(fake.detach())
    errD_fake = dis_criterion(dis_output, torch.zeros(24))
    errD_fake.backward()
    optimizerD.step()
    netG.zero_grad()
    dis_output, _ = netD(fake)
    errG = dis_criterion(dis_output, torch.ones(24))
    errG.backward()
    optimizerG.step()
print(errD_real.item(), errG.item())
