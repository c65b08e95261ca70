"""How data loaders give their data: in which order, and what they have in common. Measured by the probes."""

from __future__ import annotations

from dataclasses import dataclass

from torchcheck.facts.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderOrder:
    """The order of the samples in a pass over a loader that a model was trained with.

    Attributes:
        loader: as the user calls it, or its class.
        dataset: class name of the dataset.
        sequential: it keeps the order of a dataset that has one.
        samples: how many were looked at.
        batches: how many batches they came in.
        changes: how often the class differs from that of the sample before, as a part of how often it would in random
            order; None where the targets are no classes.
        memory: correlation of a numeric target with that of the sample before; None for classes.
        moving: consecutive samples overlap, or the dataset says that it is a series in time.
        place: the loop over it.
        step: optimizer steps done.
    """

    loader: str
    dataset: str
    sequential: bool
    samples: int
    batches: int
    changes: float | None
    memory: float | None
    moving: bool
    place: Place
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplesShared:
    """What a loader that only evaluates has in common with one that trained before.

    Attributes:
        training, evaluation: the loaders, as the user calls them.
        shared: samples in both.
        evaluated, trained: samples in each.
        only: no other loader evaluates on samples that were not trained on; None while the run goes on.
        place: the loop of the evaluation.
        step: optimizer steps done.
    """

    training: str
    evaluation: str
    shared: int
    evaluated: int
    trained: int
    only: bool | None
    place: Place
    step: int
