"""An exception that stopped the training, with what was known of the call that raised it."""

from __future__ import annotations

from torchcheck.facts.layer import TensorInfo
from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class Crash:
    """What torch raised.

    Attributes:
        kind: class name of the exception, `RuntimeError`.
        text: its message.
        place: the user's innermost line in the traceback.
        function: dotted torch function that the user's line had called into last, as in `torch.nn.functional.linear`
            or `binary_cross_entropy`; empty when not known.
        module: dotted path of the innermost module that was running; None outside every module.
        module_kind: its class name.
        tensors: the tensors that met there: the module's inputs and parameters, or the loss's input and target.
        step: optimizer steps done.
        is_explained: a finding of what happened before says already why this call raised.
    """

    kind: str
    text: str
    place: Place
    function: str
    module: str | None
    module_kind: str | None
    tensors: tuple[TensorInfo, ...]
    step: int
    is_explained: bool = False
