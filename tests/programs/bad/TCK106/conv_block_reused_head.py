# the block with its ReLU is reused for the classifier convolution (segmentation)
import torch
from torch import nn


def conv_block(cin, cout, k=3):
    return nn.Sequential(nn.Conv2d(cin, cout, k, padding=k // 2), nn.BatchNorm2d(cout), nn.ReLU())


class FCN(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.enc1 = conv_block(3, 8)
        self.enc2 = conv_block(8, 16)
        self.classifier = conv_block(16, classes, k=1)

    def forward(self, x):
        return self.classifier(self.enc2(self.enc1(x)))


def main():
    torch.manual_seed(0)
    model = FCN(3)
    criterion = nn.CrossEntropyLoss(ignore_index=255)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    image = torch.randn(24, 3, 10, 10)
    label = image.argmax(dim=1)
    for epoch in range(3):
        for rows in torch.randperm(24).split(8):
            output = model(image[rows])
            loss = criterion(output, label[rows])  # expect: TCK106
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print("epoch %d loss %.4f" % (epoch, loss.item()))


if __name__ == "__main__":
    main()
