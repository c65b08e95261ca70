"""Whether a training learns from data that stays what it is, or from what models say (agents, teachers, "
"adversaries)."""

from __future__ import annotations

import torch
from torch import nn


class Calls:
    """The calls of models in the sampled steps of a training, counted.

    Where data comes from a loader, and models are not run beside the training more often than now and then, its loss
    has to fall. Where the data comes from elsewhere, each backward must have one call of a model, and calls in
    training mode without gradients must have been scored by a loss: an agent that acts, or a network that makes
    targets, looks otherwise.
    """

    def __init__(self) -> None:
        self._recorded = self._silent = self._scored = 0
        self._backwards = self._fed = self._beside = self._several = 0
        self._drawn = False

    def called(self, module: nn.Module) -> None:
        """A model is called from outside every other; a loss or an activation is a module, too, but learns nothing."""
        if next(module.parameters(), None) is None:
            return
        if torch.is_grad_enabled():
            self._recorded += 1
        elif module.training:
            self._silent += 1

    def scored(self) -> None:
        """A loss was computed without gradients."""
        self._scored += 1

    def drawn(self) -> None:
        """A loader gave a batch."""
        self._drawn = True

    def backward(self, sampled: bool) -> None:
        """A backward begins."""
        if sampled:
            self._backwards += 1
            self._fed += self._drawn
            self._beside += self._silent > self._scored
            self._several += self._recorded > 1
        self._recorded = self._silent = self._scored = 0
        self._drawn = False

    @property
    def is_fixed(self) -> bool:
        """Whether the data and the targets stay what they are, as far as can be seen."""
        if not self._backwards:
            return False
        if self._fed == self._backwards:
            return self._beside < self._backwards / 2
        return not self._beside and not self._several
