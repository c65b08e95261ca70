"""TCK508: two linear maps with nothing between."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import NOT_LITERAL, words_of
from torchcheck.code.follow import followings_in, followings_of
from torchcheck.code.sizes import inputs_of, number_of, outputs_of, settled_text
from torchcheck.finding import Level
from torchcheck.patterns import pattern
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import CallView, ClassView
    from torchcheck.code.follow import Following

_RESHAPING = words("view reshape flatten squeeze unsqueeze Flatten Unflatten")
_PROJECTS = words(
    "lora rank proj project projection projector q k v qkv query key value to embed embedding emb rbf basis down up "
    "adapter bottleneck reduce reduction squeeze quant vq codebook patch depthwise pointwise dw pw sep"
)
"""Words in the names of layers that are linear on purpose."""
_SMALL = words("rank r lora bottleneck latent code low reduced compressed squeeze basis emb embed embedding z factor")
"""Words in the names of sizes that are smaller than those around them."""
_MEANT = pattern(
    r"deep.?linear|linear.?(auto.?encoder|network)|low.?rank|factori[sz]|\blora\b|bottleneck|separable|reparam|"
    r"(no|without( an?)?|not? use|lin(ear)?( as)?) (activation|non.?linear)|collapse|fuse"
)
_TESTS = pattern(r"(^|[/\\])(tests?|testing)[/\\]|(^|[/\\])(test_[^/\\]*|[^/\\]*_test|conftest)\.py$")
_TOYS = words("toy dummy mock fake test stub")
_LONGEST = 48


class NoNonlinearity(Rule):
    """Two linear layers follow each other with no non-linearity between them: together they are one linear map.

    Judged are `nn.Linear` and convolutions in an `nn.Sequential`, in what `forward` and the other methods of a module
    do with layers of `self`, and in loops over an `nn.ModuleList`. Dropout, batch norm, average pooling and a reshape
    are no non-linearities. Not accused: a factorisation through a smaller inner size, LoRA, convolutions that
    are grouped, separable or strided, projections that are called so (`q_proj`, `embed`), an output that anything else
    takes as well (a trunk with several heads, features that are returned), models of tests, and layers between which
    stands anything that isn't known.
    """

    code = "TCK508"
    name = "no-nonlinearity"
    level = Level.WARNING
    why = "Linear maps in a row can learn no more than a single one: the depth of the model is only apparent."
    help = "Put a non-linearity between them, such as `nn.ReLU()` or `torch.relu(…)`; or make them one layer."
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
        x = self.fc2(x)
        return self.fc3(x)


print(Net()(torch.ones(1, 4)).shape)
""",
        """\
import torch
from torch import nn

model = nn.Sequential(
    nn.Linear(4, 8),
    nn.Dropout(0.1),
    nn.Linear(8, 2),
)
print(model(torch.ones(1, 4)).shape)
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
        self.mean = nn.Linear(8, 2)
        self.spread = nn.Linear(8, 2)

    def forward(self, x):
        h = self.fc1(x)
        return self.mean(h), self.spread(h)


print(Net()(torch.ones(1, 4)))
""",
        """\
import torch
from torch import nn

low_rank = nn.Sequential(nn.Linear(64, 4, bias=False), nn.Linear(4, 64))
separable = nn.Sequential(nn.Conv2d(3, 3, 3, groups=3), nn.Conv2d(3, 8, 1), nn.ReLU())
print(low_rank(torch.ones(1, 64)).shape, separable(torch.ones(1, 3, 8, 8)).shape)
""",
    )
    call_names = frozenset({"Sequential"})

    def call(self, view: CallView) -> Iterable[Found]:
        if view.target == "torch.nn.Sequential" and not _is_a_toy(view):
            yield from map(_found, filter(_is_mistaken, followings_in(view)))

    def class_(self, view: ClassView) -> Iterable[Found]:
        if view.is_module is False or "forward" not in view.methods or _is_a_toy(view):
            return
        for name, method in view.methods.items():
            if name != "__init__":
                yield from map(_found, filter(_is_mistaken, followings_of(method)))


def _found(one: Following) -> Found:
    second = _short(one.second_name)
    if one.first.made == one.second.made:
        what = f"Each `{second}` takes the output of the one before it"
    else:
        what = f"`{second}` takes the output of `{_short(one.first_name)}`"
    between = ", ".join(f"`{name}`" for name in dict.fromkeys(one.between))
    also = f" ({between} {'is' if len(set(one.between)) == 1 else 'are'} none)" if between else ""
    return Found(message=f"{what} with no non-linearity between them{also}.", at=one.at)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name.partition('(')[0]}(…)"


def _is_a_toy(view: CallView | ClassView) -> bool:
    """Whether it stands in a test, where models need not be of any use."""
    around = view.function
    name = " ".join([view.in_class.name if view.in_class is not None else "", getattr(view, "name", "") or ""])
    in_test = around is not None and around.name.startswith("test")
    return in_test or not _TOYS.isdisjoint(words_of(name)) or _TESTS.search(view.file.name) is not None


def _is_mistaken(one: Following) -> bool:
    first, second = one.first.made.call, one.second.made.call
    if first is None or second is None or first.is_open or second.is_open:
        return False
    named = (*words_of(one.first_name.partition("(")[0]), *words_of(one.second_name.partition("(")[0]))
    if not _PROJECTS.isdisjoint(named) or _is_on_purpose(one):
        return False
    if not (_is_whole(first) and _is_whole(second)) or _is_factorised(first, second):
        return False
    if first.last_name.endswith("Linear"):
        same = not _RESHAPING.isdisjoint(one.between)
        return second.last_name.endswith("Linear") and (not same or _fits(first, second))
    return second.last_name.endswith("Linear") or first.last_name == second.last_name


def _is_on_purpose(one: Following) -> bool:
    owner = one.at.in_class
    said = " ".join([one.at.remarks, one.second.made.remarks, " ".join(words_of(owner.name)) if owner else ""])
    return _MEANT.search(said) is not None


def _is_whole(call: CallView) -> bool:
    """Whether it is a plain linear layer, or a convolution of all channels by a square kernel in steps of 1."""
    if call.last_name.endswith("Linear"):
        return True
    position = 7 if "Transpose" in call.last_name else 6
    groups = call.argument(position, "groups")
    kernel, stride = call.argument(2, "kernel_size"), call.argument(3, "stride")
    if (groups is not None and groups.literal != 1) or kernel is None:
        return False
    if kernel.items is not None and len({item.text for item in kernel.items}) > 1:
        return False
    return stride is None or stride.literal == 1


def _fits(first: CallView, second: CallView) -> bool:
    """Whether what the first layer gives is all that the second takes, so that a reshape between mixed no axes."""
    one, two = outputs_of(first), inputs_of(second)
    if one is None or two is None:
        return False
    known = number_of(one)
    return (known is not None and known == number_of(two)) or settled_text(one) == settled_text(two)


def _is_factorised(first: CallView, second: CallView) -> bool:
    """Whether the size between two layers is smaller than those around, or seems to be meant so."""
    before, inner, after = inputs_of(first), outputs_of(first), outputs_of(second)
    if inner is None:
        return False
    sizes = [number_of(before), number_of(inner), number_of(after)]
    if sizes[1] is not None and None not in (sizes[0], sizes[2]):
        return sizes[1] < sizes[0] and sizes[1] < sizes[2]  # type: ignore[operator]
    outer = [settled_text(one) for one in (before, after) if one is not None]
    if settled_text(inner) in outer:
        return False
    is_small = "/" in inner.text or not _SMALL.isdisjoint(words_of(settled_text(inner)))
    bias = first.argument(2, "bias") if first.last_name == "Linear" else first.argument(None, "bias")
    without_bias = bias is not None and bias.literal is not True and bias.literal is not NOT_LITERAL
    return is_small or (without_bias and sizes[1] is None)
