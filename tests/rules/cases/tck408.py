"""Spellings and near-misses of shared-subset-transform."""

_HEAD = """\
import copy
import torch
import torchvision.transforms as T
from torch.utils.data import DataLoader, Dataset, Subset, SubsetRandomSampler, random_split
from torchvision import datasets, transforms

train_tf = transforms.Compose([transforms.RandomResizedCrop(224), transforms.ToTensor()])
val_tf = transforms.Compose([transforms.Resize(224), transforms.ToTensor()])
"""
_DATASET = 'dataset = datasets.ImageFolder("data", transform=train_tf)'
_SPLIT = "train_set, val_set = random_split(dataset, [800, 200])"
_LOADERS = "train_loader = DataLoader(train_set, 32, shuffle=True)\nval_loader = DataLoader(val_set, 32)"


def _with(*lines: str) -> str:
    return _HEAD + "\n".join(lines) + "\n"


BAD = {
    "a random split": _with(_DATASET, f"{_SPLIT}  # <-", _LOADERS),
    "by position": _with('dataset = datasets.CIFAR10("data", True, train_tf)', f"{_SPLIT}  # <-", _LOADERS),
    "a part takes the name of the whole": _with(
        'train_data = datasets.ImageFolder("data", transform=train_tf)',
        "train_data, valid_data = random_split(train_data, [800, 200])  # <-",
        "valid_loader = DataLoader(valid_data)",
    ),
    "a data module": _with(
        "class Data:",
        "    def __init__(self):",
        "        self.augment = T.Compose([T.RandomHorizontalFlip(), T.ToTensor()])",
        "",
        "    def setup(self):",
        '        full = datasets.ImageFolder("data", transform=self.augment)',
        "        self.train_set, self.val_set = random_split(full, [800, 200])  # <-",
        "",
        "    def val_dataloader(self):",
        "        return DataLoader(self.val_set, batch_size=32)",
    ),
    "three parts": _with(
        _DATASET,
        "n = len(dataset)",
        "train_ds, val_ds, test_ds = torch.utils.data.random_split(  # <-",
        "    dataset, [n - 200, 100, 100], generator=torch.Generator().manual_seed(0)",
        ")",
        "train_dl = DataLoader(train_ds, shuffle=True)",
        "val_dl = DataLoader(val_ds)",
        "test_dl = DataLoader(test_ds)",
    ),
    "one transform alone": _with(
        'dataset = datasets.ImageFolder("data", transform=T.RandomCrop(32))', f"{_SPLIT}  # <-", _LOADERS
    ),
    "transforms in a dict": _with(
        'data_transforms = {"train": T.Compose([T.ColorJitter(0.2), T.ToTensor()]), "val": T.ToTensor()}',
        'dataset = datasets.ImageFolder("data", transform=data_transforms["train"])',
        f"{_SPLIT}  # <-",
        _LOADERS,
    ),
    "a list of transforms": _with(
        "steps = [T.RandAugment(), T.ToTensor()]",
        'dataset = datasets.ImageFolder("data", transform=T.Compose(steps))',
        f"{_SPLIT}  # <-",
        _LOADERS,
    ),
    "in a function": _with(
        "def load(root):",
        "    dataset = datasets.ImageFolder(root, transform=train_tf)",
        "    train_set, valid_set = random_split(dataset, [800, 200])  # <-",
        "    return train_set, valid_set",
        "",
        'train_set, valid_set = load("data")',
        "valid_loader = DataLoader(valid_set, batch_size=32)",
    ),
    "subsets by indices": _with(
        _DATASET,
        "order = torch.randperm(1000).tolist()",
        "train_set = Subset(dataset, order[:800])",
        "val_set = Subset(dataset, order[800:])  # <-",
        _LOADERS,
    ),
    "samplers of one dataset": _with(
        'train_data = datasets.CIFAR10("data", train=True, transform=train_tf)',
        "train_sampler = SubsetRandomSampler(train_idx)",
        "valid_sampler = SubsetRandomSampler(valid_idx)",
        "train_loader = DataLoader(train_data, batch_size=20, sampler=train_sampler)",
        "valid_loader = DataLoader(train_data, batch_size=20, sampler=valid_sampler)  # <-",
    ),
    "the transform set through the part": _with(_DATASET, _SPLIT, "val_set.dataset.transform = val_tf  # <-", _LOADERS),
    "both set through the parts": _with(
        'dataset = datasets.ImageFolder("data")',
        _SPLIT,
        "train_set.dataset.transform = train_tf",
        "val_set.dataset.transform = val_tf  # <-",
        _LOADERS,
    ),
    "set for training alone": _with(
        'dataset = datasets.ImageFolder("data", transform=val_tf)',
        _SPLIT,
        "train_set.dataset.transform = train_tf  # <-",
        _LOADERS,
    ),
    "set through subsets by indices": _with(
        'data = datasets.ImageFolder("data", transform=train_tf)',
        "train_set, val_set = Subset(data, train_idx), Subset(data, val_idx)",
        "val_set.dataset.transform = val_tf  # <-",
    ),
}

_OWN = """\
class Transformed(Dataset):
    def __init__(self, part, transform):
        self.part = part
        self.transform = transform

    def __len__(self):
        return len(self.part)

    def __getitem__(self, index):
        x, y = self.part[index]
        return self.transform(x), y

"""

GOOD = {
    "nothing is random": _with('dataset = datasets.ImageFolder("data", transform=val_tf)', _SPLIT, _LOADERS),
    "no transform": _with('dataset = datasets.ImageFolder("data")', _SPLIT, _LOADERS),
    "a dataset each": _with(
        'train_data = datasets.ImageFolder("data", transform=train_tf)',
        'val_data = datasets.ImageFolder("data", transform=val_tf)',
        "order = torch.randperm(len(train_data)).tolist()",
        "train_set = Subset(train_data, order[:800])",
        "val_set = Subset(val_data, order[800:])",
        _LOADERS,
    ),
    "only the indices are used": _with(
        _DATASET,
        _SPLIT,
        'plain = datasets.ImageFolder("data", transform=val_tf)',
        "val_part = Subset(plain, val_set.indices)",
        "val_loader = DataLoader(val_part)",
    ),
    "a wrapper transforms": _with(
        _OWN,
        'dataset = datasets.ImageFolder("data")',
        _SPLIT,
        "train_set = Transformed(train_set, train_tf)",
        "val_set = Transformed(val_set, val_tf)",
        _LOADERS,
    ),
    "the part gets a copy": _with(
        _DATASET,
        _SPLIT,
        "val_set.dataset = copy.copy(dataset)",
        "val_set.dataset.transform = val_tf",
        _LOADERS,
    ),
    "the part is copied, dataset and all": _with(
        _DATASET, _SPLIT, "val_set = copy.deepcopy(val_set)", "val_set.dataset.transform = val_tf", _LOADERS
    ),
    "parts for training alone": _with(
        _DATASET,
        "labelled, unlabelled = random_split(dataset, [100, 900])",
        "loader = DataLoader(labelled, shuffle=True)",
        "other = DataLoader(unlabelled, shuffle=True)",
    ),
    "the rest is not used": _with(
        _DATASET,
        "train_set, _ = random_split(dataset, [800, 200])",
        "train_loader = DataLoader(train_set, shuffle=True)",
    ),
    "samplers of a dataset each": _with(
        'train_data = datasets.CIFAR10("data", train=True, transform=train_tf)',
        'valid_data = datasets.CIFAR10("data", train=True, transform=val_tf)',
        "train_sampler = SubsetRandomSampler(train_idx)",
        "valid_sampler = SubsetRandomSampler(valid_idx)",
        "train_loader = DataLoader(train_data, batch_size=20, sampler=train_sampler)",
        "valid_loader = DataLoader(valid_data, batch_size=20, sampler=valid_sampler)",
    ),
    "changed for each phase": _with(
        _DATASET,
        _SPLIT,
        _LOADERS,
        "for epoch in range(9):",
        "    train_set.dataset.transform = train_tf",
        "    x = next(iter(train_loader))",
        "    val_set.dataset.transform = val_tf",
        "    y = next(iter(val_loader))",
    ),
    "datasets of their own": _with(
        'train_set = Subset(datasets.ImageFolder("data"), train_idx)',
        'val_set = Subset(datasets.ImageFolder("data"), val_idx)',
        "train_set.dataset.transform = train_tf",
        "val_set.dataset.transform = val_tf",
    ),
    "whoever calls says which": _with(
        "def load(root, transform):",
        "    dataset = datasets.ImageFolder(root, transform=transform)",
        "    train_set, val_set = random_split(dataset, [800, 200])",
        "    return DataLoader(train_set, shuffle=True), DataLoader(val_set)",
    ),
    "augmented in training only, by a test": _with(
        "def load(root, train):",
        "    dataset = datasets.ImageFolder(root, transform=train_tf if train else val_tf)",
        "    train_set, val_set = random_split(dataset, [800, 200])",
        "    return DataLoader(train_set, shuffle=True) if train else DataLoader(val_set)",
    ),
}
