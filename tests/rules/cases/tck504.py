"""TCK504 unregistered-parameter."""

_HEAD = "import torch\nimport torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self, n=3, device='cpu'):\n        super().__init__()\n"

BAD = {
    "moved to a device": f"{_HEAD}        self.w = nn.Parameter(torch.randn(n, n)).to(device)  # <-\n",
    "moved to the GPU": f"{_HEAD}        self.w = nn.Parameter(torch.randn(n, n)).cuda()  # <-\n",
    "scaled": f"{_HEAD}        self.w = nn.Parameter(torch.randn(n, n)) * 0.01  # <-\n",
    "scaled from the left": f"{_HEAD}        self.w = 0.01 * nn.Parameter(torch.randn(n, n))  # <-\n",
    "cast": f"{_HEAD}        self.w = nn.Parameter(torch.randn(n, n), requires_grad=True).double()  # <-\n",
    "a sum moved": f"{_HEAD}        self.w = nn.Parameter(torch.ones(n) + 1).to(device)  # <-\n",
    "transposed": f"{_HEAD}        self.w = nn.Parameter(torch.randn(n, n)).t()  # <-\n",
    "by a local name": f"{_HEAD}        w = nn.Parameter(torch.randn(n, n))\n        self.w = w.to(device)  # <-\n",
    "a tensor that asks for gradients": f"{_HEAD}        self.w = torch.randn(n, n, requires_grad=True)  # <-\n",
    "a tensor told to": f"{_HEAD}        self.w = torch.zeros(n).requires_grad_()  # <-\n",
    "a tensor on the device": f"{_HEAD}        self.w = torch.ones(n, requires_grad=True).to(device)  # <-\n",
    "a variable": f"{_HEAD}        from torch.autograd import Variable\n        self.w = Variable(torch.zeros(n), requires_grad=True)  # <-\n",
    "told to in a line of its own": f"{_HEAD}        self.w = torch.zeros(n)  # <-\n        self.w.requires_grad = True\n",
    "a list of parameters": f"{_HEAD}        self.ws = [nn.Parameter(torch.randn(n)) for _ in range(4)]  # <-\n",
    "a dict of parameters": f"{_HEAD}        self.ws = {{'a': nn.Parameter(torch.randn(n)), 'b': nn.Parameter(torch.randn(n))}}  # <-\n",
    "appended": f"{_HEAD}        self.ws = []  # <-\n        for i in range(n):\n            self.ws.append(nn.Parameter(torch.zeros(i + 1)))\n",
    "in a method of __init__": f"{_HEAD}        self.build(n)\n\n    def build(self, n):\n        self.w = nn.Parameter(torch.randn(n)).cuda()  # <-\n",
    "the name imported": "import torch\nfrom torch.nn import Module, Parameter\nclass Net(Module):\n    def __init__(self):\n        super().__init__()\n        self.w = Parameter(torch.zeros(3)).float()  # <-\n        self.b = torch.tensor([0.0], requires_grad=True)  # <-\n",
}

GOOD = {
    "noise to look at samples with": f"{_HEAD}        self.validation_z = torch.randn(6, n, requires_grad=True)\n",
    "the parameter itself": f"{_HEAD}        self.w = nn.Parameter(torch.randn(n, n).to(device) * 0.01)\n",
    "a buffer": f"{_HEAD}        self.register_buffer('m', torch.zeros(n))\n",
    "a constant": f"{_HEAD}        self.mean = torch.tensor([0.5, 0.5])\n        self.fixed = torch.ones(n, requires_grad=False)\n",
    "changed in place": f"{_HEAD}        self.w = nn.Parameter(torch.zeros(n)).requires_grad_()\n",
    "its values": f"{_HEAD}        self.start = nn.Parameter(torch.zeros(n)).detach().clone()\n",
    "a parameter kept under another name": f"{_HEAD}        w = nn.Parameter(torch.randn(n, n))\n        self.raw = w\n        self.w = w.t()\n",
    "computed from a registered one": f"{_HEAD}        self.raw = nn.Parameter(torch.randn(n, n))\n        self.shape = self.raw.shape\n",
    "trained by an optimizer of its own": f"{_HEAD}        self.delta = torch.zeros(n, requires_grad=True)\n        self.opt = torch.optim.SGD([self.delta], lr=0.1)\n",
    "handed to an optimizer outside": f"{_HEAD}        self.delta = torch.zeros(n, requires_grad=True)\n\nnet = Net()\nopt = torch.optim.Adam([net.delta], lr=0.1)\n",
    "estimated beside the training, by steps of its own": f"{_HEAD}        self.sigma = torch.tensor(0.1, requires_grad=True)\n        self.speed = 0.0\n\n    def forward(self, x):\n        loss = (x - self.sigma).pow(2).mean()\n        self.sigma, self.speed = gradient_step(loss, self.sigma, self.speed)\n        return loss\n",
    "no module": "import torch\nclass Attack:\n    def __init__(self, n):\n        self.delta = torch.zeros(n, requires_grad=True)\n",
    "registered by hand": f"{_HEAD}        w = torch.zeros(n, requires_grad=True)\n        self.register_parameter('w', nn.Parameter(w))\n",
    "a list wrapped later": f"{_HEAD}        self.ws = [nn.Parameter(torch.randn(n)) for _ in range(4)]\n        self.params = nn.ParameterList(self.ws)\n",
    "a local list wrapped": f"{_HEAD}        ws = [nn.Parameter(torch.randn(n)) for _ in range(4)]\n        self.ws = nn.ParameterList(ws)\n",
    "registered ones listed": f"{_HEAD}        self.a = nn.Parameter(torch.zeros(n))\n        self.b = nn.Parameter(torch.zeros(n))\n        self.both = [self.a, self.b]\n",
    "an input's gradient": f"{_HEAD}        self.fc = nn.Linear(n, 1)\n\n    def forward(self, x):\n        self.seen = torch.zeros_like(x).requires_grad_()\n        return self.fc(x + self.seen)\n",
    "an unknown base": "import torch\nfrom somewhere import Base\nclass Net(Base):\n    def __init__(self):\n        super().__init__()\n        self.w = torch.zeros(3, requires_grad=True)\n",
    "decided elsewhere": f"{_HEAD}        self.w = torch.zeros(n, requires_grad=bool(n))\n",
    "a dummy for gradient checkpointing": f"{_HEAD}        self.dummy_bias = torch.ones(1, requires_grad=True)\n\n    def forward(self, x):\n        return x + self.dummy_bias - self.dummy_bias\n",
}
