"""Spellings and near-misses of statistics-before-split."""

_HEAD = """\
import numpy as np
import pandas as pd
import torch
from sklearn.model_selection import KFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, MinMaxScaler, OneHotEncoder, StandardScaler
from torch.utils.data import DataLoader, TensorDataset, random_split

df = pd.read_csv("table.csv")
X, y = df.drop(columns="y").values, df["y"].values
"""
_SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)"


def _with(*lines: str) -> str:
    return _HEAD + "\n".join(lines) + "\n"


BAD = {
    "fit_transform": _with("scaler = StandardScaler()", "X = scaler.fit_transform(X)  # <-", _SPLIT),
    "under another name": _with(
        "X_scaled = StandardScaler().fit_transform(X)  # <-",
        "X_train, X_test, y_train, y_test = train_test_split(X_scaled, y)",
    ),
    "fit, then transform": _with("scaler = MinMaxScaler()", "scaler.fit(X)  # <-", "X = scaler.transform(X)", _SPLIT),
    "fit, transformed after the split": _with(
        "scaler = StandardScaler().fit(X)  # <-", _SPLIT, "X_train, X_test = map(scaler.transform, (X_train, X_test))"
    ),
    "columns of a table": _with(
        'cols = ["a", "b"]', "df[cols] = StandardScaler().fit_transform(df[cols])  # <-", "a, b = train_test_split(df)"
    ),
    "tensors between": _with(
        "scaler = StandardScaler()",
        "features = scaler.fit_transform(X)  # <-",
        "features = torch.tensor(features, dtype=torch.float32)",
        "dataset = TensorDataset(features, torch.tensor(y))",
        "train_set, val_set = random_split(dataset, [800, 200])",
    ),
    "the target, too": _with(
        "sx, sy = StandardScaler(), StandardScaler()",
        "y = StandardScaler().fit_transform(y.reshape(-1, 1))  # <-",
        _SPLIT,
    ),
    "by hand": _with("X = (X - X.mean(axis=0)) / X.std(axis=0)  # <-", _SPLIT),
    "by hand, with names": _with("mean, std = X.mean(0), X.std(0)", "X = (X - mean) / (std + 1e-8)  # <-", _SPLIT),
    "by hand, with numpy": _with(
        "mu = np.mean(X, axis=0)",
        "sigma = np.std(X, axis=0)",
        "X_norm = (X - mu) / sigma  # <-",
        "X_train, X_test, y_train, y_test = train_test_split(X_norm, y)",
    ),
    "a table by hand": _with("df = (df - df.mean()) / df.std()  # <-", "first, second = train_test_split(df)"),
    "between 0 and 1 by hand": _with("X = (X - X.min(0)) / (X.max(0) - X.min(0))  # <-", _SPLIT),
    "in place": _with("X -= X.mean(axis=0)  # <-", _SPLIT),
    "a series, cut by time": _with(
        "scaler = MinMaxScaler(feature_range=(-1, 1))",
        'prices = scaler.fit_transform(df["close"].values.reshape(-1, 1))  # <-',
        "n = int(len(prices) * 0.8)",
        "train_data, test_data = prices[:n], prices[n:]",
    ),
    "windows of a series": _with(
        "data = MinMaxScaler().fit_transform(df.values)  # <-",
        "windows = []",
        "for i in range(len(data) - 20):",
        "    windows.append(data[i : i + 20])",
        "windows = np.array(windows)",
        "size = int(0.8 * len(windows))",
        "x_train = windows[:size, :-1]",
        "x_test = windows[size:, :-1]",
    ),
    "in a function": _with(
        "def load(path):",
        "    table = pd.read_csv(path)",
        "    values = StandardScaler().fit_transform(table.values)  # <-",
        "    return train_test_split(values, test_size=0.1)",
    ),
}

GOOD = {
    "fitted on the part for training": _with(
        _SPLIT,
        "scaler = StandardScaler()",
        "X_train = scaler.fit_transform(X_train)",
        "X_test = scaler.transform(X_test)",
    ),
    "fitted on the first rows": _with(
        "n = int(len(X) * 0.8)",
        "scaler = StandardScaler().fit(X[:n])",
        "X = scaler.transform(X)",
        "X_train, X_test = X[:n], X[n:]",
    ),
    "fitted on the rows of an index": _with(
        "train_idx, test_idx = train_test_split(np.arange(len(X)))",
        "scaler = StandardScaler().fit(X[train_idx])",
        "X = scaler.transform(X)",
    ),
    "a constant": _with("X = X / 255.0", "X = (X - 0.5) / 0.5", _SPLIT),
    "labels are encoded": _with("y = LabelEncoder().fit_transform(y)", _SPLIT),
    "categories are encoded": _with("X = OneHotEncoder().fit_transform(X)", _SPLIT),
    "no split": _with("X = StandardScaler().fit_transform(X)", "loader = DataLoader(TensorDataset(torch.tensor(X)))"),
    "another part of the data is split": _with(
        "Z = StandardScaler().fit_transform(df.values)", "clusters = group(Z)", _SPLIT
    ),
    "each sample by itself": _with("X = (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)", _SPLIT),
    "each image by its largest pixel": _with("X = X / X.max()", _SPLIT),
    "a pipeline": _with("model = make_pipeline(StandardScaler(), classifier)", _SPLIT, "model.fit(X_train, y_train)"),
    "cross-validation": _with(
        "for train_idx, test_idx in KFold(5).split(X):",
        "    scaler = StandardScaler().fit(X[train_idx])",
        "    train, test = scaler.transform(X[train_idx]), scaler.transform(X[test_idx])",
    ),
    "the test data lies elsewhere": _with(
        'X_train = StandardScaler().fit_transform(pd.read_csv("train.csv").values)',
        "X_train, X_val = train_test_split(X_train)",
    ),
    "fitted anew on the part for training": _with(
        "scaler = StandardScaler()",
        "preview = scaler.fit_transform(X)",
        "a, b = train_test_split(preview)",
        _SPLIT,
        "X_train = scaler.fit_transform(X_train)",
    ),
    "statistics of something else": _with("X = (X - other.mean(0)) / other.std(0)", _SPLIT),
    "only its length is used": _with(
        "Z = StandardScaler().fit_transform(X)", "first, second = train_test_split(np.arange(len(Z)))"
    ),
    "one function scales, another one splits": _with(
        "def scale(values):",
        "    return StandardScaler().fit_transform(values)",
        "",
        "def split(values):",
        "    return train_test_split(values)",
    ),
}
