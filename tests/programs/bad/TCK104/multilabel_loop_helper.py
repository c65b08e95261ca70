import torch
from torch import nn


def forward_pass(net, batch):
    return nn.functional.sigmoid(net(batch))


def train_loop(net, data, labels, criterion, opt, steps):
    net.train()
    history = []
    for _ in range(steps):
        rows = torch.randint(0, len(data), (32,))
        scores = forward_pass(net, data[rows])
        loss = criterion(scores, labels[rows])  # expect: TCK104
        opt.zero_grad()
        loss.backward()
        opt.step()
        history.append(loss.item())
    return history


if __name__ == "__main__":
    torch.manual_seed(4)
    data = torch.randn(200, 10)
    labels = (data @ torch.randn(10, 5) > 0).float()
    net = nn.Linear(10, 5)
    pos_weight = torch.full((5,), 2.0)
    hist = train_loop(net, data, labels, nn.BCEWithLogitsLoss(pos_weight=pos_weight),
                      torch.optim.SGD(net.parameters(), lr=0.1), 30)
    print(hist[0], hist[-1])
