"""What each call of a model was for: training or evaluation. Told by gradients, modes, and the order of things."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from torch import Tensor, nn

from torchcheck.facts.passes import Pass, Purpose
from torchcheck.finding import Span
from torchcheck.probe.graph import leaves
from torchcheck.probe.observer import Observer
from torchcheck.probe.phases.calls import Call, begin_call, find_used, is_noisy, memory
from torchcheck.probe.phases.drives import Drive
from torchcheck.probe.session import Session

_MOST_CALLS = 64
_MOST_DOUBTS = 3
_OFTEN = 3  # calls in one line of a model in training mode, each with a loss and none with a backward
_numbers = itertools.count()


class _Left:
    """A model that was put in evaluation mode after it had trained."""

    def __init__(self, place: Span) -> None:
        self.place = place
        self.evaluated = False
        self.doubts = 0


class Phases(Observer):
    """Records `Pass` facts.

    A call trains if a backward goes through it. It evaluates if it was made while a loader was gone through from which
    nothing was learned; outside of loaders, if a loss was computed of it without gradients, or if it was made in
    evaluation mode and no later backward went through it. Calls are looked at on sampled steps, and where a loader
    begins or a trained model is put in evaluation mode.
    """

    facts: ClassVar[tuple[str, ...]] = ("modes",)

    def start(self, session: Session) -> None:
        self._key = f"torchcheck_pass_{next(_numbers)}"
        self._drives = session.drives
        self._window: list[Call] = []
        self._waiting: list[Drive] = []
        self._last: Call | None = None
        self._trained: WeakKeyDictionary[nn.Module, bool] = WeakKeyDictionary()
        self._supervised: WeakKeyDictionary[nn.Module, bool] = WeakKeyDictionary()
        self._names: WeakKeyDictionary[nn.Module, str] = WeakKeyDictionary()
        self._left: WeakKeyDictionary[nn.Module, _Left] = WeakKeyDictionary()
        self._recorded_by_hand: Counter[Span] = Counter()
        self._trains_at: set[Span] = set()
        self._expect_backward(False)
        self._crashed = False

    # What happens.

    def loader_began(self, loader: Any, iterator: Any, place: Span) -> None:
        self.session.glance()

    def drive_closed(self, drive: Drive) -> None:
        if drive.backwards or drive.grads or drive.steps or not drive.calls:
            return  # a step is meant to learn, though its backward may be missing
        if any(call.learns for call in drive.calls):
            self._waiting.append(drive)  # the next backward may go through it
            self._expect_backward(True)
        else:
            self._evaluated(drive)

    def mode_set(self, module: nn.Module, training: bool, place: Span) -> None:
        for root in list(self._trained):
            if root is not module and all(part is not root for part in module.modules()):
                continue
            if training:
                self._left.pop(root, None)
            elif self._trained[root]:
                self._left[root] = _Left(place)
                self.session.mute(self, False, "before_backward")
                self.session.glance()

    def root_entered(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        call = self._last = begin_call(module, args, kwargs, self.session.step)
        self._expect_backward(True)
        if not self._drives.add(call) and len(self._window) < _MOST_CALLS:
            self._window.append(call)

    def root_left(self, module: nn.Module, output: Any) -> None:
        call, self._last = self._last, None
        if call is None or call.root() is not module:
            return
        call.returned(output, self._key)
        call.trained, call.supervised = self._trained.get(module), module in self._supervised
        if call.learns if call.recorded else call.training and call.noisy:
            call.name = self._name(module)
        left = self._left.get(module)
        if left is not None and not call.recorded and not module.training:
            left.evaluated = True

    def loss_called(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], output: Tensor) -> None:
        if self._has_calls:
            self._supervise(self._calls(), args[0] if args else kwargs.get("input"), scored=False)

    def loss_scored(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], output: Tensor) -> None:
        calls = self._calls() if self._has_calls else []
        if calls:
            self._supervise(calls, args[0] if args else kwargs.get("input"), scored=True)
        else:
            self.session.glance()

    def before_backward(self, loss: Tensor) -> None:
        alive = self._drives.alive()
        if self._has_calls:
            self._mark_used([*(call for drive in self._waiting for call in drive.calls), *self._calls()])
            for drive in alive:
                drive.calls.clear()
            self._settle()
        if self._left:
            self._look_for_relapse(loss)
        self._expect_backward(False)

    def before_grad(self, outputs: tuple[Tensor, ...], inputs: tuple[Tensor, ...]) -> None:
        for drive in self._drives.alive():
            drive.calls.clear()
        self._waiting.clear()
        self._window.clear()

    def crashed(self, error: BaseException) -> None:
        self._crashed = True

    def end(self) -> None:
        if not self._crashed:
            for drive in self._drives.open:
                self.drive_closed(drive)
            self._settle(final=True)
        self._window.clear()
        self._waiting.clear()

    # What it means.

    def _expect_backward(self, has_calls: bool) -> None:
        """Listen to backwards while there are calls that one may go through, or a model that was left in evaluation."""
        self._has_calls = has_calls
        self.session.mute(self, not (has_calls or self._left), "before_backward")
        self.session.mute(self, not has_calls, "loss_called")

    def _supervise(self, calls: list[Call], given: Any, *, scored: bool) -> None:
        """A loss looked at what some of the calls returned."""
        if not isinstance(given, Tensor):
            return
        place = memory(given)
        for call in calls:
            root = call.root()
            if place in call.outputs and root is not None:
                call.scored |= scored
                call.judged |= not scored
                call.supervised = self._supervised[root] = True

    def _mark_used(self, calls: list[Call]) -> None:
        candidates = [call for call in calls if call.learns and not call.used]
        used = find_used(self.session.losses, candidates, self._key) if candidates else []
        for call in used or candidates:  # a graph that hides where it comes from clears everybody
            call.used = True
            root = call.root()
            if call.place is not None:
                self._trains_at.add(call.place)
            if root is not None:
                self._trained[root] = self._trained.get(root, False) or call.training

    def _calls(self) -> list[Call]:
        """The calls that a backward may still go through, those of loops that are over aside."""
        return [*(call for drive in self._drives.alive() for call in drive.calls), *self._window]

    def _settle(self, *, final: bool = False) -> None:
        """Judge what no backward can go through any more."""
        waiting, self._waiting = self._waiting, []
        for drive in waiting:
            if not any(call.used for call in drive.calls):
                self._evaluated(drive)
        window, self._window = self._window, []
        trained_on = set().union(*(call.inputs for call in window if call.used))
        for call in window:
            if not call.used and not call.inputs & trained_on:
                self._alone(call, final=final)

    def _evaluated(self, drive: Drive) -> None:
        """A whole way through a loader, from which nothing was learned."""
        inputs = [call.inputs for call in drive.calls]
        repeated = any(one and one == other for one, other in itertools.pairwise(inputs))
        for call in drive.calls:
            if call.place is None or repeated or call.is_thrown_away:
                continue
            self._note_evaluation(call)
            self._tell(call, call.place, whole=call.learns and not call.inputs_learn and len(drive.calls) > 1)

    def _alone(self, call: Call, *, final: bool) -> None:
        """A call outside of every loader, which no backward has gone through."""
        if call.place is None or call.trained is None or call.is_thrown_away:
            return
        if call.recorded:
            unused = call.learns and not call.inputs_learn and call.place not in self._trains_at
            if unused and (call.judged or not call.training):
                self._recorded_by_hand[call.place] += 1
                self._note_evaluation(call)
                enough = _OFTEN if call.training else 2
                self._tell(call, call.place, whole=self._recorded_by_hand[call.place] >= enough)
        elif call.scored or (final and call.supervised):
            self._tell(call, call.place, whole=False)

    def _note_evaluation(self, call: Call) -> None:
        root = call.root()
        left = self._left.get(root) if root is not None else None
        if left is not None and not call.training:
            left.evaluated = True

    def _name(self, root: nn.Module) -> str:
        if root not in self._names:
            self._names[root] = self.session.names.module(root)
        return self._names[root]

    def _tell(self, call: Call, place: Span, *, whole: bool) -> None:
        fact = Pass(
            purpose=Purpose.EVALUATION,
            place=place,
            model=call.name,
            training=call.training,
            noisy=call.noisy if call.training and call.trained else (),
            recorded=call.recorded,
            whole=whole,
        )
        self.session.report(self.session.judge.modes(fact))

    def _look_for_relapse(self, loss: Tensor) -> None:
        """Does a model train on in the mode in which it was evaluated?"""
        for root, left in list(self._left.items()):
            if not left.evaluated or root.training or left.doubts >= _MOST_DOUBTS:
                continue
            own = {id(parameter) for parameter in root.parameters()}
            if not any(id(leaf) in own for one in self.session.losses for leaf in leaves(one)):
                left.doubts += 1
                continue
            del self._left[root]
            if not is_noisy(root) or any(part.training for part in root.modules()):
                continue
            fact = Pass(
                purpose=Purpose.TRAINING,
                place=self.session.user_place(),
                model=self._name(root),
                training=False,
                left_at=left.place,
            )
            self.session.report(self.session.judge.modes(fact))
