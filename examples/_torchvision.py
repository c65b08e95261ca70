"""Lets `import torchvision` work beside a torch that its compiled operators were not built for.

A CUDA build of torchvision next to a CPU build of torch can't load its operators, and its import then stops at two of
them, though transforms, data sets and models are plain Python. Declaring the two is enough. Where torchvision imports
by itself, nothing is changed.
"""

import sys

import torch

OPERATORS = {
    "torchvision::nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "torchvision::qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}

try:
    import torchvision
except RuntimeError as error:
    if not any(name in str(error) for name in OPERATORS):
        raise
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]  # what the failed import left behind
    for name, signature in OPERATORS.items():
        torch.library.define(name, signature)
    import torchvision  # noqa: F401
