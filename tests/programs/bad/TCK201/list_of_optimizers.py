import torch
import torch.nn as nn


class Ensemble:
    def __init__(self, n):
        self.nets = [nn.Linear(6, 2) for _ in range(n)]
        self.opts = [torch.optim.SGD(net.parameters(), lr=5e-3) for net in self.nets]

    def update(self, x, y):
        for net, opt in zip(self.nets, self.opts):
            loss = nn.functional.cross_entropy(net(x), y)
            loss.backward()  # expect: TCK201
            opt.step()
        return loss.item()


torch.manual_seed(0)
ensemble = Ensemble(3)
for i in range(15):
    x = torch.randn(32, 6)
    print(ensemble.update(x, (x[:, 0] > 0).long()))
