"""Right: an attack script: backward for the input's gradient, no optimizer and no step anywhere."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4)).eval()
images = torch.rand(10, 16)
for data in images.split(1):
    data = data.clone()
    data.requires_grad = True
    output = model(data)
    target = output.argmax(1)
    loss = F.nll_loss(F.log_softmax(output, dim=1), target)
    model.zero_grad()
    loss.backward()
    perturbed = torch.clamp(data + 0.1 * data.grad.sign(), 0, 1)
    print(target.item(), model(perturbed).argmax(1).item())
