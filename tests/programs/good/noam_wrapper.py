"""Right: the annotated transformer's NoamOpt and SimpleLossCompute: step and clearing hide in a wrapper's methods."""
import torch
import torch.nn as nn


class NoamOpt:
    def __init__(self, model_size, factor, warmup, optimizer):
        self.optimizer, self.warmup, self.factor, self.model_size = optimizer, warmup, factor, model_size
        self._step = 0

    def step(self):
        self._step += 1
        for p in self.optimizer.param_groups:
            p["lr"] = self.rate()
        self.optimizer.step()

    def rate(self):
        return self.factor * (self.model_size**-0.5 * min(self._step**-0.5, self._step * self.warmup**-1.5))


class SimpleLossCompute:
    def __init__(self, generator, criterion, opt=None):
        self.generator, self.criterion, self.opt = generator, criterion, opt

    def __call__(self, x, y, norm):
        x = self.generator(x)
        loss = self.criterion(x.contiguous().view(-1, x.size(-1)), y.contiguous().view(-1)) / norm
        loss.backward()
        if self.opt is not None:
            self.opt.step()
            self.opt.optimizer.zero_grad()
        return loss.item() * norm


class Generator(nn.Module):
    def __init__(self, d_model, vocab):
        super().__init__()
        self.proj = nn.Linear(d_model, vocab)

    def forward(self, x):
        return torch.log_softmax(self.proj(x), dim=-1)


torch.manual_seed(0)
emb, generator = nn.Embedding(11, 32), Generator(32, 11)
opt = NoamOpt(32, 0.2, 20, torch.optim.Adam([*emb.parameters(), *generator.parameters()], lr=0, betas=(0.9, 0.98)))
compute = SimpleLossCompute(generator, nn.NLLLoss(reduction="sum"), opt)
for i in range(40):
    data = torch.randint(1, 11, (16, 6))
    loss = compute(emb(data), (data + 1) % 11, data.numel())
print(loss / data.numel())
