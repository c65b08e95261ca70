# expect: TCK607 anywhere
# hand-written cross entropy: log of a probability that underflows to 0
import torch
import torch.nn as nn

torch.manual_seed(0)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)
        self.temperature = 0.002

    def forward(self, x):
        return torch.softmax(self.fc(x) / self.temperature, dim=1)


x = torch.randn(64, 4)
y = torch.randint(0, 3, (64,))
onehot = torch.eye(3)[y]
model = Classifier()
opt = torch.optim.SGD(model.parameters(), lr=1e-4)
for i in range(4):
    p = model(x)
    loss = -(onehot * torch.log(p)).sum(1).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(loss.item())
