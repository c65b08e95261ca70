import torch
from losses import build_loss
from nets import build_net
from trainers.classification import ClassificationTrainer

torch.manual_seed(0)
trainer = ClassificationTrainer(build_net({"in": 10, "out": 3, "probabilities": True}), build_loss("ce"), lr=5e-3)
x = torch.randn(120, 10)
print(trainer.fit(x, x[:, :3].argmax(1), epochs=4))
