# expect: TCK404 anywhere; also: TCK403 TCK607
# depth in millimetres up to 100 m, halved in the data loader
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class DepthDataset(Dataset):
    def __init__(self):
        self.maps = torch.rand(32, 1, 8, 8) * 100_000

    def __len__(self):
        return 32

    def __getitem__(self, i):
        depth = self.maps[i]
        return depth.to(torch.float16), int(depth.mean() > 50_000)


torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 2)).half()
opt = torch.optim.SGD(model.parameters(), lr=1e-4)
for depth, far in DataLoader(DepthDataset(), batch_size=8, shuffle=True):
    loss = nn.functional.cross_entropy(model(depth).float(), far)
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(loss.item())
