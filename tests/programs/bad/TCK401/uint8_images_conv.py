# crashes
# expect: TCK401 anywhere
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(3, 6, 5)
        self.c2 = nn.Conv2d(6, 16, 3)
        self.fc = nn.Linear(16 * 4, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.c1(x)), 2)
        x = F.max_pool2d(F.relu(self.c2(x)), 2)
        return self.fc(x.flatten(1))


torch.manual_seed(0)
images = torch.randint(0, 256, (64, 3, 16, 16), dtype=torch.uint8)
labels = torch.randint(0, 10, (64,))
loader = DataLoader(TensorDataset(images, labels), batch_size=16, shuffle=True)
model = LeNet()
opt = torch.optim.Adam(model.parameters())
for img, lab in loader:
    opt.zero_grad()
    loss = F.cross_entropy(model(img), lab)
    loss.backward()
    opt.step()
