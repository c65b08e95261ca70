import argparse

import torch
import torch.nn as nn
import torch.nn.functional as F


def parse():
    p = argparse.ArgumentParser()
    p.add_argument("--loss", default="ce")
    p.add_argument("--opt", default="SGD")
    p.add_argument("--lr", default=0.1, type=float)
    return p.parse_args()


class CNN1D(nn.Module):
    def __init__(self, channels, n_class):
        super(CNN1D, self).__init__()
        self.conv = nn.Conv1d(channels, 8, kernel_size=3, padding=1)
        self.bn = nn.BatchNorm1d(8)
        self.lin = nn.Linear(8 * 8, n_class)

    def forward(self, x):
        x = F.max_pool1d(F.relu(self.bn(self.conv(x))), 2)
        x = x.reshape(x.size(0), -1)
        out = F.softmax(self.lin(x), dim=1)
        return out


def main(args):
    torch.manual_seed(0)
    x = torch.randn(120, 2, 16)
    y = (x[:, 0].mean(1) > 0).long()
    model = CNN1D(2, 2).to("cpu")
    criterion = {"ce": nn.CrossEntropyLoss(), "mm": nn.MultiMarginLoss()}[args.loss]
    optimizer = getattr(torch.optim, args.opt)(model.parameters(), lr=args.lr)
    for e in range(3):
        for i in torch.randperm(120).split(30):
            sample, target = x[i], y[i]
            output = model(sample)
            loss = criterion(output, target)  # expect: TCK101
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print("Epoch %d loss %.3f" % (e, loss.item()))


if __name__ == "__main__":
    main(parse())
