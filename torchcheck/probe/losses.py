"""How each loss is fed, read from its call and from the graph of the backward that uses it."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any, ClassVar
from weakref import ref

from torch import Tensor, nn

from torchcheck.facts.loss import Activation, Loss, LossFed
from torchcheck.probe.activations import ACTIVATION_NODES, last_activation
from torchcheck.probe.broadcasts import is_not_averaged, stretched_by_hand
from torchcheck.probe.formulas import Formulas
from torchcheck.probe.frames import forward_place, user_place
from torchcheck.probe.graph import nodes
from torchcheck.probe.loss_calls import Call, Tag, read_call
from torchcheck.probe.observer import Observer
from torchcheck.probe.session import Session
from torchcheck.probe.source import applied_in

_TOP = 300  # nodes looked at above the model
_MOST_FACTS = 500
_FIRST_CALLS = 3
_MODEL = frozenset(
    f"{name}Backward0"
    for name in (
        *("Addmm", "Convolution", "Linear", "Mm", "Bmm", "Embedding"),
        *("NativeBatchNorm", "NativeLayerNorm", "NativeGroupNorm"),
        *("ScaledDotProductFlashAttentionForCpu", "ScaledDotProductEfficientAttention"),
    )
)
_BARE = {
    "NllLossBackward0": Loss.NLL,
    "NllLoss2DBackward0": Loss.NLL,
    "BinaryCrossEntropyBackward0": Loss.BCE,
    "BinaryCrossEntropyWithLogitsBackward0": Loss.BCE_WITH_LOGITS,
}
_SPELLING = {
    Loss.NLL: "F.nll_loss",
    Loss.CROSS_ENTROPY: "F.cross_entropy",
    Loss.BCE: "F.binary_cross_entropy",
    Loss.BCE_WITH_LOGITS: "F.binary_cross_entropy_with_logits",
}
_numbers = itertools.count()


class Losses(Observer):
    """Notes what feeds each loss when it is called, and asks the rules when a backward uses it."""

    facts: ClassVar[tuple[str, ...]] = ("loss",)

    def start(self, session: Session) -> None:
        self._key = f"torchcheck_{next(_numbers)}"
        self._asked: set[Any] = set()
        self._called: set[str] = set()
        self._formulas = Formulas(self._judge)
        self._lines: Counter[int] = Counter()
        self._fresh = False

    def paced(self) -> None:
        """Hear of backwards where a sample is near, and late in a long training of losses, too."""
        clock = self.session.clock
        self.session.mute(self, clock.is_settled and not clock.is_near, "loss_called")
        if clock.is_near:
            self.session.mute(self, False, "before_backward")

    def after_forward(self, module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        """Note on an activation's graph node which module applied it: the innermost one, which returns first."""
        node: Any = output.grad_fn if isinstance(output, Tensor) else None
        if node is not None and node.name() in ACTIVATION_NODES and self._key not in node.metadata:
            node.metadata[self._key] = Tag(ref(module), forward_place())

    def loss_called(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], output: Tensor) -> None:
        self._called.add(name)
        node = getattr(output, "grad_fn", None)
        given = args[0] if args else kwargs.get("input")
        if node is None or not isinstance(given, Tensor):
            return
        if not self.session.sampled:  # then only the first calls of each line: another stage may begin at any time
            line = id(user_place())  # places are kept for good: the same line has the same one
            self._lines[line] += 1
            if self._lines[line] > _FIRST_CALLS:
                return
        self._fresh = True
        self.session.mute(self, False, "before_backward")
        call = read_call(Loss(name), args, kwargs, self._key)
        if call.opaque is not None:
            self._not_seen(call)
        node.metadata[self._key] = call

    def end(self) -> None:
        self._formulas.end()

    def before_backward(self, loss: Tensor) -> None:
        self._formulas.backward()
        if not (self.session.sampled or self._fresh):
            if not (self._formulas.waits or self.session.clock.is_near):
                self.session.mute(self, True, "before_backward")  # until there is something to look at again
            return
        self._fresh = False
        for root in self.session.losses:
            if root.grad_fn is not None:
                self._walk(root.grad_fn)

    def before_grad(self, outputs: tuple[Tensor, ...], inputs: tuple[Tensor, ...]) -> None:
        """A backward in all but name, if it differentiates a loss; a penalty on gradients is none."""
        if not (self.session.sampled or self._fresh):
            return
        trains = any(isinstance(given, nn.Parameter) and given.is_leaf and given.requires_grad for given in inputs)
        roots = [one.grad_fn for one in outputs if one.grad_fn is not None and self._is_loss(one, trains)]
        if roots:
            self._formulas.backward()
        for root in roots:  # other losses of this step may wait for a backward: `_fresh` stays as it is
            self._walk(root)

    def _is_loss(self, output: Tensor, trains: bool) -> bool:
        node: Any = output.grad_fn
        return (trains and output.numel() == 1) or isinstance(node.metadata.get(self._key), Call)

    def _walk(self, root: Any) -> None:
        """Look for losses between the backward and the model."""
        averaged = set(nodes(root, _TOP, stop=is_not_averaged)) if self.session.sampled else ()
        for node in nodes(root, _TOP, stop=self._ends):
            call = node.metadata.get(self._key)
            if isinstance(call, Call):
                self._judge(call)
            elif node.name() in _BARE:
                self._bare(node)
            elif node in averaged:
                shapes = stretched_by_hand(node)
                if shapes is not None:
                    self._formulas.proved(shapes, self.session.user_place())

    def _ends(self, node: Any) -> bool:
        name = node.name()
        return name in _MODEL or name in _BARE or isinstance(node.metadata.get(self._key), (Call, Tag))

    def _bare(self, node: Any) -> None:
        """A loss that was called past the wrappers: through a name that was imported before the watch."""
        loss = _BARE[node.name()]
        child, output = node.next_functions[0]
        if loss is Loss.NLL and child is not None and child.name() == "LogSoftmaxBackward0":
            loss = Loss.CROSS_ENTROPY  # or a log-softmax of the user's own, which is the same
            child, output = child.next_functions[0]
        if loss.value in self._called:
            return  # called in a step that was not sampled: its own line is known from another
        applied = last_activation(child, output)
        tag = applied.node.metadata.get(self._key) if applied.node is not None else None
        self._judge(Call(loss, _SPELLING[loss], self.session.user_place(), applied.activation, tag=tag))

    def _judge(self, call: Call) -> None:
        key = (call.place, call.loss, call.activation, call.input_shape, call.target_shape)
        if key in self._asked or len(self._asked) >= _MOST_FACTS:
            return
        self._asked.add(key)
        self.session.report(self.session.judge.loss(self._fact(call)))

    def _fact(self, call: Call) -> LossFed:
        module = call.tag.module() if call.tag is not None else None
        applied_at = call.tag.place if call.tag is not None else None
        if applied_at is None and call.activation not in (Activation.UNKNOWN, Activation.LINEAR):
            applied_at = applied_in(call.activation.name, module, call.place)
        return LossFed(
            loss=call.loss,
            spelling=call.spelling,
            place=call.place,
            activation=call.activation,
            applied_at=applied_at,
            module=self.session.names.module(module) if module is not None else None,
            input_name=call.input_name(),
            input_shape=call.input_shape,
            target_shape=call.target_shape,
            target_name=call.target_name() if call.target_learns and not call.input_learns else None,
            input_learns=call.input_learns,
            target_learns=call.target_learns,
            step=self.session.step,
        )

    def _not_seen(self, call: Call) -> None:
        what = "compiled by torch.compile" if call.opaque == "CompiledFunctionBackward" else "hidden by a checkpoint"
        self.session.remark(
            f"What feeds `{call.spelling}` ({call.place}) was not seen: that part of the model is {what}. "
            "Run once without it to have it checked."
        )
