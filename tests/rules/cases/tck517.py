"""TCK517 init-after-load."""

_HEAD = "import torch\nimport torch.nn as nn\nfrom torchvision import models\n\n\ndef init_weights(m):\n    if isinstance(m, (nn.Conv2d, nn.Linear)):\n        nn.init.kaiming_normal_(m.weight)\n        if m.bias is not None:\n            nn.init.zeros_(m.bias)\n\n\n"
_BUILD = f"{_HEAD}def build(Net, path, resume, pretrained):\n    model = Net()\n"
_CLASS = "import torch\nimport torch.nn as nn\nfrom torchvision import models\nfrom transformers import AutoModel\n\n\nclass Net(nn.Module):\n    def __init__(self, path=None):\n        super().__init__()\n"
_INIT = "\n    def _init_weights(self, m):\n        if isinstance(m, (nn.Linear, nn.Conv2d)):\n            nn.init.normal_(m.weight, std=0.02)\n\n    def forward(self, x):\n        return self.head(self.body(x))\n"

BAD = {
    "apply after load_state_dict": f"{_BUILD}    model.load_state_dict(torch.load(path))\n    model.apply(init_weights)  # <-\n    return model\n",
    "moved between": f"{_BUILD}    model.load_state_dict(torch.load(path)['model'])\n    model = model.cuda()\n    model.train()\n    model.apply(init_weights)  # <-\n    return model\n",
    "loaded on a branch": f"{_BUILD}    if pretrained:\n        print('loading')\n        model.load_state_dict(torch.load(path), strict=False)\n    model.apply(init_weights)  # <-\n    return model\n",
    "a new head, and all of it": f"{_HEAD}model = models.resnet18(pretrained=True)\nmodel.fc = nn.Linear(512, 10)\nmodel.apply(init_weights)  # <-\n",
    "weights by name": f"{_HEAD}model = models.resnet50(weights=models.ResNet50_Weights.DEFAULT)\nmodel.fc = nn.Linear(2048, 10)\nmodel.apply(init_weights)  # <-\n",
    "a loop over modules": f"{_BUILD}    model.load_state_dict(torch.load(path))\n    for m in model.modules():  # <-\n        if isinstance(m, nn.Conv2d):\n            nn.init.xavier_uniform_(m.weight)\n    return model\n",
    "a loop over parameters": f"{_BUILD}    model.load_state_dict(torch.load(path))\n    for p in model.parameters():  # <-\n        if p.dim() > 1:\n            nn.init.xavier_uniform_(p)\n    return model\n",
    "a function of the project": f"{_HEAD}def initialize(net):\n    for m in net.modules():\n        if isinstance(m, nn.Linear):\n            m.weight.data.normal_(0, 0.01)\n\n\ndef build(Net, path):\n    net = Net()\n    net.load_state_dict(torch.load(path))\n    initialize(net)  # <-\n    return net\n",
    "an imported function": "import torch\nfrom utils import weights_init\n\n\ndef build(Net, path):\n    net = Net()\n    net.load_state_dict(torch.load(path))\n    net.apply(weights_init)  # <-\n    return net\n",
    "a loader by its name": f"{_BUILD}    load_checkpoint(model, path)\n    model.apply(init_weights)  # <-\n    return model\n",
    "a backbone in __init__": f"{_CLASS}        self.body = models.resnet18(weights='DEFAULT')\n        self.head = nn.Linear(1000, 10)\n        self.apply(self._init_weights)  # <-\n{_INIT}",
    "a language model in __init__": f"{_CLASS}        self.body = AutoModel.from_pretrained('bert-base-uncased')\n        self.head = nn.Linear(768, 10)\n        self.apply(self._init_weights)  # <-\n{_INIT}",
    "by a method of its own": f"{_CLASS}        self.body = models.resnet18(weights='DEFAULT')\n        self.head = nn.Linear(1000, 10)\n        self.initialize_weights()  # <-\n\n    def initialize_weights(self):\n        for m in self.modules():\n            if isinstance(m, nn.Conv2d):\n                nn.init.kaiming_normal_(m.weight, mode='fan_out')\n            elif isinstance(m, nn.BatchNorm2d):\n                nn.init.ones_(m.weight)\n\n    def forward(self, x):\n        return self.head(self.body(x))\n",
    "reset_parameters": f"{_HEAD}def reset(m):\n    if hasattr(m, 'reset_parameters'):\n        m.reset_parameters()\n\n\ndef build(Net, path):\n    net = Net()\n    net.load_state_dict(torch.load(path))\n    net.apply(reset)  # <-\n    return net\n",
}

GOOD = {
    "initialised before": f"{_BUILD}    model.apply(init_weights)\n    model.load_state_dict(torch.load(path))\n    return model\n",
    "only the head": f"{_HEAD}model = models.resnet18(weights='DEFAULT')\nmodel.fc = nn.Linear(512, 10)\nmodel.fc.apply(init_weights)\n",
    "only the head, in __init__": f"{_CLASS}        self.body = models.resnet18(weights='DEFAULT')\n        self.head = nn.Linear(1000, 10)\n        self.head.apply(self._init_weights)\n{_INIT}",
    "one or the other": f"{_BUILD}    if resume:\n        model.load_state_dict(torch.load(path))\n    else:\n        model.apply(init_weights)\n    return model\n",
    "by another test": f"{_BUILD}    if resume:\n        model.load_state_dict(torch.load(path))\n    if not resume:\n        model.apply(init_weights)\n    return model\n",
    "the way ends": f"{_BUILD}    if resume:\n        model.load_state_dict(torch.load(path))\n        return model\n    model.apply(init_weights)\n    return model\n",
    "used between": f"{_BUILD}    model.load_state_dict(torch.load(path))\n    before = evaluate(model)\n    model.apply(init_weights)\n    return model, before\n",
    "reset for each fold": f"{_BUILD}    model.load_state_dict(torch.load(path))\n    for fold in range(5):\n        model.apply(init_weights)\n        fit(model, fold)\n",
    "loaded again": f"{_BUILD}    model.load_state_dict(torch.load(path))\n    model.apply(init_weights)\n    model.load_state_dict(torch.load(path), strict=False)\n    return model\n",
    "another model": f"{_BUILD}    teacher = Net()\n    teacher.load_state_dict(torch.load(path))\n    model.apply(init_weights)\n    return model, teacher\n",
    "by name": f"{_BUILD}    model.load_state_dict(torch.load(path), strict=False)\n    for name, p in model.named_parameters():\n        if 'adapter' in name:\n            nn.init.zeros_(p)\n    return model\n",
    "what is missing": f"{_BUILD}    result = model.load_state_dict(torch.load(path), strict=False)\n    for name, p in model.named_parameters():\n        if name in result.missing_keys:\n            nn.init.normal_(p)\n    return model\n",
    "norms only": f"{_BUILD}    model.load_state_dict(torch.load(path))\n    for m in model.modules():\n        if isinstance(m, nn.BatchNorm2d):\n            m.weight.data.fill_(1)\n    return model\n",
    "linear layers beside a backbone of convolutions": f"{_CLASS}        self.body = models.resnet18(weights='DEFAULT')\n        self.body.fc = nn.Identity()\n        self.head = nn.Linear(512, 10)\n        for m in self.modules():\n            if isinstance(m, nn.Linear):\n                nn.init.xavier_uniform_(m.weight)\n\n    def forward(self, x):\n        return self.head(self.body(x))\n",
    "no pretrained weights": f"{_HEAD}model = models.resnet18(weights=None)\nmodel.apply(init_weights)\n",
    "an apply that initialises nothing": f"{_HEAD}def freeze(m):\n    if isinstance(m, nn.BatchNorm2d):\n        m.eval()\n\n\ndef build(Net, path):\n    net = Net()\n    net.load_state_dict(torch.load(path))\n    net.apply(freeze)\n    return net\n",
    "the backbone is built later": f"{_CLASS}        self.head = nn.Linear(1000, 10)\n        self.apply(self._init_weights)\n        self.body = models.resnet18(weights='DEFAULT')\n{_INIT}",
}
