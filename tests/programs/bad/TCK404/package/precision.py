import torch

DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


def to_precision(thing, name):
    return thing.to(DTYPES[name])
