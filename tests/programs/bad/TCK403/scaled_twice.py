# expect: TCK403 anywhere; also: TCK613
# the dataset divides by 255, and the training loop does so again
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Pictures(Dataset):
    def __init__(self):
        self.data = torch.randint(0, 256, (96, 1, 10, 10), dtype=torch.uint8)

    def __len__(self):
        return len(self.data)

    def __getitem__(self, i):
        image = self.data[i].float() / 255
        return image, int(image.mean() > 0.5)


torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 64, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(4):
    for image, label in DataLoader(Pictures(), batch_size=16, shuffle=True):
        image = image / 255.0
        loss = F.cross_entropy(net(image), label)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(loss.item())
