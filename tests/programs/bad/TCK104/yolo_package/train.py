import torch
from loss import YoloLoss
from model.head import Detector

torch.manual_seed(0)
detector = Detector(anchors=2)
compute_loss = YoloLoss()
optimizer = torch.optim.SGD(detector.parameters(), lr=1e-2, momentum=0.9, nesterov=True)
images = torch.rand(16, 3, 16, 16)
objectness = (torch.nn.functional.avg_pool2d(images.mean(1, keepdim=True), 4) > 0.5).float().expand(-1, 2, -1, -1)
for epoch in range(4):
    for rows in torch.randperm(16).split(8):
        pred = detector(images[rows])
        loss = compute_loss(pred, objectness[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print(loss.item())
