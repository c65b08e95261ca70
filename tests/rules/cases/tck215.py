"""TCK215 result-discarded."""

_LOOP = "import torch\nfor inputs, labels in train_loader:\n"

BAD = {
    "a part of a dictionary": """
import torch
from torch import nn

def run(model, train_loader, device):
    for batch in train_loader:
        batch["image"].to(device)  # <-
        print(nn.functional.cross_entropy(model(batch["image"]), batch["label"]))
""",
    "inputs to the device": _LOOP
    + "    inputs.to(device)  # <-\n    labels = labels.to(device)\n    out = model(inputs)\n",
    "cuda in an enumerated loop": "import torch\nfor i, (x, y) in enumerate(loader):\n    x.cuda()  # <-\n    y = y.cuda()\n",
    "a progress bar": "import torch\nfrom tqdm import tqdm\nfor x, y in tqdm(self.loader, desc='train'):\n    x.float()  # <-\n    f(x, y)\n",
    "a batch unpacked": "import torch\nfor batch in loader:\n    x, y = batch\n    x.to(device)  # <-\n    f(x, y)\n",
    "detach": "import torch\nhidden.detach()  # <-\nout, hidden = rnn(x, hidden)\n",
    "unsqueeze": "import torch\nimg.unsqueeze(0)  # <-\nout = model(img)\n",
    "clamp of a tensor": "import torch\nx = torch.randn(3)\nx.clamp(0, 1)  # <-\nshow(x)\n",
    "an activation": "import torch\nclass Net(torch.nn.Module):\n    def forward(self, x: torch.Tensor):\n        x.relu()  # <-\n        return x\n",
    "an attribute": "import torch\nclass A:\n    def __init__(self):\n        self.w = torch.zeros(2)\n    def go(self, d):\n        self.w.to(d)  # <-\n",
    "a view of a tensor made by a loss": "import torch.nn.functional as F\nloss = F.mse_loss(a, b)\nloss.detach()  # <-\nlosses.append(loss)\n",
    "a parameter": "from torch import nn\nw = nn.Parameter(torch.zeros(2))\nw.double()  # <-\n",
    "not the last of its cell": "# %%\nimport torch\nx = torch.randn(3)\nx.clamp(0, 1)  # <-\nx\n\n# %%\nshow(x)\n",
    "in a function at the end of a cell": "# %%\nimport torch\ndef f(x: torch.Tensor):\n    x.detach()  # <-\n\n# %%\nf(torch.ones(2))\n",
    "permuted": "import torch\ndef show(img):\n    img.permute(1, 2, 0)  # <-\n    plt.imshow(img)\n",
}

GOOD = {
    "a part of a dictionary that is assigned": """
import torch
from torch import nn

def run(model, train_loader, device):
    for batch in train_loader:
        batch["image"] = batch["image"].to(device)
        print(nn.functional.cross_entropy(model(batch["image"]), batch["label"]))
""",
    "a model in a dictionary of models": """
import torch
from torch import nn

def run(names, device):
    models = {name: nn.Linear(2, 2) for name in names}
    models["student"].to(device)
    for name in names:
        models[name].to(device)
    return models
""",
    "a module moves itself": "from torch import nn\nmodel = nn.Linear(2, 2)\nmodel.to(device)\nmodel.float()\nmodel.cuda()\n",
    "an unknown model": "import torch\ndef run(model, device):\n    model.to(device)\n    model.half()\n",
    "a batch that moves itself": "import torch\nfor batch in loader:\n    batch.to(device)\n    model(**batch)\n",
    "tokens of a library": "import torch\ninputs = tokenizer(text, return_tensors='pt')\ninputs.to(device)\n",
    "in place": "import torch\nx = torch.randn(3)\nx.clamp_(0, 1)\nx.detach_()\nx.requires_grad_()\n",
    "assigned": _LOOP + "    inputs, labels = inputs.to(device), labels.to(device)\n",
    "returned": "import torch\ndef f(x: torch.Tensor):\n    return x.float()\n",
    "an error is awaited": "import torch, pytest\nx = torch.randn(3)\nwith pytest.raises(RuntimeError):\n    x.view(2)\n",
    "a try": "import torch\nx = torch.randn(3)\ntry:\n    x.view(2)\nexcept RuntimeError:\n    pass\n",
    "timed": "import torch\nx = torch.randn(3)\nfor _ in range(100):\n    x.softmax(-1)\n",
    "a list": "import torch\nxs = [3, 1]\nxs.sort()\nseen.add(1)\nseen.sort()\n",
    "a pipeline of another library": "import torch\npipe.to('cuda')\ngraph.to(device)\n",
    "the detach of a handler": "import torch\nclass Metric(Base):\n    def detach(self, engine):\n        super().detach(engine)\n        handler.detach(engine)\n",
    "metrics": "import torch\nmetric.to(device)\nmetrics['acc'].to(device)\n",
    "written somewhere": "import torch\nx = torch.randn(3)\nx.abs().clamp_(0, 1)\n",
    "shown at the end of a cell": "# %%\nimport torch\nx = torch.randn(3)\nx.unsqueeze(0)\n\n# %%\nx.abs()  # sizes\n",
    "shown in an exported notebook": "import torch\n\n# In[1]:\n\nx = torch.randn(3)\n\n# In[2]:\n\nx.view(\n    3, 1\n)\n",
    "typed at a prompt": ">>> import torch\n>>> x = torch.randn(3)\n>>> x.unsqueeze(0).shape\n>>> x.add(1)\n",
    "a file of a program that has nothing to do with torch: its gradient is one of colours": """
import io

gradient = io.BytesIO()
text = make_wrapper(gradient)
text.detach()
""",
    "an engine that is attached and detached": """
import torch
engine = make_engine(model)
engine.attach(optimizer)
train(model, torch.ones(3))
engine.detach()
""",
}
