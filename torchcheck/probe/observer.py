"""What a probe is: an observer of one concern, told what happens in the training run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from types import GeneratorType

    import torch
    from torch import Tensor, nn

    from torchcheck.finding import Span
    from torchcheck.probe.phases.drives import Drive
    from torchcheck.probe.session import Session


class Observer:
    """One concern of the probes. Every method is a no-op here; a subclass overrides what it needs.

    A module of `torchcheck.probe` that defines a subclass needs no registration: the session finds it. An observer is
    started only if a rule judges one of its `facts`. An exception in any of its methods switches it off and becomes a
    remark; the training goes on.

    Attributes:
        facts: the kinds of fact it records, as in `facts.base.FACT_LENSES`; empty: it always runs.
        rests: it only measures: between sampled steps it hears of nothing but optimizers and the end. It wakes one
            step early, since a step's module hooks are installed before the step begins, and hears of the new step
            that ends the sampled one.
        on_request: it is made by the session itself, where somebody asks for it.
        session: the session that it watches for, set before `start`.
    """

    facts: ClassVar[tuple[str, ...]] = ()
    rests: ClassVar[bool] = False
    on_request: ClassVar[bool] = False
    session: Session

    def start(self, session: Session) -> None:
        """The watch begins."""

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """A module is called from outside every other module. Sampled steps only."""

    def after_root_forward(self, module: nn.Module, output: Any) -> None:
        """It returned; `output` is None when it raised. Sampled steps only."""

    def before_forward(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        """Any module is called, roots included. Sampled steps only."""

    def after_forward(self, module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        """It returned; `output` is None when it raised. Sampled steps only."""

    def root_entered(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """A module is called from outside every other one, on a sampled step or while the session glances."""

    def root_left(self, module: nn.Module, output: Any) -> None:
        """It returned; `output` is None when it raised."""

    def loader_began(self, loader: Any, iterator: Any, place: Span) -> None:
        """A `DataLoader` is iterated over."""

    def batch_drawn(self, iterator: Any, batch: Any) -> None:
        """Such an iteration gave a batch."""

    def loader_ended(self, iterator: Any) -> None:
        """It has no more."""

    def drive_closed(self, drive: Drive) -> None:
        """A way through a loader is over: it had no more, or its loop was left."""

    def mode_set(self, module: nn.Module, training: bool, place: Span) -> None:
        """`train` or `eval` of a module has run, not from inside another such call."""

    def before_backward(self, loss: Tensor) -> None:
        """A backward begins, not from inside another. `session.losses` holds all of its tensors."""

    def after_backward(self, loss: Tensor) -> None:
        """It ended without an exception."""

    def before_grad(self, outputs: tuple[Tensor, ...], inputs: tuple[Tensor, ...]) -> None:
        """`torch.autograd.grad` is called, not from inside itself or a backward."""

    def before_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        """An optimizer is about to step; a step that calls `super().step()` is one."""

    def after_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        """It has stepped; `session.step` still counts the steps before it."""

    def skipped_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        """A `GradScaler` held the step back because gradients were not finite."""

    def first_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        """An optimizer is about to step for the first time in this watch."""

    def stepped(self, optimizer: torch.optim.Optimizer) -> None:
        """An optimizer has stepped, or a scaler held its step back. Told on every step, and so without a place."""

    def paced(self) -> None:
        """Whether the clock is young, or near a sample, may have changed. Told after `new_step` and before `built`."""

    def failed_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        """A `GradScaler` found no gradients that it could free from its factor, and raises."""

    def new_step(self) -> None:
        """`session.step` has grown and `session.sampled` was decided anew."""

    def built(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        """An optimizer was constructed at `place`."""

    def cleared(self, holder: torch.optim.Optimizer | nn.Module, place: Span) -> None:
        """`Optimizer.zero_grad` or `Module.zero_grad` has run."""

    def clipped(self, given: tuple[Any, float | None], place: Span) -> None:
        """`clip_grad_norm_` or `clip_grad_value_` has run; given were a tensor, a sequence or None, and the limit."""

    def scaled(self, tensors: tuple[Tensor, ...]) -> None:
        """A `GradScaler` that is on gave these scaled losses."""

    def scale_updated(self, scaler: Any, place: Span) -> None:
        """`GradScaler.update` has run."""

    def unscaled(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        """`GradScaler.unscale_` has run."""

    def scheduler_built(self, scheduler: Any, place: Span) -> None:
        """A learning-rate scheduler was constructed at `place`."""

    def scheduled(self, scheduler: Any, place: Span) -> None:
        """A learning-rate scheduler has stepped, not counting the step of its construction."""

    def taken(self, parameters: GeneratorType[Any, Any, Any], use: str, place: Span) -> None:
        """An optimizer is about to be built with a generator, or gradients to be clipped with one that is spent."""

    def loaded(self, module: nn.Module, place: Span) -> None:
        """`Module.load_state_dict` has run."""

    def loss_called(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], output: Tensor) -> None:
        """A loss of `torch.nn.functional` returned where gradients are recorded; `name` as in `facts.loss.Loss`."""

    def loss_scored(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], output: Tensor) -> None:
        """It returned where none are: an evaluation, a reward, a target."""

    def loss_transformed(self) -> None:
        """Such a loss was computed inside of a transform of `torch.func`."""

    def crashed(self, error: BaseException) -> None:
        """The watched code raised `error`. Called once, before `end`."""

    def end(self) -> None:
        """The watch ends; nothing of it may stay behind."""
