"""Calls of functions and classes from outside the project, by dotted name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from torchcheck.lint import ir
from torchcheck.lint.interp import autograd, builtin, copies, cuts, data, states
from torchcheck.lint.interp.building import build_optimizer, owners_given
from torchcheck.lint.interp.generators import generator
from torchcheck.lint.interp.iteration import known_items
from torchcheck.lint.interp.join import plain
from torchcheck.lint.interp.losses import call_functional
from torchcheck.lint.interp.modules import build_module
from torchcheck.lint.interp.optimizers import clip
from torchcheck.lint.interp.schedulers import build_scheduler
from torchcheck.lint.interp.shapes import sizes_from
from torchcheck.lint.interp.tensors import functional
from torchcheck.lint.interp.torch_values import (
    ANYTHING,
    NOTHING,
    SYNCED,
    Module,
    Optimizer,
    Parameters,
    Scaler,
    Scheduler,
    Tensor,
)
from torchcheck.lint.interp.unknowns import unknown_call
from torchcheck.lint.interp.values import (
    UNKNOWN,
    Cells,
    Const,
    External,
    ExternalObject,
    Instance,
    Partial,
    Sequence,
    Symbol,
    Value,
    sequence,
)
from torchcheck.lint.torch_tables import CLASSIFIER_FACTORY, CLIPPERS, CREATIONS, GRAD_ON, NO_GRAD, WRAPPERS
from torchcheck.torch_names import LOSS_FUNCTIONS, OPTIMIZERS, words

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_SIZED_CREATIONS = words("randn rand zeros ones empty normal")


def call_external(m: Machine, func: External, site: CallSite) -> Value:
    """Call something outside the project."""
    name = func.name
    exact = _EXACT.get(name)
    if exact is not None:
        return exact(m, name, site)
    if name in WRAPPERS:
        if name.endswith(".Variable") and site.const(1, "requires_grad") is True and site.args:
            by = f"{m.text(site.node.func)}(..., requires_grad=True)"
            cuts.rewrapped(m, by, site.node, site.args[0], site.expr(0, "data"), cuts=True)
            return Tensor(deps=_fresh(m), leaf=True)
        return site.args[0] if site.args else UNKNOWN
    if name in NO_GRAD:
        return ExternalObject(name)
    for prefix, call in _PREFIXES:
        if name.startswith(prefix):
            return call(m, name, site)
    return _foreign(m, name, site)


def _nn(m: Machine, name: str, site: CallSite) -> Value:
    last = name.rpartition(".")[2]
    if last == "Parameter":
        if site.const(1, "requires_grad") is False:
            return Tensor(deps=NOTHING)
        given = plain(site.args[0]) if site.args else UNKNOWN
        return Tensor(shape=given.shape if isinstance(given, Tensor) else None, deps=_fresh(m), leaf=True)
    if name.count(".") == 2 and last[:1].isupper():
        return build_module(m, name, site)
    if last in CLIPPERS:
        return clip(m, site)
    if "clip_grad" in last or last == "vector_to_parameters" or ".init." in name:
        return UNKNOWN
    if last == "parameters_to_vector":
        return Tensor()
    return UNKNOWN


def _functional(m: Machine, name: str, site: CallSite) -> Value:
    last = name.rpartition(".")[2]
    loss = LOSS_FUNCTIONS.get(last)
    if loss is not None:
        return call_functional(m, loss, site)
    value = functional(m, last, site)
    if value is None:
        m.use(*site.values())
    return value if value is not None else Tensor(deps=ANYTHING)


def _torch(m: Machine, name: str, site: CallSite) -> Value:
    last = name.rpartition(".")[2]
    if name.count(".") == 1 and last in CREATIONS:
        return create(m, last, site)
    if last in LOSS_FUNCTIONS:
        return call_functional(m, LOSS_FUNCTIONS[last], site)
    if name.count(".") == 1 or name.startswith(("torch.Tensor.", "torch.special.", "torch.linalg.")):
        value = functional(m, last, site)
        if value is not None:
            return value
    m.use(*site.values())
    return UNKNOWN


def create(m: Machine, name: str, site: CallSite) -> Tensor:
    """A tensor made from nothing, or from data."""
    first = plain(site.args[0]) if site.args else UNKNOWN
    shape = None
    if name in _SIZED_CREATIONS:
        shape = (
            sizes_from(site.args)
            if site.args
            else sizes_from([site.keywords["size"]])
            if "size" in site.keywords
            else None
        )
    elif name == "full":
        shape = sizes_from(site.args[:1])
    elif name == "randint":
        sizes = site.keywords.get("size") or next((a for a in site.args if isinstance(a, Sequence)), None)
        shape = sizes_from([sizes]) if sizes is not None else None
    elif name in ("arange", "linspace", "logspace", "randperm"):
        count = site.const(2, "steps") if name != "arange" else site.const(0, "end") if len(site.args) == 1 else None
        shape = (count if type(count) is int else None,)
    elif name in ("FloatTensor", "LongTensor", "Tensor") and isinstance(first, Const):
        shape = sizes_from(site.args)
    else:
        shape = data.shape_of(first)
    grad = site.const(99, "requires_grad") is True
    if grad:
        by = f"{m.text(site.node.func)}(..., requires_grad=True)"
        cuts.rewrapped(m, by, site.node, site.args[0] if site.args else UNKNOWN, site.expr(0, "data"), cuts=True)
    made = Tensor(shape=shape, deps=_fresh(m) if grad else NOTHING, leaf=grad)
    return cuts.copied(m, name, site, made)


def _fresh(m: Machine) -> frozenset[int]:
    return frozenset({m.next_number()})


def _optimizer(m: Machine, name: str, site: CallSite) -> Value:
    last = name.rpartition(".")[2]
    if last[:1].isupper():
        return build_optimizer(m, name, site)
    return UNKNOWN


def _distributed_optimizer(m: Machine, name: str, site: CallSite) -> Value:
    """An optimizer whose `step(context_id)` takes gradients from such a context."""
    return m.known(Optimizer("DistributedOptimizer", f"{name}.step"))


def _namespace(m: Machine, name: str, site: CallSite) -> Value:
    return Symbol("namespace", dict(site.keywords))


def _nothing(m: Machine, name: str, site: CallSite) -> Value:
    m.use(*site.values())
    return UNKNOWN


def _functional_call(m: Machine, name: str, site: CallSite) -> Value:
    """`net(*args, **kwargs)` with other parameters: its output may depend on whatever those depend on."""
    from torchcheck.lint.interp.calls import CallSite as Site
    from torchcheck.lint.interp.calls import call_value

    m.use(*site.values())
    module, given = site.arg(0, "module"), plain(site.arg(2, "args") or sequence("tuple", ()))
    keywords = plain(site.arg(3, "kwargs") or Const(None))
    if not isinstance(module, Module | Instance) or site.open or keywords != Const(None):
        return UNKNOWN
    if isinstance(given, Sequence) and not given.open:
        inputs = list(given.items)
    elif isinstance(given, Tensor):
        inputs = [given]
    else:
        return UNKNOWN
    output = call_value(m, module, Site(site.node, inputs, exprs=[None] * len(inputs)))
    return replace(output, deps=ANYTHING) if isinstance(output, Tensor) else UNKNOWN


def _set_grad_enabled(m: Machine, name: str, site: CallSite) -> Value:
    """As a statement it holds from here on, and where it ends is not followed."""
    wanted = site.const(0, "mode")
    if isinstance(m.statement, ir.ExprStmt) and m.statement.value is site.node:
        m.grad_unclear += wanted is not True
        return UNKNOWN
    if wanted is True:
        return ExternalObject(GRAD_ON)
    return ExternalObject("torch.no_grad") if wanted is False else UNKNOWN


def _distributed(m: Machine, name: str, site: CallSite) -> Value:
    given = site.arg(0, "module") or UNKNOWN
    if isinstance(given, Module | Instance | Symbol):
        m.write(given.cells, SYNCED, Const(True))
    return given


def _partial(m: Machine, name: str, site: CallSite) -> Value:
    return Partial(site.args[0], tuple(site.args[1:]), dict(site.keywords)) if site.args else UNKNOWN


def _field(m: Machine, name: str, site: CallSite) -> Value:
    from torchcheck.lint.interp.calls import call_values

    factory = site.keywords.get("default_factory")
    return call_values(m, factory, []) if factory is not None else site.keywords.get("default", UNKNOWN)


def _chain(m: Machine, name: str, site: CallSite) -> Value:
    owners = frozenset().union(*(owners_given(argument) for argument in site.args))
    chained = generator(m, owners if site.args and not site.open else ANYTHING)
    given = [argument for argument in site.args if isinstance(argument, Parameters)]
    chained.parts = tuple(part for argument in given for part in (argument, *argument.parts))
    return chained


def _chain_all(m: Machine, name: str, site: CallSite) -> Value:
    """`chain.from_iterable(lists)`"""
    from torchcheck.lint.interp.calls import CallSite as Site

    lists = known_items(m, plain(site.args[0])) if site.args else None
    return _chain(m, name, Site(site.node, lists or [], open=lists is None))


def _named(site: CallSite) -> Cells:
    """What a ready-made model was asked for with."""
    return {**({"model_name": site.args[0]} if site.args else {}), **site.keywords}


def _foreign(m: Machine, name: str, site: CallSite) -> Value:
    """Libraries that are known a little, and those that are not known at all."""
    last = name.rpartition(".")[2]
    if name.startswith(("tqdm.", "rich.progress.", "fastprogress.")) or last in ("tqdm", "trange", "track"):
        return site.args[0] if site.args and last != "trange" else UNKNOWN
    if CLASSIFIER_FACTORY.match(name):
        return Module("ready-made", m.next_number(), m.place(site.node), m.text(site.node.func), _named(site))
    if last in OPTIMIZERS or (last[:1].isupper() and "Optim" in last) or last.startswith(("Adam", "Fused", "SGD")):
        return build_optimizer(m, name, site)
    if last.startswith("get_") and last.endswith(("_schedule", "_with_warmup", "get_scheduler")):
        return build_scheduler(m, name, site)
    if "cheduler" in last and last[:1].isupper() and isinstance(plain(site.arg(0, "optimizer") or UNKNOWN), Optimizer):
        return Scheduler(site.arg(0, "optimizer") or UNKNOWN)
    known = data.call(m, name, site)
    return known if known is not None else unknown_call(m, UNKNOWN, site)


_Caller = Callable[["Machine", str, "CallSite"], Value]

_EXACT: dict[str, _Caller] = {
    "io.BytesIO": lambda m, name, site: ExternalObject(name),
    "types.SimpleNamespace": _namespace,
    "argparse.Namespace": _namespace,
    "torch.distributed.autograd.backward": autograd.distributed_backward,
    "torch.distributed.optim.DistributedOptimizer": _distributed_optimizer,
    "torch.amp.GradScaler": lambda m, name, site: UNKNOWN if site.const(99, "enabled") is False else Scaler(),
    "torch.autograd.backward": autograd.backward_of,
    "torch.autograd.grad": autograd.grad,
    "torch.set_grad_enabled": _set_grad_enabled,
    "torch.autograd.set_grad_enabled": _set_grad_enabled,
    "torch.autograd.grad_mode.set_grad_enabled": _set_grad_enabled,
    "torch.utils.data.TensorDataset": data.tensor_dataset,
    "torch.utils.data.DataLoader": data.loader,
    "torch.utils.data.Subset": data.subset,
    "torch.utils.data.random_split": data.split,
    "torch.utils.data.dataloader.DataLoader": data.loader,
    "torch.utils.data.dataset.TensorDataset": data.tensor_dataset,
    "copy.deepcopy": copies.deepcopy,
    "torch.nn.parallel.DistributedDataParallel": _distributed,
    "torch.save": states.save,
    "torch.load": states.from_file,
    "torch.jit.script": states.scripted,
    "torch.jit.trace": states.scripted,
    "torch.fx.symbolic_trace": states.scripted,
    "dataclasses.field": _field,
    "functools.partial": _partial,
    "torch.func.functional_call": _functional_call,
    "torch.nn.utils.stateless.functional_call": _functional_call,
    "collections.OrderedDict": builtin.make_dict,
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": _chain_all,
    "torch.optim.swa_utils.AveragedModel": _nothing,
    "torch.optim.swa_utils.SWALR": build_scheduler,
}

_PREFIXES: tuple[tuple[str, _Caller], ...] = (
    ("builtins.", builtin.call_builtin),
    ("torch.nn.functional.", _functional),
    ("torch.nn.", _nn),
    ("torch.optim.lr_scheduler.", build_scheduler),
    ("torch.optim.", _optimizer),
    ("torch.", _torch),
)
