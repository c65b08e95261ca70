"""A small transformer learns to write: character by character, from the language reference inside Python.

A decoder as in GPT, with the recipe that trains transformers: AdamW, no weight decay on biases and norms, a warm-up
and a cosine for the learning rate, clipped gradients.
"""

import argparse
import itertools
import math
from collections import Counter
from collections.abc import Sequence
from pydoc_data.topics import topics

import torch
from torch import Tensor, nn
from torch.nn import functional as F

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def load_text() -> str:
    """The chapters that `help("topics")` lists, 460 000 characters; the few letters beyond ASCII are left out."""
    chapters = [topics[name] for name in sorted(topics)]
    return "\n".join(chapters).encode("ascii", "ignore").decode()


def bigram_loss(train: Sequence[int], val: Sequence[int], vocabulary: int) -> float:
    """Cross entropy on `val` of a table of letter pairs counted in `train`: the loss to beat."""
    pairs, firsts = Counter(itertools.pairwise(train)), Counter(train)
    smoothed = [(pairs[a, b] + 0.1) / (firsts[a] + 0.1 * vocabulary) for a, b in itertools.pairwise(val)]
    return -sum(map(math.log, smoothed)) / len(smoothed)


class Attention(nn.Module):
    """Each character looks back at those before it. (B, T, C) to (B, T, C)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        B, T, C = x.shape
        q, k, v = self.query_key_value(x).view(B, T, 3, self.heads, C // self.heads).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-2, -1) / math.sqrt(C // self.heads)  # unit variance, or softmax would saturate
        future = torch.ones(T, T, dtype=torch.bool, device=x.device).triu(diagonal=1)
        weights = F.softmax(scores.masked_fill(future, float("-inf")), dim=-1)
        return self.projection((weights @ v).transpose(1, 2).reshape(B, T, C))


class Block(nn.Module):
    """Attention, then a small network on each character; norms first, so that the residual path stays clean."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(width), Attention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Transformer(nn.Module):
    """Character ids (B, T) to logits for the next character (B, T, vocabulary)."""

    def __init__(self, vocabulary: int, context: int, width: int = 64, heads: int = 4, depth: int = 2) -> None:
        super().__init__()
        self.context = context
        self.token_embedding = nn.Embedding(vocabulary, width)
        self.position_embedding = nn.Embedding(context, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(depth)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, ids: Tensor) -> Tensor:
        positions = torch.arange(ids.shape[1], device=ids.device)
        x = self.token_embedding(ids) + self.position_embedding(positions)
        return self.head(self.norm(self.blocks(x)))

    @torch.no_grad()
    def write(self, ids: Tensor, count: int) -> Tensor:
        """Append `count` characters to ids (1, T), each drawn from what the network thinks comes next."""
        for _ in range(count):
            logits = self(ids[:, -self.context :])[:, -1]
            ids = torch.cat([ids, torch.multinomial(F.softmax(logits, dim=-1), 1)], dim=1)
        return ids


def build_optimizer(model: nn.Module, lr: float) -> torch.optim.Optimizer:
    """AdamW that decays matrices only: pulling biases, norms or embeddings to zero helps nobody."""
    decay = [m.weight for m in model.modules() if isinstance(m, nn.Linear)]
    rest = [p for p in model.parameters() if all(p is not q for q in decay)]
    groups = [{"params": decay, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.95))


def warmup_then_cosine(step: int, steps: int, warmup: int = 30) -> float:
    """Factor of the learning rate: up in a line while Adam's averages are young, then down to a tenth."""
    if step < warmup:
        return (step + 1) / warmup
    progress = (step - warmup) / max(1, steps - warmup)
    return 0.1 + 0.45 * (1 + math.cos(math.pi * progress))


def loss_of(model: nn.Module, ids: Tensor) -> Tensor:
    """Mean cross entropy of each next character in ids (B, T + 1)."""
    logits = model(ids[:, :-1])
    return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())


def train(ids: Tensor, vocabulary: int, steps: int, lr: float, context: int = 32) -> tuple[Transformer, list[float]]:
    """The trained network and the loss of every step. ids (N,) is the training text."""
    model = Transformer(vocabulary, context).to(device)
    optimizer = build_optimizer(model, lr)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: warmup_then_cosine(step, steps))
    losses = []
    for step in range(steps):
        starts = torch.randint(len(ids) - context, (32, 1))  # 32 random places in the text
        batch = ids[starts + torch.arange(context + 1)].to(device)
        loss = loss_of(model, batch)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)  # one odd batch must not throw the weights
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
        if (step + 1) % 100 == 0:
            print(f"step {step + 1:4d}  loss {sum(losses[-100:]) / 100:.3f}  lr {scheduler.get_last_lr()[0]:.5f}")
    return model, losses


@torch.no_grad()
def evaluate(model: Transformer, ids: Tensor) -> float:
    """Cross entropy of a whole text, cut into stretches of the context's length."""
    model.eval()
    stretches = ids.unfold(0, model.context + 1, model.context).to(device)
    loss = loss_of(model, stretches).item()
    model.train()
    return loss


def main(argv: Sequence[str] | None = None) -> float:
    """Train, and return the validation loss in nats a character."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--lr", type=float, default=3e-3)
    args = parser.parse_args(argv)

    torch.manual_seed(0)
    text = load_text()
    alphabet = sorted(set(text))
    id_of = {character: i for i, character in enumerate(alphabet)}
    ids = torch.tensor([id_of[character] for character in text])
    cut = len(ids) * 9 // 10  # text is ordered: validation is what comes last, not a random sample
    train_ids, val_ids = ids[:cut], ids[cut:]
    model, _ = train(train_ids, len(alphabet), args.steps, args.lr)
    val_loss = evaluate(model, val_ids)
    baseline = bigram_loss(train_ids.tolist(), val_ids.tolist(), len(alphabet))
    print(f"validation loss {val_loss:.3f} nats a character (a table of letter pairs: {baseline:.3f})")
    sample = model.write(ids[None, :1].to(device), count=200)[0]
    print("".join(alphabet[i] for i in sample.tolist()))
    return val_loss


if __name__ == "__main__":
    main()
