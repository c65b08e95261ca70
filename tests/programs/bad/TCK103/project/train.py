import torch
from network import DualEncoder
from utils.criteria import token_loss

torch.manual_seed(7)
net = DualEncoder(vocab=30, dim=20)
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
src = torch.randint(0, 30, (40, 9))
tgt = (src + 1) % 30
for epoch in range(5):
    perm = torch.randperm(40)
    for rows in perm.split(10):
        scores = net(src[rows])
        loss = token_loss(scores, tgt[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
