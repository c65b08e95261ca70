import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 6, 3)
        self.fc1 = nn.Linear(6 * 3 * 3, 10)

    def forward(self, x):
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = x.view(-1, 6 * 3 * 3)
        x = self.fc1(x)
        return F.log_softmax(x, dim=1)


torch.manual_seed(1)
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.5)
data = torch.randn(64, 1, 8, 8)
target = data.flatten(1)[:, :10].argmax(1)
model.train()
for epoch in range(1, 8):
    optimizer.zero_grad()
    output = model(data)
    loss = F.cross_entropy(output, target)  # expect: TCK102
    loss.backward()
    optimizer.step()
    print("Train Epoch: {} Loss: {:.6f}".format(epoch, loss.item()))
