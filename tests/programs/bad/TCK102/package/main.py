import torch
from nets.pointnet import PointNetCls
from torch.nn import CrossEntropyLoss

torch.manual_seed(0)
classifier = PointNetCls(k=4)
optimizer = torch.optim.Adam(classifier.parameters(), lr=0.001, betas=(0.9, 0.999))
criterion = CrossEntropyLoss()
points = torch.randn(32, 3, 20)
target = points.mean(2).abs().argmax(1)
for epoch in range(6):
    optimizer.zero_grad()
    classifier = classifier.train()
    pred, feat = classifier(points)
    loss = criterion(pred, target)  # expect: TCK102
    loss.backward()
    optimizer.step()
    print("[%d] train loss: %f" % (epoch, loss.item()))
