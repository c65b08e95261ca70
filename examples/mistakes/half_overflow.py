"""Energies in raw units pass 65504, the largest float16: the cast makes them infinite, and the first step NaN."""

import torch
from sklearn.datasets import load_sample_image
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset


class LocalEnergy(Dataset):
    """How bright the parts of a 16x16 patch are, in half precision to save memory. Label: which photo it is from."""

    def __init__(self, photos: list[str]) -> None:
        features = [self.energies(photo) for photo in photos]
        self.features = torch.cat(features)
        self.labels = torch.cat([torch.full((len(f),), i) for i, f in enumerate(features)])

    @staticmethod
    def energies(photo: str) -> Tensor:
        pixels = torch.from_numpy(load_sample_image(photo).copy()).permute(2, 0, 1).float()
        energy = F.avg_pool2d(pixels**2, kernel_size=4, divisor_override=1)  # sum of squares of 4x4 pixels
        return energy.unfold(1, 4, 4).unfold(2, 4, 4).permute(1, 2, 0, 3, 4).flatten(2).flatten(0, 1).half()

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        return self.features[index], self.labels[index]


if __name__ == "__main__":
    torch.manual_seed(0)
    loader = DataLoader(LocalEnergy(["china.jpg", "flower.jpg"]), batch_size=64, shuffle=True)
    model = nn.Sequential(
        nn.Linear(3 * 4 * 4, 32, bias=False),
        nn.BatchNorm1d(32),  # takes out the scale of the input, but not its infinities
        nn.ReLU(),
        nn.Linear(32, 2),
    ).half()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(1, 4):
        for features, labels in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(features).float(), labels)
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch}: last loss {loss.item():.3f}")
