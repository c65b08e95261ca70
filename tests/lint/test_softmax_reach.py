"""One mistake, softmax before cross entropy, in the spellings in which users write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.linting import codes, lint_project, lint_text

SPELLINGS = {
    "module called inline": "nn.CrossEntropyLoss()(nn.Softmax(dim=1)(nn.Linear(4, 3)(x)), y)",
    "functional": "F.cross_entropy(F.softmax(nn.Linear(4, 3)(x), dim=1), y)",
    "torch.softmax": "F.cross_entropy(torch.softmax(nn.Linear(4, 3)(x), 1), y)",
    "method": "F.cross_entropy(nn.Linear(4, 3)(x).softmax(-1), y)",
    "of something unknown": "F.cross_entropy(backbone(x).softmax(-1), y)",
    "keyword arguments": "F.cross_entropy(target=y, input=F.softmax(x, dim=1))",
    "through a name": "p = F.softmax(x, 1)\nloss = F.cross_entropy(p, y)",
    "through views and casts": "p = F.softmax(x, 1).view(-1, 3).float().to('cuda')[:10]\nloss = F.cross_entropy(p, y)",
    "through dropout": "F.cross_entropy(F.dropout(F.softmax(x, 1), 0.1), y)",
    "through cat of parts": "F.cross_entropy(torch.cat([x.softmax(1), z.softmax(1)]), y)",
    "exp of log_softmax": "F.cross_entropy(F.log_softmax(x, 1).exp(), y)",
    "criterion by name": "criterion = nn.CrossEntropyLoss(label_smoothing=0.1).cuda()\ncriterion(x.softmax(1), y)",
    "criterion in a dict": "losses = {'ce': nn.CrossEntropyLoss(), 'l1': nn.L1Loss()}\nlosses['ce'](x.softmax(1), y)",
    "criterion by partial": (
        "from functools import partial\nce = partial(F.cross_entropy, reduction='sum')\nce(x.softmax(1), y)"
    ),
    "functional by another name": "from torch.nn.functional import cross_entropy as ce\nce(x.softmax(1), y)",
    "class by another name": "from torch.nn import CrossEntropyLoss as CE\nCE()(x.softmax(1), y)",
    "defining module named": "from torch.nn.modules.loss import CrossEntropyLoss\nCrossEntropyLoss()(x.softmax(1), y)",
    "criterion chosen in an if": """
        if args.smooth:
            criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
        else:
            criterion = nn.CrossEntropyLoss()
        criterion(x.softmax(1), y)
        """,
    "criterion chosen by a function": """
        def get_loss(name):
            if name == "ce":
                return nn.CrossEntropyLoss()
            return nn.MSELoss()
        get_loss(args.loss)(x.softmax(1), y)
        """,
    "last layer of a Sequential": "m = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))\nF.cross_entropy(m(x), y)",
    "Sequential of an OrderedDict": """
        from collections import OrderedDict
        m = nn.Sequential(OrderedDict([("fc", nn.Linear(4, 3)), ("act", nn.Softmax(1))]))
        F.cross_entropy(m(x), y)
        """,
    "Sequential of a list": """
        layers = []
        for width in widths:
            layers += [nn.Linear(4, width), nn.ReLU()]
        layers.append(nn.Linear(4, 3))
        layers.append(nn.Softmax(dim=1))
        m = nn.Sequential(*layers)
        F.cross_entropy(m(x), y)
        """,
    "add_module": """
        m = nn.Sequential()
        m.add_module("fc", nn.Linear(4, 3))
        m.add_module("softmax", nn.Softmax(dim=1))
        F.cross_entropy(m(x), y)
        """,
    "loop over a ModuleList": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = nn.ModuleList([nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 3), nn.Softmax(1)])
            def forward(self, x):
                for layer in self.layers:
                    x = layer(x)
                return x
        F.cross_entropy(Net()(x), y)
        """,
    "activation after all but the last": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 3)])
            def forward(self, x):
                for i, layer in enumerate(self.layers):
                    x = layer(x)
                    x = torch.relu(x) if i < len(self.layers) - 1 else torch.softmax(x, dim=1)
                return x
        F.cross_entropy(Net()(x), y)
        """,
    "forward of a subclass": """
        class Base(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 3)
            def forward(self, x):
                return self.head(self.fc(x))
        class Net(Base):
            def __init__(self):
                super().__init__()
                self.head = nn.Softmax(dim=1)
        F.cross_entropy(Net()(x), y)
        """,
    "super().forward": """
        class Base(nn.Module):
            def forward(self, x):
                return F.softmax(x, dim=1)
        class Net(Base):
            def forward(self, x):
                return super().forward(x * 2)
        F.cross_entropy(Net()(x), y)
        """,
    "subclass of Sequential": """
        class Net(nn.Sequential):
            def __init__(self):
                super().__init__(nn.Linear(4, 3), nn.Softmax(dim=1))
        F.cross_entropy(Net()(x), y)
        """,
    "helper function": """
        def probabilities(model, x):
            return torch.softmax(model(x), dim=-1)
        model = nn.Linear(4, 3)
        loss = F.cross_entropy(probabilities(model, x), y)
        """,
    "helper that computes the loss": """
        def compute_loss(outputs, labels):
            return F.cross_entropy(outputs, labels)
        compute_loss(x.softmax(1), y)
        """,
    "through self": """
        class Trainer:
            def __init__(self, model):
                self.model = model
                self.criterion = nn.CrossEntropyLoss()
            def step(self, x, y):
                probs = F.softmax(self.model(x), dim=1)
                return self.criterion(probs, y)
        """,
    "criterion set outside of __init__": """
        class Trainer:
            def setup(self):
                self.criterion = nn.CrossEntropyLoss()
            def step(self, x, y):
                return self.criterion(self.model(x).softmax(1), y)
        """,
    "model annotated with its class": """
        class Net(nn.Module):
            def __init__(self, classes):
                super().__init__()
                self.fc = nn.Linear(4, classes)
            def forward(self, x):
                return self.fc(x).softmax(dim=1)
        def train(model: Net, x, y):
            return F.cross_entropy(model(x), y)
        """,
    "one of several outputs": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 3)
            def forward(self, x):
                logits = self.fc(x)
                return logits, F.softmax(logits, dim=1)
        logits, probs = Net()(x)
        F.cross_entropy(probs, y)
        """,
    "outputs in a dict": """
        class Net(nn.Module):
            def forward(self, x):
                return {"logits": x, "probs": F.softmax(x, dim=1)}
        F.cross_entropy(Net()(x)["probs"], y)
        """,
    "wrapped in DataParallel": """
        m = nn.DataParallel(nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))).cuda()
        F.cross_entropy(m(x), y)
        """,
    "torch.compile": "m = torch.compile(nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1)))\nF.cross_entropy(m(x), y)",
    "new head of a ready-made classifier": """
        from torchvision import models
        m = models.resnet18(weights="DEFAULT")
        m.fc = nn.Sequential(nn.Linear(m.fc.in_features, 10), nn.Softmax(dim=1))
        F.cross_entropy(m(x), y)
        """,
    "last layer of a ready-made classifier": """
        from torchvision.models import vgg16
        m = vgg16()
        m.classifier[6] = nn.Sequential(nn.Linear(4096, 10), nn.Softmax(dim=1))
        F.cross_entropy(m(x), y)
        """,
    "inside a main guard": """
        def main():
            loss = F.cross_entropy(x.softmax(1), y)
        if __name__ == "__main__":
            main()
        """,
    "in an async function": "async def f(x, y):\n    return F.cross_entropy((await g(x)).softmax(1), y)",
    "in a match": "match mode:\n    case 'a':\n        F.cross_entropy(x.softmax(1), y)",
    "in a comprehension": "losses = [F.cross_entropy(o.softmax(1), t) for o, t in pairs]",
    "by a walrus": "if (p := x.softmax(1)) is not None:\n    F.cross_entropy(p, y)",
    "in a project's own loss class": """
        class SmoothCE(nn.Module):
            def __init__(self):
                super().__init__()
                self.ce = nn.CrossEntropyLoss()
            def forward(self, x, y):
                return self.ce(x, y) + 0.1 * x.pow(2).mean()
        SmoothCE()(z.softmax(1), y)
        """,
}


@pytest.mark.parametrize("source", SPELLINGS.values(), ids=SPELLINGS)
def test_found_in_every_spelling(source: str) -> None:
    assert codes(source) == ["TCK101"]


SNIPPETS = {
    "nothing imported": "criterion = nn.CrossEntropyLoss()\nloss = criterion(F.softmax(model(x), dim=1), y)\n",
    "no torch in sight": "loss = F.cross_entropy(out.softmax(1), y)\n",
    "star import": "from torch import *\nloss = nn.functional.cross_entropy(out.softmax(1), y)\n",
}


@pytest.mark.parametrize("source", SNIPPETS.values(), ids=SNIPPETS)
def test_names_mean_what_everyone_means_where_the_file_binds_none(source: str) -> None:
    assert codes(source, prelude="") == ["TCK101"]


MODELS = """\
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 3)

        def forward(self, x):
            return self.fc(x).softmax(dim=1)

    def build():
        return Net()
"""
IMPORTS = {
    "module beside the script": ({"models.py": MODELS}, "from models import Net"),
    "module under another name": ({"models.py": MODELS}, "import models as m\nNet = m.Net"),
    "package": ({"nets/__init__.py": "", "nets/small.py": MODELS}, "from nets.small import Net"),
    "re-exported": ({"nets/__init__.py": "from .small import Net\n", "nets/small.py": MODELS}, "from nets import Net"),
    "re-exported by a star": (
        {"nets/__init__.py": "from .small import *\n", "nets/small.py": MODELS},
        "import nets\nNet = nets.Net",
    ),
    "namespace package": ({"nets/small.py": MODELS}, "import nets.small\nNet = nets.small.Net"),
    "src layout": ({"src/nets/__init__.py": "", "src/nets/small.py": MODELS}, "from nets.small import Net"),
    "factory": ({"models.py": MODELS}, "from models import build as Net"),
    "registry": (
        {"models.py": MODELS, "registry.py": "from models import Net\nMODELS = {'net': Net}\n"},
        "import registry\nNet = registry.MODELS['net']",
    ),
}


@pytest.mark.parametrize(("files", "imports"), IMPORTS.values(), ids=IMPORTS)
def test_the_model_comes_from_another_file(files: dict[str, str], imports: str, tmp_path: Path) -> None:
    train = f"{imports}\nimport torch.nn.functional as F\nloss = F.cross_entropy(Net()(x), y)\n"

    result = lint_project(tmp_path, {**files, "train.py": train}, report=["train.py"])

    assert [finding.code for finding in result.findings] == ["TCK101"]
    assert result.findings[0].filename == str(tmp_path / "train.py")


def test_relative_imports_and_a_loss_in_a_third_file(tmp_path: Path) -> None:
    files = {
        "app/__init__.py": "",
        "app/nets/__init__.py": "from .small import Net\n",
        "app/nets/small.py": MODELS,
        "app/losses.py": (
            "import torch.nn.functional as F\n\ndef loss_of(out, y):\n    return F.cross_entropy(out, y)\n"
        ),
        "app/train.py": (
            "from . import losses\nfrom .nets import Net\n\ndef train(x, y):\n    return losses.loss_of(Net()(x), y)\n"
        ),
    }

    result = lint_project(tmp_path, files)

    assert [(f.code, Path(f.filename).name) for f in result.findings] == [("TCK101", "losses.py")]


def test_what_is_only_imported_is_not_reported_on(tmp_path: Path) -> None:
    files = {
        "helper.py": "import torch.nn.functional as F\nF.cross_entropy(x.softmax(1), y)\n",
        "train.py": "import helper\n",
    }

    assert lint_project(tmp_path, files, report=["train.py"]).findings == []


def test_the_finding_names_the_module_and_the_line() -> None:
    (finding,) = lint_text(
        """
        net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3), nn.Softmax(dim=1))
        criterion = nn.CrossEntropyLoss()
        loss = criterion(net(x), y)
        """,
        prelude="import torch.nn as nn\n",
    )

    assert finding.module == "net.3"
    assert (finding.row, finding.place.start.column) == (5, 8)
    assert finding.place.end.column == 28
    assert "`net(x)`" in finding.message
    assert "`net.3`, script.py:3" in finding.message
    assert "`nn.CrossEntropyLoss`" in finding.message


def test_columns_count_characters() -> None:
    (finding,) = lint_text("é = 'ü'; loss = F.cross_entropy(x.softmax(1), y)\n", prelude="")

    assert finding.place.start.column == 17
