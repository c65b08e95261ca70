"""What is known of torch, as data: which operations are activations, which pass a value on, which are linear."""

from __future__ import annotations

from torchcheck.facts.loss import Activation
from torchcheck.patterns import pattern
from torchcheck.torch_names import LOSS_FUNCTIONS, LOSS_MODULES, OPTIMIZERS, words

FUNCTION_ACTIVATIONS = {
    "softmax": Activation.SOFTMAX,
    "log_softmax": Activation.LOG_SOFTMAX,
    "sigmoid": Activation.SIGMOID,
    "sigmoid_": Activation.SIGMOID,
    "expit": Activation.SIGMOID,
    "logsigmoid": Activation.LOG_SIGMOID,
    "relu": Activation.RELU,
    "relu_": Activation.RELU,
    "relu6": Activation.RELU6,
    "leaky_relu": Activation.LEAKY_RELU,
    "leaky_relu_": Activation.LEAKY_RELU,
    "elu": Activation.ELU,
    "elu_": Activation.ELU,
    "selu": Activation.SELU,
    "selu_": Activation.SELU,
    "celu": Activation.CELU,
    "gelu": Activation.GELU,
    "silu": Activation.SILU,
    "mish": Activation.MISH,
    "softplus": Activation.SOFTPLUS,
    "tanh": Activation.TANH,
    "tanh_": Activation.TANH,
}
"""Functions of `torch` and `torch.nn.functional`, and methods of tensors."""

MODULE_ACTIVATIONS = {
    "Softmax": Activation.SOFTMAX,
    "Softmax2d": Activation.SOFTMAX,
    "LogSoftmax": Activation.LOG_SOFTMAX,
    "Sigmoid": Activation.SIGMOID,
    "LogSigmoid": Activation.LOG_SIGMOID,
    "ReLU": Activation.RELU,
    "ReLU6": Activation.RELU6,
    "LeakyReLU": Activation.LEAKY_RELU,
    "ELU": Activation.ELU,
    "SELU": Activation.SELU,
    "CELU": Activation.CELU,
    "GELU": Activation.GELU,
    "SiLU": Activation.SILU,
    "Mish": Activation.MISH,
    "Softplus": Activation.SOFTPLUS,
    "Tanh": Activation.TANH,
}
"""Classes of `torch.nn`."""

LINEAR_MODULES = words(
    "Linear LazyLinear Bilinear Conv1d Conv2d Conv3d LazyConv1d LazyConv2d LazyConv3d ConvTranspose1d "
    "ConvTranspose2d ConvTranspose3d BatchNorm1d BatchNorm2d BatchNorm3d LazyBatchNorm1d LazyBatchNorm2d "
    "LayerNorm GroupNorm InstanceNorm1d InstanceNorm2d SyncBatchNorm"
)
"""Layers whose output may be any real number: no activation."""

LINEAR_FUNCTIONS = words(
    "linear bilinear conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d batch_norm layer_norm"
)

TRANSPARENT_MODULES = words(
    "Identity Flatten Unflatten Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout "
    "DataParallel DistributedDataParallel"
)
AVERAGING_MODULES = words(
    "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AvgPool1d AvgPool2d AvgPool3d Upsample "
    "UpsamplingBilinear2d UpsamplingNearest2d PixelShuffle ZeroPad2d"
)
"""Modules that keep a linear value linear and make anything else unknown."""

CAST_METHODS = words(
    "to float double half bfloat16 cpu cuda type type_as contiguous clone requires_grad_ pin_memory numpy "
    "astype copy squeeze_ data retain_grad dequantize"
)
"""They keep activation, shape and graph."""

CUTTING_METHODS = words("detach detach_ numpy")
SHAPING_METHODS = words(
    "view reshape squeeze unsqueeze flatten ravel permute transpose t swapaxes expand expand_as repeat movedim "
    "unfold index_select gather narrow select masked_select take split chunk unbind view_as reshape_as "
    "unflatten tile roll flip"
)
"""They keep the activation and change the shape."""

TRANSPARENT_FUNCTIONS = words(
    "dropout dropout1d dropout2d dropout3d alpha_dropout squeeze unsqueeze flatten ravel permute transpose t "
    "reshape index_select gather narrow select masked_select movedim clone as_tensor tile roll flip unflatten"
)
AVERAGING_FUNCTIONS = words(
    "mean sum avg_pool1d avg_pool2d avg_pool3d adaptive_avg_pool1d adaptive_avg_pool2d interpolate upsample "
    "pad masked_fill masked_fill_ neg nanmean"
)
RANKING_METHODS = words("argmax max topk argsort sort amax")
"""What they give does not change when a monotonic activation before them is dropped."""

CREATIONS = words(
    "randn rand zeros ones empty full randint normal randperm arange linspace eye tensor zeros_like ones_like "
    "rand_like randn_like empty_like full_like randint_like from_numpy as_tensor FloatTensor LongTensor Tensor "
    "logspace bernoulli"
)

WRAPPERS = words(
    "torch.compile torch.jit.script torch.nn.DataParallel torch.nn.parallel.DistributedDataParallel "
    "torch.nn.parallel.DataParallel torch.nn.utils.weight_norm torch.nn.utils.spectral_norm "
    "torch.nn.utils.parametrizations.weight_norm torch.nn.utils.parametrizations.spectral_norm "
    "copy.copy torch.nn.SyncBatchNorm.convert_sync_batchnorm torch.autograd.Variable torch.jit.trace"
)
"""They give back what they were given, for our purposes."""

GRAD_ON = "torch.set_grad_enabled(True)"
"""What `torch.set_grad_enabled(True)` gives."""

NO_GRAD = words("torch.no_grad torch.inference_mode torch.autograd.no_grad torch.autograd.inference_mode")

CLASSIFIER_FACTORY = pattern(
    r"torchvision\.models\.(?:\w+\.)?(?:resnet|resnext|wide_resnet|vgg|alexnet|densenet|mobilenet|mnasnet|efficientnet|"
    r"convnext|vit_|swin|squeezenet|shufflenet|regnet|maxvit)\w*$|timm\.create_model$|timm\.models\.create_model$"
)
"""Ready-made classifiers: they end in a linear layer, unless the user puts another head on."""
HEADS = ("fc", "classifier", "heads", "head")
"""Attributes under which such a classifier keeps its last layers."""

SAVES_OR_SHOWS = pattern(
    r"(?i)(^|[._])(print|len|str|repr|type|id|isinstance|hasattr|getattr|save|load|log|lr|learning_?rate|warmup|sched|"
    r"checkpoint|ckpt|state|summary|watch|logger|info|debug|count|get|current|register|broadcast|prepare|adjust|"
    r"set_lr|update_lr|enumerate|zip|list|iter|range)"
)
"""Functions that may be given an optimizer and leave gradients alone, by their names."""

OPTIMIZER_NAME = pattern(r"(?i:optim|^_?opts?\d*$|^opt_|_opt$|^solver$)|^opt[A-Z]|[a-z]Opt$")
SCHEDULER_NAME = pattern(r"(?i)sched|^lr_|warmup|lr_decay|_lr$")
SCALER_NAME = pattern(r"(?i)scaler|^amp$")
ENGINE_NAME = pattern(r"(?i)engine|deepspeed|^ds_|model")
CLIPPERS = words("clip_grad_norm_ clip_grad_norm clip_grad_value_ clip_grad_value clip_gradients")
"""Functions of `torch.nn.utils`, and methods of frameworks, that shrink gradients."""
STEPPERS = pattern(
    r"(?i)^(env|envs|environment|prof|profiler|p|logger|progress|pbar|bar|tracker|timer|sim|simulator|world|game|"
    r"agent|run|gym|robot|ema|model_ema|writer|swa_model|averaged_model|meter|scene|physics|vec_env|early_stopping|"
    r"callback|callbacks|wandb|board|counter)$|env$|profiler$"
)
"""Receivers whose `step()` is no optimizer's."""

_LAYERS = words(
    "Module Sequential ModuleList ModuleDict Parameter Embedding RNN LSTM GRU MultiheadAttention Transformer MaxPool1d "
    "MaxPool2d MaxPool3d"
)
EVERYBODYS = {
    "torch": "torch",
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "optim": "torch.optim",
    "lr_scheduler": "torch.optim.lr_scheduler",
    "autograd": "torch.autograd",
    "Variable": "torch.autograd.Variable",
    "torchvision": "torchvision",
    "models": "torchvision.models",
    "datasets": "torchvision.datasets",
    "transforms": "torchvision.transforms",
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    **{name: f"torch.utils.data.{name}" for name in words("DataLoader Dataset TensorDataset random_split")},
    **{name: f"torch.nn.{name}" for name in _LAYERS | LINEAR_MODULES | TRANSPARENT_MODULES | AVERAGING_MODULES},
    **{name: f"torch.nn.{name}" for name in (*MODULE_ACTIVATIONS, *LOSS_MODULES)},
    **{name: f"torch.nn.functional.{name}" for name in LOSS_FUNCTIONS},
    **{name: f"torch.optim.{name}" for name in OPTIMIZERS},
}
"""What everyone means by a name that the file binds nowhere: a notebook cell, a snippet, a star import."""
