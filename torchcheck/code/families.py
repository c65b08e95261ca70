"""Which classes from outside the project derive from which."""

from __future__ import annotations

from torchcheck.code.kinds import NOT_MODULES, Kind

FAMILIES = (
    ("torch.nn.Module", Kind.MODULE),
    ("torch.optim.Optimizer", Kind.OPTIMIZER),
    ("torch.utils.data.Dataset", Kind.DATASET),
)
_MODULES_OUTSIDE = (
    "torch.nn.",
    "torchvision.models.",
    "lightning.LightningModule",
    "lightning.pytorch.LightningModule",
    "pytorch_lightning.LightningModule",
    "pytorch_lightning.core.LightningModule",
)
_PLAIN_BASES = frozenset({"abc.ABC", "typing.Generic", "typing.Protocol", "enum.Enum"})


def outside_derives(name: str, ancestor: str) -> bool | None:
    """Whether a class outside derives from another; None where that is not known."""
    if name == ancestor:
        return True
    last = name.rpartition(".")[2]
    if name in _PLAIN_BASES or name.startswith("builtins."):
        return False
    if name.startswith("torch.nn.") and name.count(".") == 2 and last[:1].isupper():
        return ancestor == "torch.nn.Module" and last not in NOT_MODULES
    if name in _MODULES_OUTSIDE or name.startswith("torchvision.models."):
        return ancestor == "torch.nn.Module"
    if name.startswith("torch.optim.") and last[:1].isupper():
        return ancestor == "torch.optim.Optimizer"
    if name.startswith(("torch.utils.data.", "torchvision.datasets.")):
        return (ancestor == "torch.utils.data.Dataset" and "Dataset" in name) or name.startswith(
            "torchvision.datasets."
        )
    if name.startswith("torch.autograd."):
        return False
    if name.startswith("transformers.") and (last.endswith("Model") or "For" in last):
        return ancestor == "torch.nn.Module"
    return None


def instance_of(name: str) -> Kind:
    for ancestor, kind in FAMILIES:
        if outside_derives(name, ancestor):
            return kind
    return Kind.UNKNOWN
