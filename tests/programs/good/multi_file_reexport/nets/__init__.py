from .logits import Net as Net
