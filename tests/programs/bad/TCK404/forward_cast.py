# expect: TCK404 anywhere; also: TCK403 TCK607 TCK418
# the model itself halves its input; only some rows are too large
import torch
import torch.nn as nn


class Half(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2, dtype=torch.float16)

    def forward(self, x):
        return self.fc(x.type(torch.half)).float()


torch.manual_seed(0)
x = torch.randn(60, 4)
x[:, 3] = torch.logspace(0, 6, 60)
y = (x[:, 0] > 0).long()
model = Half()
sgd = torch.optim.SGD(model.parameters(), lr=1e-3)
for i in range(4):
    loss = nn.functional.cross_entropy(model(x), y)
    sgd.zero_grad()
    loss.backward()
    sgd.step()
print(loss.item())
