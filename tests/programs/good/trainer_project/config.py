from dataclasses import dataclass


@dataclass
class Config:
    seed: int = 0
    features: int = 9
    classes: int = 3
    lr: float = 3e-3
    weight_decay: float = 0.01
    epochs: int = 3
    batch_size: int = 32
    clip: float = 1.0
