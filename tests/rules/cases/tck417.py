"""TCK417 class-weights-as-sample-weights."""

_HEAD = "import numpy as np\nimport torch\nfrom collections import Counter\nfrom torch.utils.data import DataLoader, WeightedRandomSampler\n\n\ndef loader(dataset, labels, num_classes, classes, given=None):\n"
_TAIL = "    return DataLoader(dataset, sampler=sampler)\n"

BAD = {
    "the inverse of a bincount": f"{_HEAD}    class_weights = 1.0 / np.bincount(labels)\n    sampler = WeightedRandomSampler(class_weights, len(dataset))  # <-\n{_TAIL}",
    "by keyword": f"{_HEAD}    counts = torch.bincount(labels)\n    w = 1 / counts.float()\n    sampler = WeightedRandomSampler(weights=w, num_samples=len(dataset), replacement=True)  # <-\n{_TAIL}",
    "counts by np.unique": f"{_HEAD}    _, counts = np.unique(labels, return_counts=True)\n    weights = torch.DoubleTensor(len(labels) / counts)\n    sampler = WeightedRandomSampler(weights, len(weights))  # <-\n{_TAIL}",
    "the count of each class": f"{_HEAD}    class_sample_count = np.array([len(np.where(labels == t)[0]) for t in np.unique(labels)])\n    weight = 1. / class_sample_count\n    sampler = WeightedRandomSampler(torch.from_numpy(weight).double(), len(dataset))  # <-\n{_TAIL}",
    "a comprehension over counts": f"{_HEAD}    class_counts = [900, 100]\n    weights = [1 / c for c in class_counts]\n    sampler = WeightedRandomSampler(weights, len(dataset))  # <-\n{_TAIL}",
    "a list": f"{_HEAD}    sampler = WeightedRandomSampler([0.2, 0.8], num_samples=len(dataset))  # <-\n{_TAIL}",
    "a counter": f"{_HEAD}    counts = Counter(labels)\n    weights = [len(labels) / n for n in counts.values()]\n    sampler = WeightedRandomSampler(torch.tensor(weights), len(labels))  # <-\n{_TAIL}",
    "over range(num_classes)": f"{_HEAD}    counts = np.bincount(labels)\n    weights = [1.0 / counts[i] for i in range(num_classes)]\n    sampler = WeightedRandomSampler(weights, len(dataset), True)  # <-\n{_TAIL}",
    "of sklearn": f"from sklearn.utils.class_weight import compute_class_weight\n{_HEAD}    w = compute_class_weight('balanced', classes=classes, y=labels)\n    sampler = WeightedRandomSampler(torch.FloatTensor(w), len(dataset))  # <-\n{_TAIL}",
    "normalised": f"{_HEAD}    weights = 1.0 / torch.bincount(labels).float()\n    weights /= weights.sum()\n    sampler = WeightedRandomSampler(weights, len(dataset))  # <-\n{_TAIL}",
}

GOOD = {
    "indexed by the labels": f"{_HEAD}    class_weights = 1.0 / np.bincount(labels)\n    sampler = WeightedRandomSampler(class_weights[labels], len(dataset))\n{_TAIL}",
    "indexed under the same name": f"{_HEAD}    weights = 1.0 / np.bincount(labels)\n    weights = weights[labels]\n    sampler = WeightedRandomSampler(weights, len(dataset))\n{_TAIL}",
    "indexed under another name": f"{_HEAD}    weights = 1.0 / torch.tensor([900, 100])\n    samples_weights = torch.from_numpy(np.array([weights[t] for t in labels])).double()\n    sampler = WeightedRandomSampler(samples_weights, len(samples_weights))\n{_TAIL}",
    "a loop over the samples": f"{_HEAD}    class_weights = [0.2, 0.8]\n    weights = [0.0] * len(dataset)\n    for i, (_, y) in enumerate(dataset):\n        weights[i] = class_weights[y]\n    sampler = WeightedRandomSampler(weights, len(dataset))\n{_TAIL}",
    "appended for each sample": f"{_HEAD}    counts = Counter(labels)\n    weights = []\n    for y in labels:\n        weights.append(1 / counts[y])\n    sampler = WeightedRandomSampler(weights, len(weights))\n{_TAIL}",
    "the map of a series": f"{_HEAD}    counts = labels.value_counts()\n    weights = labels.map(lambda y: 1 / counts[y]).values\n    sampler = WeightedRandomSampler(weights, len(weights))\n{_TAIL}",
    "given from outside": f"{_HEAD}    sampler = WeightedRandomSampler(given, len(dataset))\n{_TAIL}",
    "a few numbers drawn": "from torch.utils.data import WeightedRandomSampler\n\nprint(list(WeightedRandomSampler([0.9, 0.4, 0.05, 0.2, 0.3, 0.1], 5, replacement=False)))\n",
    "a weight for each index": "from torch.utils.data import WeightedRandomSampler\n\nweights = [0.9, 0.4, 0.05]\nprint(list(WeightedRandomSampler(weights, len(weights))))\n",
    "gathered": f"{_HEAD}    weights = 1.0 / torch.bincount(labels)\n    sampler = WeightedRandomSampler(torch.gather(weights, 0, labels), len(dataset))\n{_TAIL}",
    "in the loss": "import torch\n\n\ndef criterion(labels):\n    return torch.nn.CrossEntropyLoss(weight=1.0 / torch.bincount(labels))\n",
}
