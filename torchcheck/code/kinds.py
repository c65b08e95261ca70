"""What kind of thing a value is, as far as the source tells."""

from __future__ import annotations

import enum

from torchcheck.torch_names import LOSS_MODULES, OPTIMIZERS, words


class Kind(enum.Enum):
    """What a value is. `UNKNOWN` is anything that isn't surely one of the others."""

    UNKNOWN = "unknown"
    MODULE = "a module"
    LOSS = "a loss module"
    TENSOR = "a tensor"
    PARAMETER = "a parameter"
    PARAMETERS = "a generator of parameters"
    NAMED_PARAMETERS = "a generator of names and parameters"
    MODULES = "a generator of modules"
    NAMED_MODULES = "a generator of names and modules"
    OPTIMIZER = "an optimizer"
    SCHEDULER = "a scheduler"
    LOADER = "a data loader"
    DATASET = "a dataset"
    STATE_DICT = "a state dict"
    SCALER = "a gradient scaler"
    NONE = "None"
    OTHER = "something else"  # a number, a text, a container: surely none of the above

    @property
    def is_module(self) -> bool:
        return self in (Kind.MODULE, Kind.LOSS)

    @property
    def is_tensor(self) -> bool:
        return self in (Kind.TENSOR, Kind.PARAMETER)


ITEM_OF = {
    Kind.PARAMETERS: Kind.PARAMETER,
    Kind.MODULES: Kind.MODULE,
    Kind.TENSOR: Kind.TENSOR,
    Kind.PARAMETER: Kind.TENSOR,
}
"""What a loop over a value gives."""

PAIR_OF = {Kind.NAMED_PARAMETERS: Kind.PARAMETER, Kind.NAMED_MODULES: Kind.MODULE}
"""What stands second in the pairs that a loop over a value gives."""

MODULE_METHODS = {
    "parameters": Kind.PARAMETERS,
    "named_parameters": Kind.NAMED_PARAMETERS,
    "children": Kind.MODULES,
    "modules": Kind.MODULES,
    "named_children": Kind.NAMED_MODULES,
    "named_modules": Kind.NAMED_MODULES,
    "state_dict": Kind.STATE_DICT,
    "get_submodule": Kind.MODULE,
    "get_parameter": Kind.PARAMETER,
    "get_buffer": Kind.TENSOR,
}
"""What methods of a module give."""

ONLY_MODULES_HAVE = words("parameters named_parameters named_children named_modules")
"""Methods that nothing but a module has."""

SAME_KIND = words(
    "to cuda cpu float half double bfloat16 train eval requires_grad_ apply to_empty xpu type ipu share_memory compile"
)
"""Methods of a module that give the module itself."""

TENSOR_ATTRIBUTES = {
    **dict.fromkeys(words("data grad T mT H mH real imag values indices"), Kind.TENSOR),
    **dict.fromkeys(
        words("shape dtype device ndim requires_grad is_leaf is_cuda grad_fn names layout itemsize nbytes"), Kind.OTHER
    ),
}
TENSOR_TO_OTHER = words(
    "item tolist numpy size dim numel nelement stride backward is_contiguous data_ptr element_size get_device "
    "is_floating_point is_complex type_as_string storage untyped_storage ndimension retain_grad register_hook"
)
"""Methods of a tensor that give no tensor."""
TENSOR_TO_TUPLE = words("split chunk unbind max min topk sort kthvalue mode median unique nonzero tensor_split svd qr")
"""Methods of a tensor that may give several."""

FACTORIES = words(
    "tensor as_tensor from_numpy zeros ones empty full rand randn randint randperm arange linspace logspace eye "
    "zeros_like ones_like empty_like full_like rand_like randn_like randint_like normal bernoulli multinomial "
    "stack cat concat concatenate hstack vstack dstack where matmul mm bmm einsum exp log log2 log10 log1p sqrt rsqrt "
    "abs sin cos tan tanh sigmoid relu softmax log_softmax clamp clip sum mean prod cumsum cumprod argmax argmin "
    "argsort squeeze unsqueeze flatten reshape transpose permute movedim swapaxes tril triu diag diagonal outer dot "
    "mul add sub div true_divide pow square maximum minimum logsumexp norm dist cdist roll flip gather scatter "
    "index_select masked_select masked_fill complex polar view_as_real view_as_complex sign round floor ceil erf lerp "
    "baddbmm addmm kron cross repeat_interleave nan_to_num logical_and logical_or logical_not isnan isfinite "
    "eq ne lt le gt ge"
)
"""Functions of torch that give one tensor."""
NOT_MODULES = words("Parameter ParameterList ParameterDict Buffer UninitializedParameter UninitializedBuffer")
SCHEDULERS = words(
    "LambdaLR MultiplicativeLR StepLR MultiStepLR ConstantLR LinearLR ExponentialLR PolynomialLR CosineAnnealingLR "
    "ChainedScheduler SequentialLR ReduceLROnPlateau CyclicLR OneCycleLR CosineAnnealingWarmRestarts"
)
MODEL_FACTORIES = ("torchvision.models.", "timm.create_model", "timm.models.", "segmentation_models_pytorch.")
ANNOTATIONS = {
    "torch.Tensor": Kind.TENSOR,
    "torch.FloatTensor": Kind.TENSOR,
    "torch.LongTensor": Kind.TENSOR,
    "torch.nn.Module": Kind.MODULE,
    "torch.nn.Parameter": Kind.PARAMETER,
    "torch.optim.Optimizer": Kind.OPTIMIZER,
    "torch.utils.data.DataLoader": Kind.LOADER,
    "torch.utils.data.Dataset": Kind.DATASET,
    "torch.amp.GradScaler": Kind.SCALER,
    **dict.fromkeys(("int", "float", "str", "bool", "bytes", "dict", "list", "tuple", "set"), Kind.OTHER),
}
"""What an annotation says of a parameter or a variable."""


def kind_of_call(name: str) -> Kind:
    """What calling something outside the project gives, by its dotted name."""
    head, _, last = name.rpartition(".")
    if head == "torch.nn":
        return _of_nn(last)
    if name.startswith("torch.nn.functional."):
        return Kind.TENSOR
    if head == "torch.optim" and last in OPTIMIZERS:
        return Kind.OPTIMIZER
    if name.startswith("torch.optim.lr_scheduler.") and last in SCHEDULERS:
        return Kind.SCHEDULER
    if (head in ("torch", "torch.special", "torch.linalg", "torch.fft") and last in FACTORIES) or (
        head == "torch.autograd" and last == "Variable"
    ):
        return Kind.TENSOR
    if name == "torch.utils.data.DataLoader":
        return Kind.LOADER
    if name in ("torch.utils.data.TensorDataset", "torch.utils.data.Subset", "torch.utils.data.ConcatDataset"):
        return Kind.DATASET
    if name.startswith("torchvision.datasets."):
        return Kind.DATASET
    if last == "GradScaler" and name.startswith("torch."):
        return Kind.SCALER
    if name.startswith(MODEL_FACTORIES) and (last.islower() or last[:1].isupper()):
        return Kind.MODULE
    if name.startswith("transformers.") and last in ("from_pretrained", "from_config"):
        return Kind.MODULE if "Model" in name or "For" in name.rpartition(".")[0] else Kind.UNKNOWN
    if name.startswith("builtins.") and last in ("int", "float", "str", "len", "dict", "list", "tuple", "set", "range"):
        return Kind.OTHER
    return Kind.UNKNOWN


def _of_nn(last: str) -> Kind:
    if last in LOSS_MODULES or (last.endswith("Loss") and last[:1].isupper()):
        return Kind.LOSS
    if last == "Parameter":
        return Kind.PARAMETER
    return Kind.MODULE if last[:1].isupper() and last not in NOT_MODULES else Kind.UNKNOWN
