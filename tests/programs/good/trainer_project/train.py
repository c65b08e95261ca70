"""Right: a small project over several files: validation by a decorated helper, train mode restored, all in order."""
import torch
from config import Config
from data import make_loaders
from engine import Trainer
from model import SmallNet


def main():
    cfg = Config()
    torch.manual_seed(cfg.seed)
    train_loader, val_loader = make_loaders(cfg)
    model = SmallNet(cfg.features, cfg.classes)
    trainer = Trainer(model, cfg)
    trainer.fit(train_loader, val_loader)


if __name__ == "__main__":
    main()
