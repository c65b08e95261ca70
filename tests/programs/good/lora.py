"""Right: the base weight is frozen, B starts at zero, A at random: the first update moves B alone."""
import math

import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Linear):
    def __init__(self, in_features, out_features, r=4, alpha=8):
        super().__init__(in_features, out_features)
        self.weight.requires_grad = False
        self.bias.requires_grad = False
        self.lora_A = nn.Parameter(torch.empty(r, in_features))
        self.lora_B = nn.Parameter(torch.zeros(out_features, r))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.scaling = alpha / r

    def forward(self, x):
        return super().forward(x) + (x @ self.lora_A.t() @ self.lora_B.t()) * self.scaling


torch.manual_seed(0)
model = nn.Sequential(LoRALinear(12, 32), nn.ReLU(), LoRALinear(32, 3))
trainable = [p for n, p in model.named_parameters() if "lora_" in n]
optimizer = torch.optim.AdamW(trainable, lr=2e-3)
x = torch.randn(200, 12)
y = x[:, :3].argmax(1)
for step in range(60):
    rows = torch.randint(0, 200, (50,))
    loss = F.cross_entropy(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
