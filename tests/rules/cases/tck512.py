"""TCK512 deprecated-variable."""

BAD = {
    "inputs and labels": "from torch.autograd import Variable\nfor x, y in loader:\n    x, y = Variable(x), Variable(y)  # <-\n",
    "on the device": "from torch.autograd import Variable\nx = Variable(x.cuda())  # <-\n",
    "whole name": "import torch\nx = torch.autograd.Variable(torch.zeros(1))  # <-\n",
    "a module's alias": "import torch.autograd as autograd\nh = autograd.Variable(torch.zeros(1, 2))  # <-\n",
    "volatile": "from torch.autograd import Variable\nx = Variable(x, volatile=True)  # <-\n",
    "requires grad": "import torch\nfrom torch.autograd import Variable\nz = Variable(torch.randn(2), requires_grad=True)  # <-\n",
    "in a model": "from torch import nn\nfrom torch.autograd import Variable\nclass Net(nn.Module):\n    def hidden(self, n):\n        return Variable(torch.zeros(n, 2))  # <-\n",
    "another name": "from torch.autograd import Variable as V\nx = V(x)  # <-\n",
    "over several lines": "from torch.autograd import Variable\nx = Variable(  # <-\n    # the batch\n    batch\n)\n",
}

GOOD = {
    "the tensor itself": "import torch\nx = torch.zeros(1)\n",
    "a check of the type": "from torch.autograd import Variable\nif isinstance(x, Variable):\n    x = x.data\n",
    "TensorFlow's": "import tensorflow as tf\nimport torch\nx = tf.Variable(1.0)\n",
    "a class of the project": "import torch\nclass Variable:\n    def __init__(self, x):\n        self.x = x\nv = Variable(1)\n",
    "a symbolic variable": "import torch\nfrom pulp import Variable\nv = Variable('x')\n",
    "an annotation": "from torch.autograd import Variable\ndef f(x: Variable):\n    return x\n",
    "only imported": "from torch.autograd import Variable\nimport torch\nx = torch.ones(1)\n",
    "re-exported by the project": "from compat import Variable\nv = Variable(1)\n# === compat.py\nimport torch\nclass Variable:\n    pass\n",
}
