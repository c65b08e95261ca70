"""How large weights, gradients and updates are, over a window of sampled steps. Measured by the probes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen
class Sample:
    """One parameter at one sampled step, taken around the optimizer's step.

    Attributes:
        step: optimizer steps done before it.
        weight: root mean square of the weights before the step.
        gradient: root mean square of the gradient that the step used.
        update: root mean square of the change that the step made.
        learning_rate: of the parameter's group.
    """

    step: int
    weight: float
    gradient: float
    update: float
    learning_rate: float

    @property
    def update_ratio(self) -> float:
        """Update over weight; infinite for a weight that is zero."""
        return self.update / self.weight if self.weight else float("inf")


@frozen(kw_only=True)
class ScaleWindow:
    """The samples of every weight that one optimizer trains.

    Only parameters of two or more dimensions are listed (biases, norms and scalars follow other scales), under their
    dotted names. A window holds at most 16 samples of each: the first four of the run, and the newest.

    Attributes:
        samples: by parameter name, oldest first; the names in the order of the forward pass, if that is known.
        optimizer: as the user calls it, or its class.
        first_step: steps done when the optimizer was built; 0 when it was there before the watch.
        peak_learning_rate: largest learning rate that any group has had so far.
        fan_in: how many inputs each output of a weight sums; a name is missing for lookups (embeddings) and for
            parameters whose use is not known.
        lookups: the names of embeddings, whose rows are looked up.
        sizes: how many numbers each weight holds.
        final: the run has ended; no later window will say more.
        loss_change: how far the newest losses lie above the run's first, relative to it (-0.3: they fell by 30 %);
            None when unknown.
        place: the optimizer's step in the user's source.
        step: optimizer steps done.
    """

    samples: dict[str, Sequence[Sample]]
    optimizer: str
    first_step: int
    peak_learning_rate: float
    fan_in: Mapping[str, int]
    lookups: Collection[str]
    sizes: Mapping[str, int]
    final: bool
    loss_change: float | None
    place: Place
    step: int
