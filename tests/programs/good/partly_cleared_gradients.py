"""Right: between backward and step only some gradients are dropped: a last layer in its first epoch, a padding row."""
import torch
from torch import nn


def cancel_gradients_last_layer(epoch, model, freeze_last_layer):
    if epoch >= freeze_last_layer:
        return
    for n, p in model.named_parameters():
        if "last_layer" in n:
            p.grad = None


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(20, 12)
        self.rnn = nn.GRU(12, 16, batch_first=True)
        self.last_layer = nn.Linear(16, 3)

    def forward(self, t):
        return self.last_layer(self.rnn(self.emb(t))[1][-1])


torch.manual_seed(0)
model = Model()
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
tokens = torch.randint(0, 20, (120, 6))
labels = tokens[:, -1] % 3
for epoch in range(4):
    for rows in torch.randperm(120).split(30):
        loss = nn.functional.cross_entropy(model(tokens[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        model.emb.weight.grad[0].zero_()
        nn.utils.clip_grad_norm_(model.parameters(), 3.0)
        cancel_gradients_last_layer(epoch, model, 1)
        optimizer.step()
print(loss.item())
