import argparse

import torch
from engine import fit
from models import build_model
from torch.utils.data import DataLoader, TensorDataset


def get_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--lr", type=float, default=5e-3)
    return parser.parse_args()


def main():
    args = get_args()
    torch.manual_seed(0)
    x = torch.randn(200, 12)
    y = (x @ torch.randn(12, 5)).argmax(1)
    loader = DataLoader(TensorDataset(x, y), batch_size=args.batch_size, shuffle=True)
    model = build_model(12, 5)
    fit(model, loader, epochs=args.epochs, lr=args.lr)


if __name__ == "__main__":
    main()
