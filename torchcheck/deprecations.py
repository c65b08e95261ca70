"""What torch and torchvision have deprecated or removed, as of torch 2.13 and torchvision 0.28.

Versions are those of torch; torchvision 0.8 came out with torch 1.7, 0.13 with 1.12, 0.15 with 2.0. A name is here
where torch warns of it, says in its documentation that it is deprecated, or has it no more:
`tests/rules/test_deprecations.py` asks torch. `torch.jit`, `torch.ao.quantization` and `torch.norm` are left out:
there is no other call to write in their place, only another way to work.
"""

from __future__ import annotations

from dataclasses import dataclass

from torchcheck.torch_names import words

Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Deprecation:
    """A name, or an argument of it.

    Attributes:
        name: where it is, as in `torch.symeig`.
        since: the torch that deprecated it.
        instead: the full name of what replaces it, or words; empty where nothing does.
        exists: the torch that brought the replacement.
        removed: whether the newest torch no longer has it.
        same: whether the replacement takes the same arguments and does the same; for `most` positional ones at most.
        most: see `same`; None for any arguments.
        device: the first argument that the replacement takes besides.
        called: only its call is deprecated: the name means something else now.
    """

    name: str
    since: Version
    instead: str = ""
    exists: Version = (1, 0)
    removed: bool = False
    same: bool = False
    most: int | None = None
    device: str = ""
    called: bool = False


_INIT = words(
    "xavier_uniform xavier_normal kaiming_uniform kaiming_normal orthogonal normal uniform constant eye dirac sparse"
)

_ALL = (
    # linear algebra
    Deprecation("torch.symeig", (1, 9), "torch.linalg.eigh", (1, 8), removed=True),
    Deprecation("torch.eig", (1, 9), "torch.linalg.eig", (1, 8), removed=True),
    Deprecation("torch.solve", (1, 9), "torch.linalg.solve", (1, 8), removed=True),
    Deprecation("torch.lstsq", (1, 9), "torch.linalg.lstsq", (1, 9), removed=True),
    Deprecation("torch.matrix_rank", (1, 9), "torch.linalg.matrix_rank", (1, 8), removed=True),
    Deprecation("torch.gesv", (1, 1), "torch.linalg.solve", (1, 8), removed=True),
    Deprecation("torch.potrf", (1, 0), "torch.linalg.cholesky", (1, 8), removed=True),
    Deprecation("torch.trtrs", (1, 1), "torch.linalg.solve_triangular", (1, 11), removed=True),
    Deprecation("torch.btrifact", (1, 1), "torch.linalg.lu_factor", (1, 11), removed=True),
    Deprecation("torch.pstrf", (1, 1), removed=True),
    Deprecation("torch.qr", (1, 8), "torch.linalg.qr", (1, 8), same=True, most=1),
    Deprecation("torch.cholesky", (1, 8), "torch.linalg.cholesky", (1, 8), same=True, most=1),
    Deprecation("torch.lu", (1, 12), "torch.linalg.lu_factor", (1, 11)),
    Deprecation("torch.lu_solve", (1, 13), "torch.linalg.lu_solve", (1, 13)),
    Deprecation("torch.triangular_solve", (1, 11), "torch.linalg.solve_triangular", (1, 11)),
    Deprecation("torch.svd", (1, 9), "torch.linalg.svd", (1, 8)),
    Deprecation("torch.chain_matmul", (1, 8), "torch.linalg.multi_dot", (1, 8)),
    Deprecation("torch.ger", (1, 8), "torch.outer", (1, 7), same=True),
    # other functions of torch
    Deprecation("torch.range", (0, 4), "torch.arange"),
    Deprecation("torch.fft", (1, 7), "torch.fft.fft", (1, 7), removed=True, called=True),
    Deprecation("torch.ifft", (1, 7), "torch.fft.ifft", (1, 7), removed=True),
    Deprecation("torch.rfft", (1, 7), "torch.fft.rfft", (1, 7), removed=True),
    Deprecation("torch.irfft", (1, 7), "torch.fft.irfft", (1, 7), removed=True),
    Deprecation("torch.set_default_tensor_type", (2, 1), "torch.set_default_dtype", (1, 0)),
    Deprecation("torch.set_deterministic", (1, 8), "torch.use_deterministic_algorithms", (1, 8), True, same=True),
    Deprecation(
        "torch.is_deterministic", (1, 8), "torch.are_deterministic_algorithms_enabled", (1, 8), True, same=True
    ),
    Deprecation("torch._six", (1, 13), removed=True),
    Deprecation("torch.utils.ffi", (1, 0), "torch.utils.cpp_extension", removed=True),
    Deprecation("torch.testing.assert_allclose", (1, 12), "torch.testing.assert_close", (1, 9)),
    Deprecation("torch.library.impl_abstract", (2, 4), "torch.library.register_fake", (2, 4), same=True),
    Deprecation("torch.distributed.reduce_op", (1, 0), "torch.distributed.ReduceOp", same=True),
    Deprecation("torch.utils.data._utils.collate.string_classes", (1, 13), removed=True),
    # mixed precision and CUDA
    Deprecation("torch.cuda.amp.autocast", (2, 4), "torch.amp.autocast", (1, 10), same=True, most=0, device="cuda"),
    Deprecation("torch.cpu.amp.autocast", (2, 4), "torch.amp.autocast", (1, 10), same=True, most=0, device="cpu"),
    Deprecation("torch.cuda.amp.GradScaler", (2, 4), "torch.amp.GradScaler", (2, 3), same=True, device="cuda"),
    Deprecation("torch.cpu.amp.GradScaler", (2, 4), "torch.amp.GradScaler", (2, 3), same=True, device="cpu"),
    Deprecation("torch.cuda.amp.custom_fwd", (2, 4), "torch.amp.custom_fwd", (2, 4)),
    Deprecation("torch.cuda.amp.custom_bwd", (2, 4), "torch.amp.custom_bwd", (2, 4)),
    Deprecation("torch.cuda.memory_cached", (1, 4), "torch.cuda.memory_reserved", (1, 4), same=True),
    Deprecation("torch.cuda.max_memory_cached", (1, 4), "torch.cuda.max_memory_reserved", (1, 4), same=True),
    Deprecation("torch.backends.cuda.sdp_kernel", (2, 3), "torch.nn.attention.sdpa_kernel", (2, 3)),
    # torch.nn
    *(
        Deprecation(f"torch.nn.init.{name}", (0, 4), f"torch.nn.init.{name}_", (0, 4), same=True)
        for name in sorted(_INIT)
    ),
    Deprecation("torch.nn.utils.clip_grad_norm", (0, 4), "torch.nn.utils.clip_grad_norm_", (0, 4), same=True),
    Deprecation("torch.nn.utils.weight_norm", (2, 0), "torch.nn.utils.parametrizations.weight_norm", (2, 0)),
    Deprecation("torch.nn.utils.stateless.functional_call", (2, 0), "torch.func.functional_call", (2, 0), same=True),
    Deprecation("torch.nn.NLLLoss2d", (0, 4), "torch.nn.NLLLoss", (0, 4), same=True),
    Deprecation("torch.nn.Container", (0, 4), "torch.nn.Module", (0, 4)),
    Deprecation("torch.nn.functional.upsample", (0, 4), "torch.nn.functional.interpolate", (0, 4), same=True),
    Deprecation("torch.nn.functional.upsample_nearest", (0, 4), "torch.nn.functional.interpolate", (0, 4)),
    Deprecation("torch.nn.functional.upsample_bilinear", (0, 4), "torch.nn.functional.interpolate", (0, 4)),
    # torchvision
    Deprecation("torchvision.transforms.Scale", (1, 0), "torchvision.transforms.Resize", removed=True, same=True),
    Deprecation(
        "torchvision.transforms.RandomSizedCrop",
        (1, 0),
        "torchvision.transforms.RandomResizedCrop",
        removed=True,
        same=True,
    ),
    Deprecation("torchvision.transforms.functional_tensor", (2, 0), "torchvision.transforms.functional", removed=True),
    Deprecation("torchvision.transforms.functional_pil", (2, 0), "torchvision.transforms.functional", removed=True),
    Deprecation("torchvision.models.utils", (1, 11), "torch.hub", (1, 1), removed=True),
    Deprecation("torchvision.datapoints", (2, 1), "torchvision.tv_tensors", (2, 1), removed=True),
    Deprecation("torchvision.models.resnet.model_urls", (1, 12), "the `url` of its weights", (1, 12), removed=True),
)
NAMES = {entry.name: entry for entry in _ALL}
"""Deprecated names."""

METHODS = frozenset(
    ["symeig", "eig", "solve", "lstsq", "qr", "cholesky", "lu", "lu_solve", "triangular_solve", "svd", "ger"]
)
"""The functions of torch among them that tensors have as methods too."""


@dataclass(frozen=True, slots=True)
class DeprecatedArgument:
    """A keyword of some functions; the fields are those of `Deprecation`, `where` the functions' module or names."""

    keyword: str
    where: tuple[str, ...]
    since: Version
    instead: str = ""
    removed: bool = False
    same: bool = False


_DRAWS = ("torchvision.utils.make_grid", "torchvision.utils.save_image")
_TURNS = tuple(f"torchvision.transforms.{name}" for name in ("RandomAffine", "RandomRotation", "functional.affine"))
_REDUCTION = (
    "torch.nn.*Loss",
    "torch.nn.functional.*_loss",
    "torch.nn.functional.*cross_entropy*",
    "torch.nn.functional.kl_div",
)

ARGUMENTS = (
    DeprecatedArgument("size_average", _REDUCTION, (0, 4), "reduction"),
    DeprecatedArgument("reduce", _REDUCTION, (0, 4), "reduction"),
    DeprecatedArgument("pretrained", ("torchvision.models.*",), (1, 12), "weights"),
    DeprecatedArgument("pretrained_backbone", ("torchvision.models.*",), (1, 12), "weights_backbone"),
    DeprecatedArgument("verbose", ("torch.optim.lr_scheduler.*",), (2, 2), "", removed=True),
    DeprecatedArgument("range", _DRAWS, (1, 8), "value_range", removed=True, same=True),
    DeprecatedArgument("resample", _TURNS, (1, 8), "interpolation", removed=True),
    DeprecatedArgument("fillcolor", _TURNS, (1, 8), "fill", removed=True, same=True),
)
"""Deprecated arguments."""
