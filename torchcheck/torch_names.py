"""Names of torch that decide whether a piece of code can matter at all."""

from __future__ import annotations

from torchcheck.facts.loss import Loss


def words(text: str) -> frozenset[str]:
    """A set of names, written as one text."""
    return frozenset(text.split())


LOSS_MODULES = {
    "CrossEntropyLoss": Loss.CROSS_ENTROPY,
    "NLLLoss": Loss.NLL,
    "NLLLoss2d": Loss.NLL,
    "BCELoss": Loss.BCE,
    "BCEWithLogitsLoss": Loss.BCE_WITH_LOGITS,
    "MultiLabelSoftMarginLoss": Loss.MULTILABEL_SOFT_MARGIN,
    "MSELoss": Loss.MSE,
    "L1Loss": Loss.L1,
    "SmoothL1Loss": Loss.SMOOTH_L1,
    "HuberLoss": Loss.HUBER,
    "PoissonNLLLoss": Loss.POISSON_NLL,
    "GaussianNLLLoss": Loss.GAUSSIAN_NLL,
    "KLDivLoss": Loss.KL_DIV,
}
"""Loss classes of `torch.nn`."""

LOSS_FUNCTIONS = {loss.value: loss for loss in Loss if loss is not Loss.BY_HAND}
"""Losses of `torch.nn.functional`."""

OPTIMIZERS = words(
    "Adadelta Adafactor Adagrad Adam Adamax AdamW ASGD LBFGS Muon NAdam RAdam RMSprop Rprop SGD SparseAdam"
)
"""Optimizer classes of `torch.optim`."""

SOFTMAXES = words("softmax log_softmax Softmax LogSoftmax")
GRADIENTS = words("Variable requires_grad requires_grad_ backward manual_backward grad zero_grad")

MARKS = frozenset({*LOSS_MODULES, *LOSS_FUNCTIONS, *OPTIMIZERS, *SOFTMAXES, *GRADIENTS})
"""Identifiers without which a piece of code can give no fact: losses, softmax, optimizers, gradients."""

LOCAL_MARKS = SOFTMAXES | words("Variable requires_grad requires_grad_")
"""Those of them that models are full of: what they mean shows where they stand, and in the programs that use that."""

STATES = words("load_state_dict state_dict")
"""Methods whose names are those of many variables, too."""

MODEL_USES = words("no_grad inference_mode DistributedSampler DistributedDataParallel .load_state_dict .state_dict")
"""Identifiers without which a program that has none of those can give none either; with a dot where only the method of
that name counts."""


def canonical(name: str) -> str:
    """The public name of something in torch that has several."""
    if not name.startswith("torch."):
        return name
    parts = name.split(".")
    if parts[1:3] == ["nn", "modules"] and len(parts) > 3:
        return f"torch.nn.{parts[-1]}"
    if parts[1] == "optim" and len(parts) == 4 and parts[3] in OPTIMIZERS:
        return f"torch.optim.{parts[3]}"
    if parts[-1] == "GradScaler":
        return "torch.amp.GradScaler"
    return name
