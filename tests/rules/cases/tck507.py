"""TCK507 functional-dropout-always-on."""

_HEAD = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n"


def _net(*forward: str, init: str = "", head: str = _HEAD, signature: str = "self, x", name: str = "Net") -> str:
    body = "".join(f"        {line}\n" for line in forward)
    return (
        f"{head}class {name}(nn.Module):\n    def __init__(self, p=0.1):\n        super().__init__()\n"
        f"        self.p = p\n        self.fc = nn.Linear(4, 4)\n        self.drop = nn.Dropout(p)\n{init}"
        f"    def forward({signature}):\n{body}    def features_of(self, x):\n        return self.fc(x)\n"
    )


BAD = {
    "nothing but the input": _net("x = F.relu(self.fc(x))", "x = F.dropout(x)  # <-", "return x"),
    "with a rate": _net("return self.fc(F.dropout(x, 0.5))  # <-"),
    "with a rate of the module": _net("return self.fc(F.dropout(x, p=self.p))  # <-"),
    "in place": _net("return F.dropout(self.fc(x), p=0.3, inplace=True)  # <-"),
    "two-dimensional": _net("x = F.dropout2d(x, 0.2)  # <-", "return self.fc(x)"),
    "alpha, which is off unless it is told": _net("return F.alpha_dropout(x, self.p, True)  # <-"),
    "the flag is given as True": _net("return F.dropout(self.fc(x), 0.5, True)  # <-"),
    "the flag is given as True by keyword": _net("return F.dropout(self.fc(x), p=0.5, training=True)  # <-"),
    "the flag is the method": _net("return F.dropout(x, p=0.5, training=self.train)  # <-"),
    "another method of a module": _net("return self.features(x)")
    + "    def features(self, x):\n        return F.dropout(self.fc(x), p=0.5)  # <-\n",
    "attention": _net("return F.scaled_dot_product_attention(x, x, x, dropout_p=self.p)  # <-"),
    "attention with a mask": _net(
        "return torch.nn.functional.scaled_dot_product_attention(",  # <-
        "    x, x, x, attn_mask=m, dropout_p=0.1, is_causal=True)",
    ).replace("attention(\n", "attention(  # <-\n"),
    "attention with the rate of a dropout layer": _net(
        "p = self.drop.p", "return F.scaled_dot_product_attention(x, x, x, None, p)  # <-"
    ),
    "only where there is a rate": _net("if self.p > 0:", "    x = F.dropout(x, self.p)  # <-", "return x"),
    "a layer built where it is called": _net("return nn.Dropout(0.5)(self.fc(x))  # <-"),
    "a function that modules share": _HEAD + "def block(fc, x):\n    return F.dropout(F.relu(fc(x)), 0.5)  # <-\n"
    "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(2, 2)\n"
    "    def forward(self, x):\n        return block(self.fc, x)\n",
    "a graph network of an unknown base": "import torch.nn.functional as F\nfrom torch_geometric.nn import MessagePassing\n"
    "class Conv(MessagePassing):\n    def forward(self, x):\n        return F.dropout(x, p=0.6)  # <-\n",
    "torch.dropout": _net("return torch.dropout(x, 0.5, True)  # <-"),
}

GOOD = {
    "the mode of the module": _net("return F.dropout(self.fc(x), p=0.5, training=self.training)"),
    "the mode by position": _net("return F.dropout(self.fc(x), self.p, self.training)"),
    "switched off": _net("return F.dropout(self.fc(x), 0.0)"),
    "under the mode": _net("if self.training:", "    x = F.dropout(x, self.p)", "return self.fc(x)"),
    "left before, outside training": _net("if not self.training:", "    return x", "return F.dropout(x, self.p)"),
    "a conditional expression": _net("return F.dropout(x) if self.training else x"),
    "the rate depends on the mode": _net("return F.dropout(x, p=self.p if self.training else 0.0)"),
    "attention by the mode": _net(
        "p = self.p if self.training else 0.0", "return F.scaled_dot_product_attention(x, x, x, dropout_p=p)"
    ),
    "attention by the product with the mode": _net(
        "return F.scaled_dot_product_attention(x, x, x, dropout_p=self.p * self.training)"
    ),
    "attention without dropout": _net("return F.scaled_dot_product_attention(x, x, x, is_causal=True)"),
    "attention whose rate the caller decides": _net(
        "return F.scaled_dot_product_attention(x, x, x, dropout_p=dropout_p)", signature="self, x, dropout_p=0.0"
    ),
    "a rate set in two branches": _net(
        "if self.training:",
        "    p = self.p",
        "else:",
        "    p = 0.0",
        "return F.scaled_dot_product_attention(x, x, x, dropout_p=p)",
    ),
    "Monte-Carlo dropout by name": _net("return F.dropout(self.fc(x), 0.5, training=True)", name="MCDropoutNet"),
    "Monte-Carlo dropout by its comment": _net(
        "# stays on when predicting, for the uncertainty", "return F.dropout(self.fc(x), 0.5, training=True)"
    ),
    "a comment on the flag": _net(
        "# `training=True` resamples under eval()", "return F.dropout(self.fc(x), 0.5, training=True)"
    ),
    "the pre-net of a speech model": _net("return F.dropout(F.relu(self.fc(x)), p=0.5, training=True)", name="Prenet"),
    "the noise of a generator": _net("return F.dropout(self.fc(x), 0.5, training=True)", name="Generator"),
    "an argument decides": _net(
        "return F.dropout(self.fc(x), 0.5, training=self.training or sample)", signature="self, x, sample=False"
    ),
    "an argument decides whether it runs": _net(
        "if use_dropout:", "    x = F.dropout(x, 0.5)", "return self.fc(x)", signature="self, x, use_dropout=False"
    ),
    "a function whose caller knows the mode": _HEAD
    + "def attend(x, p):\n    return F.dropout(x, p)\ndef mix(x, training):\n    return F.dropout(x, 0.5, training)\n",
    "a script without modules": _HEAD + "x = torch.randn(3)\nprint(F.dropout(x, 0.5))\n",
    "a rate that the module sets to nothing for evaluation": _net(
        "return F.dropout(x, self.p)", init="    def train(self, mode=True):\n        self.p = 0.1 if mode else 0.0\n"
    ),
    "a rate that is a property": _HEAD + "class Net(nn.Module):\n    @property\n    def rate(self):\n"
    "        return 0.1 if self.training else 0.0\n    def forward(self, x):\n        return F.dropout(x, self.rate)\n",
    "another library's dropout": "import tensorflow as tf\nclass Net:\n    def forward(self, x):\n        return tf.nn.dropout(x, 0.5)\n",
    "a layer of the module": _net("return self.drop(self.fc(x))"),
    "alpha dropout is off unless it is told": _net("return F.alpha_dropout(x, self.p)"),
    "augmentation of a graph": _net("return self.fc(x)")
    + "    def augment(self, x):\n        return F.dropout(x, 0.2)\n",
}
