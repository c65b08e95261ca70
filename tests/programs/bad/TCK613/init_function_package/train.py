# expect: TCK613 anywhere; also: TCK602 TCK601
import torch
from initialise import init_weights
from network import ConvNet

torch.manual_seed(0)
net = ConvNet()
net.apply(init_weights)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
x = torch.randn(120, 1, 8, 8)
y = (x.mean((1, 2, 3)) > 0).long()
for step in range(100):
    rows = torch.randint(0, 120, (24,))
    loss = torch.nn.functional.cross_entropy(net(x[rows]), y[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
