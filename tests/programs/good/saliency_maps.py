"""Right: saliency and Grad-CAM need backward without any step; gradients of the model are cleared or ignored."""
import torch
from torch import nn


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 6, 3, padding=1), nn.ReLU())
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        f = self.features(x)
        return self.fc(f.mean((2, 3)))


torch.manual_seed(0)
model = CNN().eval()
grads, acts = {}, {}
model.features.register_forward_hook(lambda m, i, o: acts.__setitem__("f", o))
model.features.register_full_backward_hook(lambda m, gi, go: grads.__setitem__("f", go[0]))
for image in torch.randn(5, 1, 10, 10):
    image = image.unsqueeze(0).requires_grad_(True)
    score = model(image)
    score[0, score.argmax()].backward()
    cam = (grads["f"].mean((2, 3), keepdim=True) * acts["f"]).sum(1).relu()
    print(image.grad.abs().max().item(), cam.shape)
    model.zero_grad()
