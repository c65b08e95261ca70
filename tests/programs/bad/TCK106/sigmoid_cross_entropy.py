# multi-class with sigmoid outputs "because they are between 0 and 1"
import torch
import torch.nn as nn

torch.manual_seed(0)


class Model(nn.Module):
    def __init__(self, inp, out):
        super().__init__()
        self.l1 = nn.Linear(inp, 20)
        self.l2 = nn.Linear(20, out)

    def forward(self, x):
        x = torch.sigmoid(self.l1(x))
        x = torch.sigmoid(self.l2(x))
        return x


x = torch.randn(150, 6)
y = x[:, :3].argmax(dim=1)
model = Model(6, 3)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(40):
    y_pred = model(x)
    loss = criterion(y_pred, y)  # expect: TCK106
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 10 == 0:
        print("Epoch", epoch, loss.item())
