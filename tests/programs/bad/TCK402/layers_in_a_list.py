# crashes
# expect: TCK402 anywhere
# also: TCK503
# the head is kept in a dict, so .to() does not move it
import torch
import torch.nn as nn


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Linear(5, 10)
        self.heads = {"a": nn.Linear(10, 2), "b": nn.Linear(10, 2)}

    def forward(self, x, task):
        h = torch.relu(self.trunk(x))
        return self.heads[task](h)


torch.manual_seed(0)
model = MultiTask()
model.to("meta")
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for task in ("a", "b"):
    x = torch.randn(12, 5, device="meta")
    y = torch.zeros(12, dtype=torch.long, device="meta")
    loss = nn.functional.cross_entropy(model(x, task), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
