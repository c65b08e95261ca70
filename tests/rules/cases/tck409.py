"""TCK409 numpy-random-in-workers."""

_SET = """
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

class Noisy(Dataset):
    def __init__(self, xs):
        self.xs = xs
        {made}
    def __len__(self):
        return len(self.xs)
    def __getitem__(self, i):
        {used}

loader = DataLoader(Noisy(torch.zeros(8)), batch_size=2, num_workers=2{more})
"""


def _set(made: str, used: str, more: str = "") -> str:
    return _SET.format(made=made, used=used, more=more)


_WORKER = """
import random
import numpy as np
import torch
from torch.utils.data import DataLoader

def worker_init_fn(worker_id):
    {seed}

loader = DataLoader(dataset, num_workers=4, worker_init_fn=worker_init_fn)
"""

BAD = {
    "a generator made in the constructor": _set(
        "self.rng = np.random.default_rng(0)", "return self.xs[i] + self.rng.normal()  # <-"
    ),
    "an old generator": _set("self.random = np.random.RandomState(1)", "return self.xs[i] + self.random.randn()  # <-"),
    "a generator of Python": "import random\n"
    + _set("self.rng = random.Random(3)", "return self.xs[i] if self.rng.random() < 0.5 else 0  # <-"),
    "a torch generator": _set(
        "self.g = torch.Generator()", "return self.xs[i] + torch.randn(1, generator=self.g)  # <-"
    ),
    "workers seeded alike": _WORKER.format(seed="np.random.seed(42)  # <-"),
    "workers seeded alike, in Python": _WORKER.format(seed="random.seed(0)  # <-"),
    "workers seeded alike, in torch": _WORKER.format(seed="torch.manual_seed(0)  # <-"),
    "in a lambda": "import numpy as np\nfrom torch.utils.data import DataLoader\n"
    "loader = DataLoader(data, num_workers=2, worker_init_fn=lambda _: np.random.seed(1))  # <-\n",
}

GOOD = {
    "numpy's own generator, which torch seeds in each worker": _set("", "return self.xs[i] + np.random.randn()"),
    "no workers": _set("self.rng = np.random.default_rng(0)", "return self.xs[i] + self.rng.normal()").replace(
        "num_workers=2", "num_workers=0"
    ),
    "seeded by the worker": _set(
        "self.rng = np.random.default_rng(0)",
        "return self.xs[i] + self.rng.normal()",
        ", worker_init_fn=seed_worker",
    ),
    "a generator for each item": _set("", "return self.xs[i] + np.random.default_rng(i).normal()"),
    "used in the constructor only": _set(
        "self.rng = np.random.default_rng(0); self.order = self.rng.permutation(8)", "return self.xs[self.order[i]]"
    ),
    "made in the worker": _set(
        "self.rng = np.random.default_rng(0)",
        "info = torch.utils.data.get_worker_info(); self.rng = np.random.default_rng(info.seed)\n"
        "        return self.xs[i] + self.rng.normal()",
    ),
    "workers seeded by their number": _WORKER.format(seed="np.random.seed(42 + worker_id)"),
    "workers seeded by torch": _WORKER.format(seed="np.random.seed(torch.initial_seed() % 2**32)"),
    "a seed of the program": "import numpy as np\nfrom torch.utils.data import DataLoader\nnp.random.seed(0)\n"
    "loader = DataLoader(data, num_workers=2)\n",
}
