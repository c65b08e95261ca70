"""TCK508 no-nonlinearity."""

_NET = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n\nclass Net(nn.Module):\n    def __init__(self, size=32, hidden_size=64, num_classes=10, n=3):\n        super().__init__()\n"
_MLP = f"{_NET}        self.fc1 = nn.Linear(784, 128)\n        self.fc2 = nn.Linear(128, 64)\n        self.fc3 = nn.Linear(64, 10)\n        self.dropout = nn.Dropout(0.5)\n        self.act = nn.ReLU()\n        self.bn = nn.BatchNorm1d(128)\n        self.norm = nn.LayerNorm(128)\n\n    def forward(self, x):\n"
_THREE = f"{_NET}        self.fc1 = nn.Linear(784, 128)\n        self.fc2 = nn.Linear(128, 64)\n        self.fc3 = nn.Linear(64, 10)\n"
_PLAIN = f"{_THREE}\n    def forward(self, x):\n"
_CNN = f"{_NET}        self.conv1 = nn.Conv2d(3, 16, 3)\n        self.conv2 = nn.Conv2d(16, 32, 3)\n        self.pool = nn.MaxPool2d(2)\n        self.fc1 = nn.Linear(32 * 5 * 5, 120)\n        self.fc2 = nn.Linear(120, 10)\n\n    def forward(self, x):\n"

BAD = {
    "two layers in forward": f"{_NET}        self.fc1 = nn.Linear(784, hidden_size)\n        self.fc2 = nn.Linear(hidden_size, num_classes)\n\n    def forward(self, x):\n        x = self.fc1(x)\n        x = self.fc2(x)  # <-\n        return x\n",
    "one of them forgotten": f"{_MLP}        x = x.view(x.size(0), -1)\n        x = F.relu(self.fc1(x))\n        x = self.fc2(x)\n        x = self.fc3(x)  # <-\n        return F.log_softmax(x, dim=1)\n",
    "all of them": f"{_MLP}        x = x.view(-1, 784)\n        x = self.fc1(x)\n        x = self.fc2(x)  # <-\n        x = self.fc3(x)  # <-\n        return x\n",
    "nested calls": f"{_MLP}        return self.fc3(torch.relu(self.fc2(self.fc1(x))))  # <-\n",
    "dropout between": f"{_MLP}        x = torch.relu(self.fc1(x))\n        x = self.fc2(x)\n        x = self.dropout(x)\n        return self.fc3(x)  # <-\n",
    "functional dropout between": f"{_MLP}        x = self.act(self.fc1(x))\n        x = F.dropout(self.fc2(x), 0.5, self.training)\n        return self.fc3(x)  # <-\n",
    "an unused activation": f"{_MLP}        h = self.fc1(x)\n        out = self.fc2(h)  # <-\n        out = self.act(out)\n        return self.fc3(out)\n",
    "other names": f"{_MLP}        h1 = self.fc1(x)\n        print(h1.shape)\n        h2 = self.fc2(h1)  # <-\n        h2 = self.act(h2)\n        return self.fc3(h2)\n",
    "in a sequential": "import torch.nn as nn\n\nmodel = nn.Sequential(\n    nn.Linear(784, 128),\n    nn.Linear(128, 64),  # <-\n    nn.ReLU(),\n    nn.Linear(64, 10),\n)\n",
    "dropout in a sequential": "import torch.nn as nn\n\nmodel = nn.Sequential(nn.Flatten(), nn.Linear(784, 128),\n    nn.Dropout(0.2),\n    nn.Linear(128, 10),  # <-\n)\n",
    "a new head": "import torch.nn as nn\nfrom torchvision import models\n\nmodel = models.resnet50()\nmodel.fc = nn.Sequential(\n    nn.Linear(2048, 512),\n    nn.Dropout(0.3),\n    nn.Linear(512, 10),  # <-\n)\n",
    "an ordered dict": "import torch.nn as nn\nfrom collections import OrderedDict\n\nmodel = nn.Sequential(OrderedDict([\n    ('fc1', nn.Linear(784, 128)),\n    ('fc2', nn.Linear(128, 10)),  # <-\n]))\n",
    "across two sequentials": f"{_NET}        self.features = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128))\n        self.classifier = nn.Sequential(nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))\n\n    def forward(self, x):\n        x = self.features(x)\n        return self.classifier(x)  # <-\n",
    "a loop over a list of layers": f"{_NET}        self.layers = nn.ModuleList([nn.Linear(size, size) for _ in range(n)])\n\n    def forward(self, x):\n        for layer in self.layers:\n            x = layer(x)  # <-\n        return x\n",
    "activation after the loop": f"{_NET}        self.layers = nn.ModuleList()\n        for _ in range(n):\n            self.layers.append(nn.Linear(size, size))\n\n    def forward(self, x):\n        for layer in self.layers:\n            x = self.dropout(layer(x)) if self.training else x\n        for layer in self.layers:\n            x = layer(x)  # <-\n        return torch.relu(x)\n",
    "a list that is built up": f"{_NET}        layers = []\n        for _ in range(n):\n            layers.append(nn.Linear(size, size))  # <-\n        self.net = nn.Sequential(*layers)\n\n    def forward(self, x):\n        return self.net(x)\n",
    "add_module in a loop": f"{_NET}        self.net = nn.Sequential()\n        for i in range(n):\n            self.net.add_module(f'fc{{i}}', nn.Linear(size, size))  # <-\n\n    def forward(self, x):\n        return self.net(x)\n",
    "convolutions": f"{_CNN}        x = self.conv1(x)\n        x = self.conv2(x)  # <-\n        x = self.pool(x)\n        x = torch.flatten(x, 1)\n        x = F.relu(self.fc1(x))\n        return self.fc2(x)\n",
    "a convolution and a linear layer": f"{_CNN}        x = self.pool(F.relu(self.conv1(x)))\n        x = self.conv2(x)\n        x = x.view(x.size(0), -1)\n        x = F.relu(self.fc1(x))  # <-\n        return self.fc2(x)\n",
}

GOOD = {
    "activations between": f"{_PLAIN}        x = F.relu(self.fc1(x))\n        x = torch.tanh(self.fc2(x))\n        return self.fc3(x)\n",
    "a layer norm between": f"{_THREE}        self.norm = nn.LayerNorm(128)\n\n    def forward(self, x):\n        x = self.norm(self.fc1(x))\n        x = torch.tanh(self.fc2(x))\n        return self.fc3(x)\n",
    "max pooling is no linear map": f"{_CNN}        x = self.pool(self.conv1(x))\n        x = self.pool(self.conv2(x))\n        x = F.relu(self.fc1(torch.flatten(x, 1)))\n        return self.fc2(x)\n",
    "a low-rank factorisation": "import torch.nn as nn\n\nmodel = nn.Sequential(nn.Linear(512, 16), nn.Linear(16, 512))\n",
    "a bottleneck of a fraction": f"{_NET}        self.a = nn.Linear(size, size // 4)\n        self.b = nn.Linear(size // 4, size)\n\n    def forward(self, x):\n        return self.b(self.a(x))\n",
    "lora": "import torch.nn as nn\n\n\nclass LoRALinear(nn.Module):\n    def __init__(self, n, m, r):\n        super().__init__()\n        self.base = nn.Linear(n, m)\n        self.lora_A = nn.Linear(n, r, bias=False)\n        self.lora_B = nn.Linear(r, m, bias=False)\n        self.drop = nn.Dropout(0.1)\n\n    def forward(self, x):\n        return self.base(x) + self.lora_B(self.lora_A(self.drop(x)))\n",
    "a separable convolution": "import torch.nn as nn\n\n\nclass Separable(nn.Module):\n    def __init__(self, n, m):\n        super().__init__()\n        self.depthwise = nn.Conv2d(n, n, 3, padding=1, groups=n)\n        self.pointwise = nn.Conv2d(n, m, 1)\n\n    def forward(self, x):\n        return self.pointwise(self.depthwise(x))\n",
    "a kernel in two directions": "import torch.nn as nn\n\nconv = nn.Sequential(nn.Conv2d(8, 8, (1, 7), padding=(0, 3)), nn.Conv2d(8, 8, (7, 1), padding=(3, 0)), nn.ReLU())\n",
    "attention": f"{_NET}        self.q = nn.Linear(size, size)\n        self.k = nn.Linear(size, size)\n        self.v = nn.Linear(size, size)\n        self.out = nn.Linear(size, size)\n\n    def forward(self, x):\n        q, k, v = self.q(x), self.k(x), self.v(x)\n        return self.out(torch.softmax(q @ k.transpose(-2, -1), dim=-1) @ v)\n",
    "heads that share a trunk": f"{_NET}        self.trunk = nn.Linear(size, 8)\n        self.mean = nn.Linear(8, 8)\n        self.spread = nn.Linear(8, 8)\n\n    def forward(self, x):\n        h = self.trunk(x)\n        return self.mean(h), self.spread(h)\n",
    "features that are returned, too": f"{_NET}        self.embed = nn.Linear(size, 128)\n        self.classify = nn.Linear(128, 10)\n\n    def forward(self, x):\n        features = self.embed(x)\n        return features, self.classify(features)\n",
    "an activation on a branch": f"{_PLAIN}        x = self.fc1(x)\n        if self.training:\n            x = torch.relu(x)\n        return self.fc3(torch.relu(self.fc2(x)))\n",
    "an activation given by the user": f"{_NET}        self.fc1 = nn.Linear(size, 64)\n        self.fc2 = nn.Linear(64, 10)\n        self.activation = num_classes\n\n    def forward(self, x):\n        return self.fc2(self.activation(self.fc1(x)))\n",
    "an activation in place": f"{_PLAIN}        x = self.fc1(x)\n        x.relu_()\n        x = self.fc2(x)\n        F.relu_(x)\n        return self.fc3(x)\n",
    "a residual": f"{_NET}        self.a = nn.Linear(64, 64)\n        self.b = nn.Linear(64, 64)\n\n    def forward(self, x):\n        x = x + self.a(x)\n        return x + self.b(x)\n",
    "activations in the loop": f"{_NET}        self.layers = nn.ModuleList([nn.Linear(size, size) for _ in range(n)])\n\n    def forward(self, x):\n        for i, layer in enumerate(self.layers):\n            x = layer(x)\n            if i < len(self.layers) - 1:\n                x = F.relu(x)\n        return x\n",
    "a list with activations": f"{_NET}        layers = []\n        for i in range(n):\n            layers.append(nn.Linear(size, size))\n            if i < n - 1:\n                layers.append(nn.ReLU())\n        self.net = nn.Sequential(*layers)\n\n    def forward(self, x):\n        return self.net(x)\n",
    "an encoder without a last activation": "import torch\nimport torch.nn as nn\n\n\nclass AutoEncoder(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.encoder = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 16))\n        self.decoder = nn.Sequential(nn.Linear(16, 128), nn.ReLU(), nn.Linear(128, 784))\n\n    def forward(self, x):\n        return self.decoder(self.encoder(x))\n",
    "a projection of patches": f"{_NET}        self.patch_embed = nn.Conv2d(3, 64, 16, stride=16)\n        self.fc = nn.Linear(64, 64)\n\n    def forward(self, x):\n        return self.fc(self.patch_embed(x).flatten(2).transpose(1, 2))\n",
    "upsampling": "import torch.nn as nn\n\ndecoder = nn.Sequential(nn.ConvTranspose2d(8, 8, 2, stride=2), nn.Conv2d(8, 3, 3, padding=1))\n",
    "a layer of the project": "import torch.nn as nn\n\n\nclass Dense(nn.Linear):\n    def forward(self, x):\n        return super().forward(x).relu()\n\n\nmodel = nn.Sequential(Dense(784, 128), Dense(128, 64), nn.Linear(64, 10))\n",
    "a seed for an image": f"{_NET}        self.fc = nn.Linear(16, 64 * 7 * 7)\n        self.up = nn.ConvTranspose2d(64, 3, 4, 2, 1)\n\n    def forward(self, z):\n        return self.up(self.fc(z).view(-1, 64, 7, 7))\n",
    "other axes": f"{_NET}        self.tokens = nn.Linear(64, 64)\n        self.channels = nn.Linear(64, 64)\n\n    def forward(self, x):\n        return self.channels(self.tokens(x).transpose(1, 2))\n",
}
