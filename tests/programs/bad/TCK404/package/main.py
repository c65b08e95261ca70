# expect: TCK404 anywhere; also: TCK403 TCK607
import torch
from net import Net
from precision import to_precision

torch.manual_seed(0)
net = to_precision(Net(), "fp16")
opt = torch.optim.SGD(net.parameters(), lr=1e-3)
spectrum = torch.rand(40, 10).pow(2) * 3e5
peak = spectrum.argmax(1)
for epoch in range(4):
    logits = net(to_precision(spectrum, "fp16"))
    loss = torch.nn.functional.cross_entropy(logits.float(), peak)
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
