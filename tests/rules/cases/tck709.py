"""TCK709 deprecated-api."""

BAD = {
    "torchvision's models, by way of a star import": """
import torch
from common import *

backbone = models.resnet18(pretrained=True)  # <-
# === common.py
import torch
from torchvision import models
""",
    "autocast of cuda": "import torch\nwith torch.cuda.amp.autocast():  # <-\n    out = model(x)\n",
    "autocast imported": "from torch.cuda.amp import autocast\nwith autocast():  # <-\n    out = model(x)\n",
    "autocast with settings": "import torch\nwith torch.cuda.amp.autocast(enabled=True, dtype=torch.float16):  # <-\n    out = model(x)\n",
    "autocast with a positional setting": "import torch\nwith torch.cuda.amp.autocast(use_amp):  # <-\n    out = model(x)\n",
    "the scaler": "import torch\nscaler = torch.cuda.amp.GradScaler(enabled=use_amp)  # <-\n",
    "amp as a module": "from torch.cuda import amp\nscaler = amp.GradScaler()  # <-\nwith amp.autocast():  # <-\n    pass\n",
    "init without underscore": "from torch import nn\nfor m in net.modules():\n    nn.init.xavier_uniform(m.weight)  # <-\n    nn.init.constant(m.bias, 0)  # <-\n",
    "init as a module": "import torch.nn.init as init\ninit.kaiming_normal(w, mode='fan_out')  # <-\n",
    "clipping": "import torch\ntorch.nn.utils.clip_grad_norm(model.parameters(), 1.0)  # <-\n",
    "eigenvalues": "import torch\nvalues, vectors = torch.symeig(a, eigenvectors=True)  # <-\n",
    "qr and cholesky": "import torch\nq, r = torch.qr(a)  # <-\nl = torch.cholesky(a)  # <-\nu = torch.cholesky(a, upper=True)  # <-\n",
    "a method of a tensor": "import torch\na = torch.randn(3, 3)\ne, v = a.symeig(eigenvectors=True)  # <-\n",
    "a reference": "import torch\nouter = torch.ger  # <-\n",
    "range": "import torch\nsteps = torch.range(0, 9)  # <-\n",
    "upsample": "import torch.nn.functional as F\ny = F.upsample(x, scale_factor=2, mode='bilinear')  # <-\n",
    "size_average": "from torch import nn\ncriterion = nn.CrossEntropyLoss(size_average=False)  # <-\n",
    "reduce": "import torch.nn.functional as F\nloss = F.mse_loss(a, b, reduce=False)  # <-\n",
    "pretrained": "from torchvision import models\nnet = models.resnet18(pretrained=True)  # <-\nother = models.vgg16(pretrained=False)  # <-\n",
    "pretrained from the options": "import torchvision\nnet = torchvision.models.segmentation.fcn_resnet50(pretrained=args.pretrained)  # <-\n",
    "torchvision transforms": "from torchvision import transforms\nt = transforms.Compose([transforms.Scale(256), transforms.RandomSizedCrop(224)])  # <-\n",
    "a scheduler that talks": "from torch.optim.lr_scheduler import ReduceLROnPlateau\ns = ReduceLROnPlateau(optimizer, 'min', patience=3, verbose=True)  # <-\n",
    "an image grid": "from torchvision.utils import make_grid\ngrid = make_grid(images, normalize=True, range=(-1, 1))  # <-\n",
    "imports that are gone": "from torch._six import string_classes  # <-\nfrom torchvision.models.utils import load_state_dict_from_url  # <-\nimport torch\n",
    "weight norm": "from torch.nn.utils import weight_norm\nfrom torch import nn\nlayer = weight_norm(nn.Linear(2, 2))  # <-\n",
    "retained variables": "import torch\nloss = torch.randn(2, requires_grad=True).sum()\nloss.backward(retain_variables=True)  # <-\n",
    "the call of a module": "import torch\ny = torch.fft(x, 1)  # <-\n",
    "as a decorator": "import torch\nclass F(torch.autograd.Function):\n    @staticmethod\n    @torch.cuda.amp.custom_fwd  # <-\n    def forward(ctx, x):\n        return x * 2\n",
    "under another name": "from torch.cuda.amp import GradScaler as Scaler\nscaler = Scaler()  # <-\n",
}

GOOD = {
    "models of the project, by way of two star imports": """
import torch
from mine.all import *

backbone = models.fast.backbones.resnet18(pretrained=False)
# === mine/__init__.py
from mine import models
# === mine/all.py
from mine import *
# === mine/models.py
import torch
from mine.all import *
""",
    "the new autocast": "import torch\nwith torch.amp.autocast('cuda'):\n    out = model(x)\nscaler = torch.amp.GradScaler('cuda')\n",
    "torch.autocast": "import torch\nwith torch.autocast(device_type='cuda', dtype=torch.bfloat16):\n    out = model(x)\n",
    "underscored": "from torch import nn\nnn.init.xavier_uniform_(w)\nnn.utils.clip_grad_norm_(ps, 1.0)\n",
    "by version": "import torch\nfrom packaging import version\nif version.parse(torch.__version__) >= version.parse('2.4'):\n    scaler = torch.amp.GradScaler('cuda')\nelse:\n    scaler = torch.cuda.amp.GradScaler()\n",
    "a constant of the version": "import torch\nTORCH_GE_24 = tuple(map(int, torch.__version__.split('.')[:2])) >= (2, 4)\nscaler = torch.amp.GradScaler('cuda') if TORCH_GE_24 else torch.cuda.amp.GradScaler()\n",
    "where it exists": "import torch\ndef outer(a, b):\n    if hasattr(torch, 'outer'):\n        return torch.outer(a, b)\n    return torch.ger(a, b)\n",
    "a fallback of an import": "try:\n    from torch.amp import autocast\nexcept ImportError:\n    from torch.cuda.amp import autocast\nwith autocast('cuda'):\n    pass\n",
    "an import that may fail": "import torch\ntry:\n    from torch._six import inf\nexcept ImportError:\n    inf = float('inf')\n",
    "an annotation and a test": "import torch\ndef f(scaler: torch.cuda.amp.GradScaler):\n    return isinstance(scaler, torch.cuda.amp.GradScaler)\n",
    "fft the module": "import torch\ny = torch.fft.fft(x)\nz = torch.fft.ifft(y)\n",
    "linalg": "import torch\nq, r = torch.linalg.qr(a)\nu, s, vh = torch.linalg.svd(a)\n",
    "numpy": "import numpy as np\nimport torch\nq, r = np.linalg.qr(a)\nx = range(3)\n",
    "pretrained of another library": "import timm\nimport torch\nnet = timm.create_model('resnet18', pretrained=True)\nother = torch.hub.load('a/b', 'c', pretrained=True)\n",
    "a function of its own": "import torch\ndef qr(a):\n    return a\nclass Net(torch.nn.Module):\n    def cholesky(self, x):\n        return qr(x)\n    def forward(self, x):\n        return self.cholesky(x)\n",
    "reduction": "from torch import nn\ncriterion = nn.MSELoss(reduction='sum')\n",
    "weights": "from torchvision import models\nnet = models.resnet18(weights=models.ResNet18_Weights.DEFAULT)\n",
    "activations": "import torch.nn.functional as F\ny = F.tanh(F.sigmoid(x))\n",
    "verbose of another": "from torch.utils.data import DataLoader\nprint(fit(x, verbose=True))\n",
    "solve on an unknown object": "import torch\nx = problem.solve(b)\ny = trainer.lu(x)\n",
    "TorchScript": "import torch\nscripted = torch.jit.script(model)\n",
    "a table of the old and the new names": "from torch import nn\nINITS = {'normal_': nn.init.normal_, 'normal': nn.init.normal}\n",
    "the attribute of a scheduler": "import torch\ns = torch.optim.lr_scheduler.StepLR(optimizer, 3)\n",
    "a module that may not be there": "import torch\ntry:\n    import torch.fft as new_fft\nexcept ImportError:\n    new_fft = None\ndef old(x):\n    return torch.rfft(x, 1)\ndef new(x):\n    return torch.view_as_real(new_fft.rfft(x, dim=-1))\ntransform = old if new_fft is None else new\n",
}
