"""The parameters of one model on several ranks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from torchcheck.facts.place import Place


class Alike(Enum):
    """How the gradients of ranks compare, in all samples."""

    EQUAL = "equal"
    DIFFERENT = "different"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicasApart:
    """Ranks have a model with the same parameters, and the values of some are not the same in the latest samples.

    Attributes:
        model: the user's name of it.
        ranks: those that were compared.
        parameters: those that differ, by name, the one that differs most first.
        of_parameters: how many were compared.
        difference: of the first one, as a part of its norm.
        since: the first step of those on which they differed without a break.
        samples: how many steps of those were compared.
        began_alike: whether all parameters had been the same on the first step compared.
        is_rejoined: whether they have differed before, and been the same again after that.
        gradients: equal if those of all parameters are, different if those of all that differ are.
        is_wrapped: whether the model stands in a `DistributedDataParallel` over these ranks, that is to keep it alike.
        is_hooked: whether its communication goes through a hook of the user's.
        bypassed: where the model inside of the wrapper is called, if the wrapper itself never is.
        shares_data: whether a sampler gives each of the ranks its own part of the data.
        exchanges: whether the program, once it trains, exchanges tensors by itself that may be its parameters or their
            gradients, or writes to parameters between two steps.
        place: where an optimizer steps.
        step: of the last sample.
    """

    model: str
    ranks: tuple[int, ...]
    parameters: tuple[str, ...]
    of_parameters: int
    difference: float
    since: int
    samples: int
    began_alike: bool
    is_rejoined: bool
    gradients: Alike
    is_wrapped: bool
    is_hooked: bool
    bypassed: Place | None
    shares_data: bool
    exchanges: bool
    place: Place
    step: int
