"""TCK702 unsafe-load."""

BAD = {
    "of a file": "import torch\nstate = torch.load('model.pth', weights_only=False)  # <-\nmodel.load_state_dict(state)\n",
    "imported": "from torch import load\nstate = load(path, weights_only=False)  # <-\n",
    "under another name": "import torch as t\nstate = t.load(path, map_location='cpu', weights_only=False)  # <-\n",
    "nested in load_state_dict": "import torch\nmodel.load_state_dict(torch.load(args.resume, weights_only=False)['model'])  # <-\n",
    "over several lines": "import torch\nckpt = torch.load(  # <-\n    path,\n    map_location=device,\n    weights_only=False,\n)\n",
    "as a way around the error": "import torch\ntry:\n    ckpt = torch.load(path, weights_only=True)\nexcept Exception:\n    ckpt = torch.load(path, weights_only=False)  # <-\n",
    "torch.load patched": "import functools\nimport torch\ntorch.load = functools.partial(torch.load, weights_only=False)  # <-\n",
    "a constant": "import torch\nWEIGHTS_ONLY = False\nckpt = torch.load(path, weights_only=WEIGHTS_ONLY)  # <-\n",
    "where a missing file is awaited": "import torch\ntry:\n    ckpt = torch.load(path, weights_only=False)  # <-\nexcept FileNotFoundError:\n    ckpt = None\n",
    "the environment": "import os\nimport torch\nos.environ['TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD'] = '1'  # <-\nckpt = torch.load(path)\n",
    "from the web": "import torch\nstate = torch.hub.load_state_dict_from_url(url, progress=True, weights_only=False)  # <-\n",
    "another pickle, which no fix can keep": "import dill\nimport torch\nckpt = torch.load(path, pickle_module=dill, weights_only=False)  # <-\n",
    "a downloaded file": "import torch\nfrom huggingface_hub import hf_hub_download\nckpt = torch.load(hf_hub_download('a/b', 'model.bin'), weights_only=False)  # <-\n",
    "weights that were asked for": "import torch\nif args.weights is not None:\n    model.load_state_dict(torch.load(args.weights, weights_only=False))  # <-\n",
    "a buffer filled from the web": "import io\nimport torch\nbuffer = io.BytesIO()\nbuffer.write(response.content)\nckpt = torch.load(buffer, weights_only=False)  # <-\n",
    "bytes from elsewhere": "import io\nimport torch\nckpt = torch.load(io.BytesIO(response.content), weights_only=False)  # <-\n",
}

GOOD = {
    "weights only": "import torch\nstate = torch.load('model.pth', weights_only=True)\nmodel.load_state_dict(state)\n",
    "the default of the newest torch": "import torch\nstate = torch.load('model.pth', map_location='cpu')\n",
    "torch.jit.load": "import torch\nmodel = torch.jit.load('model.pt', map_location='cpu')\n",
    "arguments from a caller": "import torch\ndef read(path, **kwargs):\n    return torch.load(path, **kwargs)\n",
    "a value from a caller": "import torch\ndef read(path, weights_only=True):\n    return torch.load(path, weights_only=weights_only)\n",
    "the user chose to trust the file": "import torch\ndef read(path, trust_checkpoint=False):\n    if trust_checkpoint:\n        return torch.load(path, weights_only=False)\n    return torch.load(path, weights_only=True)\n",
    "the caller turned it off": "import torch\ndef read(path, weights_only=True):\n    if not weights_only:\n        return torch.load(path, weights_only=False)\n    return torch.load(path, weights_only=True)\n",
    "a buffer of its own": "import io\nimport torch\nbuffer = io.BytesIO()\ntorch.save(module, buffer)\nbuffer.seek(0)\nclone = torch.load(buffer, weights_only=False)\n",
    "lightning": "from lightning.pytorch import LightningModule\nmodel = Net.load_from_checkpoint(path, weights_only=False)\n",
    "fabric": "from lightning import Fabric\nfabric = Fabric()\nstate = fabric.load(path, weights_only=False)\n",
    "numpy and json": "import json\nimport numpy as np\nimport torch\nx = torch.from_numpy(np.load('x.npy'))\nsettings = json.load(open('a.json'))\n",
    "only saved": "import torch\ntorch.save(model.state_dict(), path)\n",
    "a file that exits unless it is trusted": "import torch\ndef read(path, trusted):\n    if not trusted:\n        raise ValueError(path)\n    return torch.load(path, weights_only=False)\n",
    "a buffer of its own, entered": "import io\nimport torch\ndef clone(module):\n    with io.BytesIO() as file:\n        torch.save(module, file)\n        file.seek(0)\n        return torch.load(file, weights_only=False)\n",
}
