import torch
import torch.nn.functional as F
from torch import nn


class LitClassifier(nn.Module):
    loss_fn = nn.CrossEntropyLoss()

    def __init__(self, cin, cout):
        super().__init__()
        self.heads = nn.ModuleDict({"main": nn.Sequential(nn.Linear(cin, cout), nn.Softmax(dim=1)), "aux": nn.Linear(cin, 1)})

    def forward(self, x):
        return {"probs": self.heads["main"](x), "value": self.heads["aux"](x)}

    def training_step(self, batch, batch_idx):
        x, y = batch
        out = self(x)
        loss = self.loss_fn(out["probs"], y)  # expect: TCK101
        return loss + 0.1 * F.mse_loss(out["value"], x.mean(1, keepdim=True))

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=5e-3)


class MiniTrainer:
    def __init__(self, max_epochs):
        self.max_epochs = max_epochs

    def fit(self, module, batches):
        optimizer = module.configure_optimizers()
        for _ in range(self.max_epochs):
            for i, batch in enumerate(batches):
                optimizer.zero_grad()
                loss = module.training_step(batch, i)
                loss.backward()
                optimizer.step()
        print(loss.item())


torch.manual_seed(0)
x = torch.randn(96, 7)
batches = [(b, b[:, :3].argmax(1)) for b in x.split(24)]
MiniTrainer(4).fit(LitClassifier(7, 3), batches)
