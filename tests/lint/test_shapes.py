"""TCK108 as far as shapes are known from source."""

from __future__ import annotations

import pytest

from tests.lint.linting import codes, lint_text

BROADCAST = {
    "literal sizes": "F.mse_loss(torch.randn(8, 1), torch.randn(8))",
    "linear of a column": "F.mse_loss(nn.Linear(4, 1)(torch.randn(8, 4)), torch.randn(8))",
    "through a Sequential": (
        "m = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))\n"
        "nn.MSELoss()(m(torch.rand(8, 4)), torch.rand(8))"
    ),
    "model of a class": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b = nn.Linear(4, 8), nn.Linear(8, 1)
            def forward(self, x):
                return self.b(torch.relu(self.a(x)))
        nn.L1Loss()(Net()(torch.rand(8, 4)), torch.rand(8))
        """,
    "values of the actions taken": """
        q, rewards, actions = nn.Linear(4, 2), torch.rand(16), torch.randint(0, 2, (16,)).unsqueeze(1)
        F.smooth_l1_loss(q(torch.randn(16, 4)).gather(1, actions), rewards)
        """,
    "the best of the next state": """
        q, states = nn.Linear(4, 2), torch.randn(16, 4)
        F.mse_loss(q(states)[:, :1], 0.99 * q(states).max(1).values)
        """,
    "elements of a loader": """
        x, y = torch.randn(100, 4), torch.randn(100)
        model = nn.Linear(4, 1)
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=10, shuffle=True):
            F.smooth_l1_loss(model(xb), yb)
        """,
    "elements of a loader, enumerated, under tqdm": """
        from tqdm import tqdm
        x, y = torch.randn(100, 4), torch.randn(100)
        loader = DataLoader(TensorDataset(x, y), batch_size=10)
        for i, (xb, yb) in enumerate(tqdm(loader)):
            F.mse_loss(nn.Linear(4, 1)(xb), yb)
        """,
    "batches of a generator": """
        def batches(x, y, size):
            order = torch.randperm(len(x))
            for i in range(0, len(x), size):
                yield x[order[i:i + size]], y[order[i:i + size]]
        for xb, yb in batches(torch.randn(100, 4), torch.randn(100), 10):
            F.mse_loss(nn.Linear(4, 1)(xb), yb)
        """,
    "a batch in one name": """
        for batch in DataLoader(TensorDataset(torch.randn(9, 4), torch.randn(9)), batch_size=3):
            F.mse_loss(nn.Linear(4, 1)(batch[0]), batch[1])
        """,
    "a dataset of the project": """
        class Data(torch.utils.data.Dataset):
            def __init__(self):
                self.x, self.y = torch.randn(9, 4), torch.randn(9)
            def __getitem__(self, i):
                return self.x[i], self.y[i]
        for xb, yb in DataLoader(Data(), batch_size=3):
            F.mse_loss(nn.Linear(4, 1)(xb), yb)
        """,
    "targets of scikit-learn": """
        from sklearn.datasets import load_diabetes
        X, y = load_diabetes(return_X_y=True)
        X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)
        F.mse_loss(nn.Linear(10, 1)(X), y)
        """,
    "split by scikit-learn": """
        from sklearn.datasets import fetch_california_housing
        from sklearn.model_selection import train_test_split
        from sklearn.preprocessing import StandardScaler
        data = fetch_california_housing()
        a, b, c, d = train_test_split(data.data, data.target, test_size=0.2)
        a = StandardScaler().fit_transform(a)
        F.mse_loss(nn.Linear(8, 1)(torch.FloatTensor(a)), torch.FloatTensor(c))
        """,
    "columns of a pandas frame": """
        import pandas as pd
        df = pd.read_csv("data.csv")
        X, y = df[["a", "b"]].values, df["price"].values
        F.mse_loss(nn.Linear(2, 1)(torch.tensor(X).float()), torch.tensor(y).float())
        """,
    "numpy arrays": """
        import numpy as np
        X, y = np.random.rand(50, 3), np.linspace(0, 1, 50)
        F.mse_loss(nn.Linear(3, 1)(torch.from_numpy(X).float()), torch.from_numpy(y).float())
        """,
    "squeezed against a column": "F.mse_loss(nn.Linear(4, 1)(torch.rand(8, 4)).squeeze(1), torch.rand(8, 1))",
    "view as a column": "F.l1_loss(p.view(-1, 1), t.view(-1))",
    "flattened": "F.mse_loss(p.reshape(-1), torch.rand(9, 1))",
    "BCE with logits": "F.binary_cross_entropy_with_logits(nn.Linear(4, 1)(torch.rand(8, 4)), torch.rand(8))",
}


@pytest.mark.parametrize("source", BROADCAST.values(), ids=BROADCAST)
def test_found(source: str) -> None:
    assert codes(source) == ["TCK108"]


BY_HAND = {
    "squared and averaged": "loss = ((model(x) - y) ** 2).mean()",
    "torch.mean and pow": "loss = torch.mean((model(x) - y).pow(2))",
    "absolute": "loss = (y - model(x)).abs().sum()",
    "torch.square": "loss = torch.square(model(x) - y).mean()",
    "times itself": "diff = model(x) - y\nloss = (diff * diff).mean()",
    "in a helper": "def mse(p, t):\n    return ((p - t) ** 2).mean()\nloss = mse(model(x), y)",
    "with a penalty": "loss = ((model(x) - y) ** 2).mean() + 0.1 * model.weight.pow(2).sum()",
}


@pytest.mark.parametrize("source", BY_HAND.values(), ids=BY_HAND)
def test_found_where_the_loss_is_written_by_hand(source: str) -> None:
    setting = "model = nn.Linear(4, 1)\nx, y = torch.randn(8, 4), torch.randn(8)\n"

    assert codes(f"{setting}{source}\nloss.backward()\n") == ["TCK108"]


SILENT = {
    "values of the actions taken, as columns": """
        q, actions = nn.Linear(4, 2), torch.randint(0, 2, (16, 1))
        best = q(torch.randn(16, 4)).max(1, keepdim=True).values
        F.smooth_l1_loss(q(torch.randn(16, 4)).gather(1, actions), best)
        """,
    "values of the actions taken, squeezed": """
        q, rewards, actions = nn.Linear(4, 2), torch.rand(16), torch.randint(0, 2, (16,)).unsqueeze(1)
        F.smooth_l1_loss(q(torch.randn(16, 4)).gather(1, actions).squeeze(1), rewards)
        """,
    "the greater of two": """
        one, two = torch.rand(16, 1), torch.rand(16, 1)
        F.mse_loss(nn.Linear(4, 1)(torch.randn(16, 4)), one.max(two))
        """,
    "equal shapes": "F.mse_loss(torch.randn(8, 1), torch.randn(8, 1))",
    "squeezed": "F.mse_loss(nn.Linear(4, 1)(torch.rand(8, 4)).squeeze(-1), torch.rand(8))",
    "unsqueezed target": "F.mse_loss(nn.Linear(4, 1)(torch.rand(8, 4)), torch.rand(8).unsqueeze(1))",
    "indexed by None": "F.mse_loss(nn.Linear(4, 1)(torch.rand(8, 4)), torch.rand(8)[:, None])",
    "viewed as the prediction": "p = nn.Linear(4, 1)(torch.rand(8, 4))\nF.mse_loss(p, t.view_as(p))",
    "unknown shapes": "F.mse_loss(model(x), y)",
    "class ids of cross entropy": "F.cross_entropy(nn.Linear(4, 3)(torch.rand(8, 4)), torch.randint(0, 3, (8,)))",
    "one number as target": "F.mse_loss(nn.Linear(4, 1)(torch.rand(8, 4)), torch.ones(1))",
    "all pairs": "w = nn.Parameter(torch.randn(8))\nloss = ((w[:, None] - w[None, :]) ** 2).mean()\nloss.backward()",
    "all pairs of one column": (
        "w = nn.Parameter(torch.randn(8))\nloss = (w.unsqueeze(1) - w).abs().mean()\nloss.backward()"
    ),
    "a difference, no loss": "m = nn.Linear(4, 1)\nd = (m(torch.rand(8, 4)) - torch.rand(8)) ** 2\nprint(d.mean())",
    "centred by its mean": (
        "p = nn.Linear(4, 1)(torch.rand(8, 4))\nloss = ((p - p.mean()) ** 2).mean()\nloss.backward()"
    ),
    "batches of a generator of either shape": """
        def batches(x, y, column):
            for i in range(0, len(x), 10):
                if column:
                    yield x[i:i + 10], y[i:i + 10, None]
                else:
                    yield x[i:i + 10], y[i:i + 10]
        for xb, yb in batches(torch.randn(100, 4), torch.randn(100), column=flag):
            F.mse_loss(nn.Linear(4, 1)(xb), yb)
        """,
    "batches of a generator that another function changes": """
        @as_columns
        def batches(x, y):
            yield x, y
        for xb, yb in batches(torch.randn(100, 4), torch.randn(100)):
            F.mse_loss(nn.Linear(4, 1)(xb), yb)
        """,
    "batches of a generator, and of others": """
        def batches(x, y):
            yield x, y
            yield from others
        for xb, yb in batches(torch.randn(100, 4), torch.randn(100)):
            F.mse_loss(nn.Linear(4, 1)(xb), yb)
        """,
    "a collate_fn changes the batch": """
        for xb, yb in DataLoader(TensorDataset(torch.rand(9, 4), torch.rand(9)), collate_fn=columns):
            F.mse_loss(nn.Linear(4, 1)(xb), yb)
        """,
    "resized in place": "t = np.zeros(8)\nt.resize((8, 1))\nF.mse_loss(nn.Linear(4, 1)(x), torch.Tensor(t))",
    "unsqueezed in place": "t = torch.zeros(8)\nt.unsqueeze_(1)\nF.mse_loss(nn.Linear(4, 1)(torch.rand(8, 4)), t)",
    "another shape set": "t = torch.zeros(8).numpy()\nt.shape = 8, 1\nF.mse_loss(nn.Linear(4, 1)(x), torch.Tensor(t))",
    "two targets": "F.mse_loss(nn.Linear(4, 2)(torch.rand(8, 4)), torch.rand(8, 2))",
}


@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT)
def test_silent(source: str) -> None:
    assert codes(source) == []


def test_the_message_tells_the_shapes() -> None:
    (finding,) = lint_text("F.mse_loss(nn.Linear(4, 1)(torch.rand(8, 4)), torch.rand(8))")

    assert "(8, 1) and (8,)" in finding.message
