"""Data: arrays, frames, datasets and loaders, for the shapes of what comes out of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchcheck.facts.loss import Shape
from torchcheck.lint.interp.iteration import batch_of, element
from torchcheck.lint.interp.join import plain
from torchcheck.lint.interp.shapes import LastOfOne, sizes_from
from torchcheck.lint.interp.torch_values import NOTHING, Dataset, Tensor
from torchcheck.lint.interp.values import UNKNOWN, Const, ExternalObject, Sequence, Value, sequence

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_FRAMES: dict[str, Shape] = {"pandas.DataFrame": (None, None), "pandas.Series": (None,)}
_SKLEARN_PAIRS = (
    "make_regression",
    "make_classification",
    "make_moons",
    "make_circles",
    "make_blobs",
    "make_friedman1",
)


def shape_of(value: Value, depth: int = 0) -> Shape | None:
    """The shape of an array, of a frame, or of numbers in nested lists."""
    value = plain(value)
    if isinstance(value, Tensor):
        return value.shape
    if isinstance(value, ExternalObject):
        return _FRAMES.get(value.kind)
    if isinstance(value, Const) and isinstance(value.value, int | float):
        return ()
    if isinstance(value, Sequence) and value.items and depth < 5:
        inner = shape_of(value.items[-1], depth + 1)
        return (None if value.open else len(value.items), *inner) if inner is not None else None
    return None


def call(m: Machine, name: str, site: CallSite) -> Value | None:
    """Functions of numpy, pandas and scikit-learn; None for others."""
    library, _, rest = name.partition(".")
    last = rest.rpartition(".")[2]
    if library == "numpy":
        return _numpy(rest, last, site)
    if library == "pandas":
        return (
            ExternalObject(f"pandas.{'Series' if last == 'Series' else 'DataFrame'}") if _makes_frame(last) else UNKNOWN
        )
    if library == "sklearn":
        return _sklearn(rest, last, site)
    if name.startswith("torchvision.datasets."):
        return Dataset(sequence("tuple", [Tensor(deps=NOTHING), Tensor(deps=NOTHING)]))
    return UNKNOWN if library in ("matplotlib", "os", "json", "time", "random", "math", "pathlib", "logging") else None


def _makes_frame(last: str) -> bool:
    return last in ("read_csv", "DataFrame", "Series", "read_excel", "read_parquet")


def _numpy(rest: str, last: str, site: CallSite) -> Value:
    first = plain(site.args[0]) if site.args else UNKNOWN
    shape: Shape | None = None
    if rest in ("random.rand", "random.randn"):
        shape = sizes_from(site.args)
    elif last in ("zeros", "ones", "empty", "full"):
        shape = sizes_from(site.args[:1])
    elif last in ("default_rng", "RandomState"):
        return ExternalObject("numpy.rng")
    elif last in ("linspace", "arange"):
        shape = (None,)
    elif "size" in site.keywords:
        shape = sizes_from([site.keywords["size"]]) or None
        size = site.keywords["size"]
        shape = (size.value,) if isinstance(size, Const) and type(size.value) is int else shape
    elif last in ("array", "asarray", "sin", "cos", "exp", "sqrt", "abs", "log", "float32", "float64", "tanh"):
        shape = shape_of(first)
    else:
        return UNKNOWN
    return Tensor(shape=shape, deps=NOTHING)


def random_array(site: CallSite, last: str) -> Tensor:
    """What a method of a numpy generator gives."""
    if last in ("rand", "randn"):
        return Tensor(shape=sizes_from(site.args), deps=NOTHING)
    sizes = site.keywords.get("size") or (
        site.args[-1] if site.args and last in ("random", "standard_normal") else None
    )
    shape = None
    if sizes is not None:
        one = isinstance(sizes, Const) and type(sizes.value) is int
        shape = (sizes.value,) if isinstance(sizes, Const) and one else sizes_from([sizes])
    return Tensor(shape=shape, deps=NOTHING)


def _sklearn(rest: str, last: str, site: CallSite) -> Value:
    features, labels = Tensor(shape=(None, None), deps=NOTHING), Tensor(shape=(None,), deps=NOTHING)
    if last.startswith(("load_", "fetch_")):
        known = last in ("load_iris", "load_digits", "load_wine", "load_breast_cancer", "load_diabetes") or (
            last == "fetch_california_housing"
        )
        if not known:
            return UNKNOWN
        pair = site.const(99, "return_X_y") is True
        return sequence("tuple", [features, labels]) if pair else ExternalObject("sklearn.Bunch")
    if last in _SKLEARN_PAIRS:
        targets = site.const(99, "n_targets")
        return sequence("tuple", [features, labels if targets in (None, 1) else Tensor(deps=NOTHING)])
    if last == "train_test_split":
        return sequence("tuple", [part for value in site.args for part in (_part(value), _part(value))], site.open)
    return ExternalObject(f"sklearn.{rest}") if last[:1].isupper() else UNKNOWN


def _part(value: Value) -> Value:
    value = plain(value)
    if isinstance(value, Tensor) and value.shape:
        return replace(value, shape=(None, *value.shape[1:]))
    return value if isinstance(value, Tensor | ExternalObject) else UNKNOWN


def tensor_dataset(m: Machine, name: str, site: CallSite) -> Value:
    items = []
    for value in map(plain, site.args):
        shape = value.shape[1:] if isinstance(value, Tensor) and value.shape else None
        items.append(replace(value, shape=shape) if isinstance(value, Tensor) else UNKNOWN)
    first = plain(site.args[0]) if site.args else UNKNOWN
    length = first.shape[0] if isinstance(first, Tensor) and first.shape else None
    return Dataset(sequence("tuple", items, site.open), length)


def loader(m: Machine, name: str, site: CallSite) -> Value:
    """A DataLoader. With a `collate_fn` its batches may be anything."""
    from torchcheck.lint.interp.torch_values import Loader

    given = plain(site.arg(0, "dataset") or UNKNOWN)
    if (
        site.open
        or "collate_fn" in site.keywords
        or len(site.args) > 6
        or ("batch_size" in site.keywords and (site.keywords["batch_size"] == Const(None)))
    ):
        return UNKNOWN
    batch = batch_of(element(m, given), 1 if _in_ones(site) else None)
    return Loader(_with_rest(batch) if _leaves_one(site, given) else batch)


def _in_ones(site: CallSite) -> bool:
    """Whether batches hold one item each, as they do by default. The last of larger ones may be smaller."""
    if site.arg(4, "batch_sampler") is not None:
        return False
    return site.arg(1, "batch_size") in (None, Const(1))


def _leaves_one(site: CallSite, dataset: Value) -> bool:
    """Whether the last batch surely holds one item, and those before it more."""
    size = site.arg(1, "batch_size")
    if not isinstance(dataset, Dataset) or dataset.length is None or not isinstance(size, Const):
        return False
    if type(size.value) is not int or size.value < 2 or site.keywords.get("drop_last", Const(False)) != Const(False):
        return False
    own_order = all(site.arg(at, name) in (None, Const(None)) for at, name in ((3, "sampler"), (4, "batch_sampler")))
    return own_order and dataset.length % size.value == 1


def _with_rest(batch: Value) -> Value:
    """Batches, or parts of them, the last of which holds one item."""
    if isinstance(batch, Tensor) and batch.shape:
        return replace(batch, shape=LastOfOne(batch.shape))
    if isinstance(batch, Sequence) and not batch.open:
        return sequence(batch.kind, [_with_rest(part) for part in batch.items])
    return batch


def split(m: Machine, name: str, site: CallSite) -> Value:
    """`random_split`: parts of one dataset."""
    parts = plain(site.args[1]) if len(site.args) > 1 else UNKNOWN
    if isinstance(parts, Sequence) and not parts.open and site.args:
        return sequence("list", [_part_of(site.args[0], part) for part in parts.items])
    return UNKNOWN


def subset(m: Machine, name: str, site: CallSite) -> Value:
    """`Subset`: some items of a dataset."""
    return _part_of(plain(site.args[0]), UNKNOWN) if site.args else UNKNOWN


def _part_of(dataset: Value, size: Value) -> Value:
    """So many items of a dataset; a share of it is not counted."""
    if not isinstance(dataset, Dataset):
        return dataset
    return replace(dataset, length=size.value if isinstance(size, Const) and type(size.value) is int else None)
