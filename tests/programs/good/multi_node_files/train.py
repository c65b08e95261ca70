"""Right: a project with registries, a hook-driven loop and a wrapper that clears, scales, clips and steps elsewhere."""
import torch
from hooks import OptimizerHook, Runner
from registry import LOSSES, MODELS

torch.manual_seed(0)
cfg = {
    "model": {"type": "Classifier", "cin": 8, "classes": 3},
    "loss": {"type": "CrossEntropy", "loss_weight": 1.0},
    "optimizer": {"lr": 5e-3, "weight_decay": 0.01},
    "max_iters": 40,
}
model = MODELS[cfg["model"].pop("type")](**cfg["model"])
loss = LOSSES[cfg["loss"].pop("type")](**cfg["loss"])
runner = Runner(model, loss, torch.optim.AdamW(model.parameters(), **cfg["optimizer"]))
runner.register(OptimizerHook(grad_clip={"max_norm": 2.0}))
x = torch.randn(240, 8)
runner.run(x, x[:, :3].argmax(1), cfg["max_iters"])
