import numpy as np
from torch.utils.data import Dataset


class Windows(Dataset):
    """Windows over a sine; numpy makes float64 and the default collate keeps it."""

    def __init__(self):
        self.series = np.sin(np.linspace(0, 20, 200))

    def __len__(self):
        return 180

    def __getitem__(self, i):
        return self.series[i : i + 10, None], self.series[i + 10 : i + 11]
