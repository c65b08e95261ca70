import torch.nn.functional as F


def token_loss(scores, targets):
    vocab = scores.size(-1)
    return F.nll_loss(scores.reshape(-1, vocab), targets.reshape(-1))  # expect: TCK103
