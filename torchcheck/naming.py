"""What names say: which way a metric improves, and whether a number counts epochs or batches."""

from __future__ import annotations

import re

from torchcheck.facts.scheduler import Better
from torchcheck.torch_names import words

EPOCHS = words("epoch epochs ep eps_total")
STEPS = words("step steps iter iters iteration iterations batch batches update updates")
_HIGHER = words(
    "acc accuracy accuracies accs f1 auc auroc auprc ap map dice iou miou precision recall bleu rouge psnr ssim r2 "
    "reward rewards mcc kappa top1 top5 jaccard correct fscore"
)
_LOWER = words("loss losses err error errors mse mae rmse nll perplexity ppl wer cer eer fid mape")


def tokens(name: str) -> list[str]:
    """`valAcc1` and `val_acc_1` as words."""
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().split("_")
    return [part for part in parts if part]


def better_name(name: str) -> Better | None:
    """Which way a metric improves, by what it is called."""
    parts = tokens(name)
    if any(part in _LOWER or part.endswith("loss") for part in parts):
        return Better.LOWER
    return Better.HIGHER if any(part in _HIGHER for part in parts) else None
