"""TCK511: a layer that is built and never used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.facts.exam import Reach
from torchcheck.facts.still import Stillness
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import AssignView, CallView, ClassView, ExprView, FileView, FunctionView
    from torchcheck.facts.exam import Unreached
    from torchcheck.facts.still import StillParameters

_LAYERS = words(
    "Linear Bilinear LazyLinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d "
    "LazyConv2d LazyConv3d Embedding EmbeddingBag RNN LSTM GRU RNNCell LSTMCell GRUCell BatchNorm1d BatchNorm2d "
    "BatchNorm3d SyncBatchNorm LayerNorm GroupNorm RMSNorm MultiheadAttention Transformer TransformerEncoder "
    "TransformerEncoderLayer TransformerDecoder TransformerDecoderLayer PReLU"
)
_CONTAINERS = words("Sequential ModuleList ModuleDict")
_WHOLE_BASES = frozenset(
    {"torch.nn.Module", "abc.ABC", "typing.Generic", "builtins.object", "lightning.LightningModule"}
    | {"lightning.pytorch.LightningModule", "pytorch_lightning.LightningModule"}
)
_BY_WHATEVER_NAME = words(
    "children modules named_children named_modules _modules __dict__ vars get_submodule __getattr__ __getattribute__ "
    "fx create_feature_extractor IntermediateLayerGetter"
)
_ON_PURPOSE = ("unused", "not used", "compat", "checkpoint", "never used", "placeholder", "dummy", "state_dict")
_INITIALISES = ("__init__", "init", "_init", "reset_parameters", "_reset")


class UnusedModule(Rule):
    """`self.fc3 = nn.Linear(…)` in `__init__`, and nothing ever uses `fc3`: often `forward` calls another layer twice.

    Judged in classes that define `forward`, for layers with parameters. A layer counts as used where its name is read
    anywhere in the file, or in the files of the classes above, where it stands in a text, or where the class goes
    through its modules by `getattr`, `children` and the like. A layer whose weights are only initialised is not used.

    In a run, a layer is unused that no step calls or whose result never reaches the loss, though an optimizer has it;
    parts of a `ModuleList` or `ModuleDict` may be chosen from, and models of a library may have parts to spare.
    """

    code = "TCK511"
    name = "unused-module"
    level = Level.WARNING
    why = "Its parameters get no gradient: the model has a layer less than it looks, and DistributedDataParallel fails."
    help = "Call it in `forward`, or delete it."
    bad = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 8)
        self.fc2 = nn.Linear(8, 8)
        self.fc3 = nn.Linear(8, 2)

    def forward(self, x):
        x = torch.relu(self.fc1(x))
        return self.fc3(x)


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
x, y = torch.randn(8, 4), torch.randn(8, 2)
for _ in range(12):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 3, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(3)
        self.conv2 = nn.Conv2d(3, 3, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(3)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn1(self.conv2(x)))


torch.manual_seed(0)
model = Block()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
x, y = torch.randn(2, 3, 8, 8), torch.randn(2, 3, 8, 8)
for _ in range(12):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 8)
        self.fc2 = nn.Linear(8, 8)
        self.fc3 = nn.Linear(8, 2)

    def forward(self, x):
        for name in ("fc1", "fc2"):
            x = torch.relu(getattr(self, name)(x))
        return self.fc3(x)


print(Net()(torch.randn(2, 4)).shape)
""",
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.fc = nn.Linear(4, 4)
        self.drop = nn.Dropout(0.1)

    def forward(self, ids):
        return self.fc(self.embed.weight[ids])


print(Net()(torch.tensor([1, 2])).shape)
""",
    )

    def still(self, fact: StillParameters) -> Iterable[Found]:
        if fact.stillness is Stillness.NEVER_CALLED:
            message = f"No step calls `{fact.name}`, though `{fact.optimizer}` has its parameters."
        elif fact.stillness is Stillness.UNUSED:
            message = f"Nothing of `{fact.name}` reaches the loss, though `{fact.optimizer}` has it to train."
        else:
            return
        yield Found(message=message, at=fact.place, module=fact.name, step=fact.step)

    def unreached(self, fact: Unreached) -> Iterable[Found]:
        if fact.reach is not Reach.NEVER_CALLED:
            return
        yield Found(message=f"Neither training nor evaluation calls `{fact.name}`.", at=fact.place, module=fact.name)

    def class_(self, view: ClassView) -> Iterable[Found]:
        forward = view.methods.get("forward")
        built = view.methods.get("__init__")
        if forward is None or built is None or not view.is_module or _is_unfinished(forward):
            return
        candidates = [
            (name, assignment)
            for name, assignment in view.self_assignments
            if assignment.function == built and not _uses(view.file, name) and _has_parameters(assignment.value)
        ]
        if not candidates or not _is_seen_whole(view):
            return
        files = {one.file for one in view.lineage}
        accused = set()
        for name, assignment in candidates:
            if name in accused or any(_uses(file, name) for file in files) or _is_meant(assignment):
                continue
            if view.file.is_used_nearby(name):
                continue
            accused.add(name)
            yield Found(
                message=f"`self.{name}` is built in `{view.name}` and never used.",
                at=assignment.target,
                help=f"Call `self.{name}` in `forward`, or delete it.",
            )


def _is_unfinished(forward: FunctionView) -> bool:
    """Whether it is still to be written, or only has to be there: it does nothing, or hands its input on."""
    handed_on = [value.identifier for value in forward.returns if value is not None]
    given = (forward.parameters[1:2], ["args"])
    return forward.is_stub or (not forward.calls and not forward.assignments and handed_on in given)


def _has_parameters(value: ExprView) -> bool:
    call = value.built_by
    if call is None or value.call is None:
        return False
    if call.target is None:
        return value.instance_of is not None and value.instance_of.is_module is True and _owns_some(value.instance_of)
    head, _, last = call.target.rpartition(".")
    if head == "torch.nn":
        return last in _LAYERS or (last in _CONTAINERS and _holds_some(call))
    return call.target.startswith("torchvision.models.") and last.islower()


def _holds_some(call: CallView) -> bool:
    """Whether layers with parameters stand in a container as it is built."""
    inside = [inner.target for inner in call.file.calls_in(call)]
    return any(target is not None and target.rpartition(".")[2] in _LAYERS for target in inside)


def _owns_some(owner: ClassView) -> bool:
    """Whether a class builds layers with parameters itself."""
    return any(call.target is not None and _holds_some(call) for call in owner.own_calls())


def _is_seen_whole(view: ClassView) -> bool:
    """Whether all that its methods do with its modules can be seen."""
    for one in view.lineage:
        if any(base.name is not None and base.name not in _WHOLE_BASES for base in one.bases):
            return False
        if not _BY_WHATEVER_NAME.isdisjoint(one.identifiers | one.methods.keys()):
            return False
        if any(_goes_by_name(call) for call in one.own_calls()):
            return False
        if any(name == "forward" for name, _ in one.self_assignments):
            return False
    return not view.has_unknown_base


def _goes_by_name(call: CallView) -> bool:
    """Whether it is `getattr(self, name)` with a name that isn't known here."""
    owner, name = call.argument(0), call.argument(1)
    known = name is not None and isinstance(name.literal, str)
    return call.last_name == "getattr" and owner is not None and owner.identifier == "self" and not known


def _uses(file: FileView, name: str) -> bool:
    if name in file.words_in_texts:
        return True
    return any(not _only_initialises(read) for read in file.attribute_reads.get(name, ()))


def _only_initialises(read: ExprView) -> bool:
    """Whether it is the weight of a layer in a method that sets initial values."""
    function = read.function
    part = read.part
    return (
        function is not None
        and read.self_attribute is not None
        and function.name.startswith(_INITIALISES)
        and part is not None
        and part.attribute in ("weight", "bias", "bias_hh", "bias_ih")
    )


def _is_meant(assignment: AssignView) -> bool:
    remarks = assignment.remarks
    return any(part in remarks for part in _ON_PURPOSE)
