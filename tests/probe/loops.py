"""Training loops for the tests of `torchcheck.probe.steps`: right ones, and ones that forget or misplace something."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint

Loop = Callable[[], Any]
CLEAN: dict[str, Loop] = {}
STALE: dict[str, Loop] = {}  # TCK201
TOO_EARLY: dict[str, Loop] = {}  # TCK202
FORGOTTEN: dict[str, Loop] = {}  # TCK203

STEPS = 6


def into(table: dict[str, Loop]) -> Callable[[Loop], Loop]:
    def add(loop: Loop) -> Loop:
        table[loop.__name__] = loop
        return loop

    return add


def net() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))


def data(n: int = 8) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(n, 4), torch.randn(n, 1)


def loss_of(model: nn.Module) -> torch.Tensor:
    x, y = data()
    return F.mse_loss(model(x), y)


# Right


@into(CLEAN)
def plain() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(model).backward()
        optimizer.step()


@into(CLEAN)
def clear_after_the_step() -> None:
    model = net()
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(STEPS):
        loss_of(model).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)


@into(CLEAN)
def model_zero_grad() -> None:
    model = net()
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(STEPS):
        model.zero_grad(set_to_none=False)
        loss_of(model).backward()
        optimizer.step()


@into(CLEAN)
def grad_is_none_by_hand() -> None:
    model = net()
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(STEPS):
        for p in model.parameters():
            p.grad = None
        loss_of(model).backward()
        optimizer.step()


@into(CLEAN)
def grad_zero_by_hand() -> None:
    model = net()
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(STEPS):
        for p in model.parameters():
            if p.grad is not None:
                p.grad.zero_()
        loss_of(model).backward()
        optimizer.step()


@into(CLEAN)
def grad_detach_zero_by_hand() -> None:
    model = net()
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(STEPS):
        loss_of(model).backward()
        optimizer.step()
        for p in model.parameters():
            p.grad.detach_().zero_()


@into(CLEAN)
def grad_data_zero_by_hand() -> None:
    model = net()
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(40):
        for p in model.parameters():
            if p.grad is not None:
                p.grad.data.zero_()
        loss_of(model).backward()
        optimizer.step()


@into(CLEAN)
def grad_multiplied_away() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        loss_of(model).backward()
        optimizer.step()
        for p in model.parameters():
            p.grad *= 0


@into(CLEAN)
def accumulation_with_clipping() -> None:
    model = net()
    optimizer = torch.optim.AdamW(model.parameters())
    for i in range(24):
        (loss_of(model) / 4).backward()
        if (i + 1) % 4 == 0:
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()


@into(CLEAN)
def accumulation_ends_early() -> None:
    model = net()
    optimizer = torch.optim.AdamW(model.parameters())
    optimizer.zero_grad()
    for i in range(1, 8):
        loss_of(model).backward()
        if i % 3 == 0:
            optimizer.step()
            optimizer.zero_grad()


@into(CLEAN)
def clipping_by_hand() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(model).backward()
        for p in model.parameters():
            p.grad.clamp_(-1, 1)
        optimizer.step()


@into(CLEAN)
def gradients_replaced_by_noisy_ones() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(model).backward()
        for p in model.parameters():
            p.grad = p.grad + 0.01 * torch.randn_like(p)
        optimizer.step()


@into(CLEAN)
def gradients_from_autograd_grad() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        gradients = torch.autograd.grad(loss_of(model), list(model.parameters()))
        for p, gradient in zip(model.parameters(), gradients, strict=True):
            p.grad = gradient
        optimizer.step()


@into(CLEAN)
def lbfgs() -> None:
    model = net()
    x, y = data()
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.1, max_iter=5)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        return loss

    for _ in range(STEPS):
        optimizer.step(closure)


@into(CLEAN)
def lbfgs_with_micro_batches() -> None:
    model = net()
    x, y = data(16)
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.1, max_iter=5, line_search_fn="strong_wolfe")

    def closure() -> float:
        optimizer.zero_grad()
        total = 0.0
        for xb, yb in zip(x.split(4), y.split(4), strict=True):
            loss = F.mse_loss(model(xb), yb) / 4
            loss.backward()
            total += loss.item()
        return total

    for _ in range(STEPS):
        optimizer.step(closure)


@into(CLEAN)
def closure_for_sgd() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def closure() -> torch.Tensor:
        loss = loss_of(model)
        loss.backward()
        return loss

    for _ in range(STEPS):
        optimizer.zero_grad()
        optimizer.step(closure)


def _gan() -> tuple[nn.Module, nn.Module, torch.optim.Optimizer, torch.optim.Optimizer]:
    torch.manual_seed(0)
    generator, critic = nn.Linear(2, 4), nn.Linear(4, 1)
    return generator, critic, torch.optim.Adam(generator.parameters()), torch.optim.Adam(critic.parameters())


@into(CLEAN)
def gan_detached() -> None:
    generator, critic, optimizer_g, optimizer_c = _gan()
    for _ in range(STEPS):
        fake = generator(torch.randn(8, 2))
        optimizer_c.zero_grad()
        (critic(fake.detach()).mean() - critic(torch.randn(8, 4)).mean()).backward()
        optimizer_c.step()
        optimizer_g.zero_grad()
        (-critic(fake)).mean().backward()
        optimizer_g.step()


@into(CLEAN)
def gan_as_in_dcgan() -> None:
    generator, critic, optimizer_g, optimizer_c = _gan()
    one = torch.ones(8, 1)
    for _ in range(STEPS):
        critic.zero_grad()
        F.binary_cross_entropy_with_logits(critic(torch.randn(8, 4)), one).backward()
        fake = generator(torch.randn(8, 2))
        F.binary_cross_entropy_with_logits(critic(fake.detach()), 1 - one).backward()
        optimizer_c.step()
        generator.zero_grad()
        F.binary_cross_entropy_with_logits(critic(fake), one).backward()
        optimizer_g.step()


@into(CLEAN)
def gan_whose_critic_pollutes_the_generator() -> None:
    generator, critic, optimizer_g, optimizer_c = _gan()
    for _ in range(STEPS):
        optimizer_c.zero_grad()
        critic(generator(torch.randn(8, 2))).mean().backward()
        optimizer_c.step()
        optimizer_g.zero_grad()
        (-critic(generator(torch.randn(8, 2)))).mean().backward()
        optimizer_g.step()


@into(CLEAN)
def critic_trained_more_often() -> None:
    generator, critic, optimizer_g, optimizer_c = _gan()
    for i in range(20):
        optimizer_c.zero_grad()
        critic(generator(torch.randn(8, 2)).detach()).mean().backward()
        optimizer_c.step()
        for p in critic.parameters():
            p.data.clamp_(-0.01, 0.01)
        if i % 5 == 0:
            optimizer_g.zero_grad()
            (-critic(generator(torch.randn(8, 2)))).mean().backward()
            optimizer_g.step()


@into(CLEAN)
def ema_teacher() -> None:
    model = net()
    teacher = copy.deepcopy(model).requires_grad_(False)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(STEPS):
        x, _ = data()
        optimizer.zero_grad(set_to_none=True)
        F.mse_loss(model(x), teacher(x)).backward()
        optimizer.step()
        with torch.no_grad():
            for p, q in zip(model.parameters(), teacher.parameters(), strict=True):
                q.mul_(0.9).add_(p, alpha=0.1)


@into(CLEAN)
def checkpointed() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for reentrant in (False, True):
        for _ in range(STEPS):
            x, y = data()
            optimizer.zero_grad()
            F.mse_loss(checkpoint(model, x.requires_grad_(), use_reentrant=reentrant), y).backward()
            optimizer.step()


@into(CLEAN)
def optimizer_in_backward() -> None:
    model = net()
    optimizers = {p: torch.optim.SGD([p], lr=0.1) for p in model.parameters()}

    def update(p: torch.Tensor) -> None:
        optimizers[p].step()
        optimizers[p].zero_grad()

    for p in model.parameters():
        p.register_post_accumulate_grad_hook(update)
    for _ in range(STEPS):
        loss_of(model).backward()


@into(CLEAN)
def gradient_penalty() -> None:
    model = net()
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(STEPS):
        x, _ = data()
        x.requires_grad_()
        optimizer.zero_grad()
        out = model(x).sum()
        (slope,) = torch.autograd.grad(out, x, create_graph=True)
        (out + slope.pow(2).sum()).backward()
        optimizer.step()


@into(CLEAN)
def create_graph() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss_of(model).backward(create_graph=True)
            optimizer.step()
    for p in model.parameters():
        p.grad = None


@into(CLEAN)
def grad_scaler() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    scaler = torch.amp.GradScaler("cpu")
    for _ in range(STEPS):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = loss_of(model)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()


@into(CLEAN)
def grad_scaler_that_skips_every_step() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    scaler = torch.amp.GradScaler("cpu")
    for _ in range(STEPS):
        optimizer.zero_grad()
        scaler.scale(loss_of(model) * float("inf")).backward()
        scaler.step(optimizer)
        scaler.update()


@into(CLEAN)
def compiled() -> None:
    model = torch.compile(net(), backend="eager")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(model).backward()
        optimizer.step()


@into(CLEAN)
def sparse_gradients() -> None:
    table = nn.Embedding(10, 4, sparse=True)
    optimizer = torch.optim.SparseAdam(table.parameters())
    for _ in range(STEPS):
        optimizer.zero_grad()
        table(torch.randint(0, 10, (8,))).sum().backward()
        optimizer.step()


@into(CLEAN)
def sharpness_aware() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        loss_of(model).backward()
        with torch.no_grad():
            bumps = [0.01 * p.grad.sign() for p in model.parameters()]
            for p, bump in zip(model.parameters(), bumps, strict=True):
                p.add_(bump)
        optimizer.zero_grad()
        loss_of(model).backward()
        with torch.no_grad():
            for p, bump in zip(model.parameters(), bumps, strict=True):
                p.sub_(bump)
        optimizer.step()
        optimizer.zero_grad()


@into(CLEAN)
def adversarial_weights_that_add_up_on_purpose() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(model).backward()
        with torch.no_grad():
            model[0].weight.add_(0.01)
        loss_of(model).backward()
        with torch.no_grad():
            model[0].weight.sub_(0.01)
        optimizer.step()


@into(CLEAN)
def one_head_a_task() -> None:
    torch.manual_seed(0)
    body, heads = nn.Linear(4, 8), nn.ModuleList([nn.Linear(8, 1), nn.Linear(8, 1)])
    optimizer = torch.optim.SGD([*body.parameters(), *heads.parameters()], lr=0.1)
    for i in range(12):
        x, y = data()
        optimizer.zero_grad()
        F.mse_loss(heads[i % 2](body(x)), y).backward()
        optimizer.step()


@into(CLEAN)
def two_losses_two_backwards() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        optimizer.zero_grad()
        out = model(data()[0])
        out.mean().backward(retain_graph=True)
        out.pow(2).mean().backward()
        optimizer.step()


class ClearsItself(torch.optim.SGD):
    def step(self, closure: Any = None) -> Any:
        result = super().step(closure)
        for group in self.param_groups:
            for p in group["params"]:
                p.grad.zero_()
        return result


@into(CLEAN)
def optimizer_that_clears_its_own() -> None:
    model = net()
    optimizer = ClearsItself(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        loss_of(model).backward()
        optimizer.step()


@into(CLEAN)
def rebuilt_every_round() -> None:
    model = net()
    for _ in range(STEPS):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model.zero_grad()
        for _ in range(2):
            optimizer.zero_grad()
            loss_of(model).backward()
            optimizer.step()


@into(CLEAN)
def by_hand_under_no_grad() -> None:
    torch.manual_seed(0)
    w = torch.randn(4, 1, requires_grad=True)
    for _ in range(STEPS):
        x, y = data()
        ((x @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
            w.grad.zero_()


@into(CLEAN)
def by_hand_through_data() -> None:
    model = net()
    for _ in range(STEPS):
        model.zero_grad()
        loss_of(model).backward()
        for p in model.parameters():
            p.data.add_(p.grad, alpha=-0.1)


@into(CLEAN)
def by_hand_rebound() -> None:
    w = torch.randn(4, 1, requires_grad=True)
    for _ in range(STEPS):
        x, y = data()
        ((x @ w - y) ** 2).mean().backward()
        w = (w - 0.1 * w.grad).detach().requires_grad_()


@into(CLEAN)
def by_hand_beside_an_idle_optimizer() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(model).backward()
        for p in model.parameters():
            p.data.sub_(0.1 * p.grad)


@into(CLEAN)
def adversarial_examples() -> None:
    model = net()
    for _ in range(STEPS):
        x, y = data()
        x.requires_grad_()
        F.mse_loss(model(x), y).backward()
        x = (x + 0.1 * x.grad.sign()).detach()


@into(CLEAN)
def adversarial_examples_of_a_model_with_an_optimizer() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        x, y = data()
        delta = torch.zeros_like(x, requires_grad=True)
        for _ in range(3):
            F.mse_loss(model(x + delta), y).backward()
            delta.data = (delta + 0.01 * delta.grad.sign()).clamp(-0.1, 0.1)
            delta.grad.zero_()
        optimizer.zero_grad()


@into(CLEAN)
def saliency_in_evaluation_mode() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.eval()
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(model).backward()


@into(CLEAN)
def one_accumulated_gradient() -> None:
    model = net()
    torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        loss_of(model).backward()


@into(CLEAN)
def evaluation_only() -> None:
    model = net()
    torch.optim.SGD(model.parameters(), lr=0.1)
    with torch.no_grad():
        for _ in range(STEPS):
            loss_of(model)


@into(CLEAN)
def two_optimizers_over_one_model() -> None:
    model = net()
    first = torch.optim.SGD(model[0].parameters(), lr=0.1)
    second = torch.optim.Adam(model[2].parameters())
    for _ in range(STEPS):
        first.zero_grad()
        second.zero_grad()
        loss_of(model).backward()
        first.step()
        second.step()


@into(CLEAN)
def alternating_players() -> None:
    model = net()
    optimizers = [torch.optim.SGD(model[i].parameters(), lr=0.1) for i in (0, 2)]
    for i in range(12):
        model.zero_grad()
        loss_of(model).backward()
        optimizers[i % 2].step()


@into(CLEAN)
def gradients_of_single_samples_averaged_by_hand() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        sums = [torch.zeros_like(p) for p in model.parameters()]
        for _ in range(8):
            optimizer.zero_grad()
            loss_of(model).backward()
            for p, total in zip(model.parameters(), sums, strict=True):
                total += p.grad / p.grad.norm().clamp(min=1)
        for p, total in zip(model.parameters(), sums, strict=True):
            p.grad.copy_(total / 8)
        optimizer.step()


@into(CLEAN)
def last_layer_held_back() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2 * STEPS):
        optimizer.zero_grad()
        loss_of(model).backward()
        model[2].zero_grad()
        model[0].weight.grad[0].zero_()
        optimizer.step()


@into(CLEAN)
def attack_before_every_step() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def loss_at(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        loss = F.mse_loss(model(x), y)
        loss.backward()
        return loss

    for _ in range(STEPS):
        x, y = data()
        for _ in range(8):
            x.requires_grad_()
            model.zero_grad()
            loss_at(x, y)
            x = (x + 0.01 * x.grad.sign()).detach()
        optimizer.zero_grad()
        loss_at(x, y)
        optimizer.step()


# Gradients that pile up


@into(STALE)
def no_zero_grad() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(STEPS):
        loss_of(model).backward()
        optimizer.step()


@into(STALE)
def no_zero_grad_with_clipping() -> None:
    model = net()
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(STEPS):
        loss_of(model).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()


@into(STALE)
def no_zero_grad_with_clipping_by_hand() -> None:
    model = net()
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(STEPS):
        loss_of(model).backward()
        for p in model.parameters():
            p.grad.clamp_(-1, 1)
        optimizer.step()


@into(STALE)
def no_zero_grad_after_accumulation() -> None:
    model = net()
    optimizer = torch.optim.AdamW(model.parameters())
    for i in range(24):
        (loss_of(model) / 4).backward()
        if (i + 1) % 4 == 0:
            optimizer.step()


@into(STALE)
def no_zero_grad_fused() -> None:
    model = net()
    optimizer = torch.optim.AdamW(model.parameters(), fused=True)
    for _ in range(STEPS):
        loss_of(model).backward()
        optimizer.step()


@into(STALE)
def no_zero_grad_with_scaler() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    scaler = torch.amp.GradScaler("cpu")
    for _ in range(STEPS):
        scaler.scale(loss_of(model)).backward()
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()


@into(STALE)
def closure_without_zero_grad() -> None:
    model = net()
    x, y = data()
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.01, max_iter=4)

    def closure() -> torch.Tensor:
        loss = F.mse_loss(model(x), y)
        loss.backward()
        return loss

    for _ in range(STEPS):
        optimizer.step(closure)


@into(STALE)
def zero_grad_outside_the_closure() -> None:
    model = net()
    x, y = data()
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.01, max_iter=4)

    def closure() -> torch.Tensor:
        loss = F.mse_loss(model(x), y)
        loss.backward()
        return loss

    for _ in range(STEPS):
        optimizer.zero_grad()
        optimizer.step(closure)


@into(STALE)
def critic_never_cleared() -> None:
    generator, critic, optimizer_g, optimizer_c = _gan()
    for _ in range(STEPS):
        fake = generator(torch.randn(8, 2))
        (critic(fake.detach()).mean() - critic(torch.randn(8, 4)).mean()).backward()
        optimizer_c.step()
        optimizer_g.zero_grad()
        (-critic(fake)).mean().backward()
        optimizer_g.step()


@into(STALE)
def second_optimizer_never_cleared() -> None:
    model = net()
    first = torch.optim.SGD(model[0].parameters(), lr=0.01)
    second = torch.optim.SGD(model[2].parameters(), lr=0.01)
    for _ in range(STEPS):
        first.zero_grad()
        loss_of(model).backward()
        first.step()
        second.step()


@into(STALE)
def only_part_is_cleared() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(STEPS):
        model[2].zero_grad()
        loss_of(model).backward()
        optimizer.step()


@into(STALE)
def cleared_once_before_the_loop() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    optimizer.zero_grad()
    for _ in range(STEPS):
        loss_of(model).backward()
        optimizer.step()


@into(STALE)
def compiled_and_never_cleared() -> None:
    model = torch.compile(net(), backend="eager")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(STEPS):
        loss_of(model).backward()
        optimizer.step()


@into(STALE)
def create_graph_and_never_cleared() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(STEPS):
            loss_of(model).backward(create_graph=True)
            optimizer.step()
    for p in model.parameters():
        p.grad = None


@into(STALE)
def sparse_and_never_cleared() -> None:
    table = nn.Embedding(10, 4, sparse=True)
    optimizer = torch.optim.SparseAdam(table.parameters())
    for _ in range(STEPS):
        table(torch.randint(0, 10, (8,))).sum().backward()
        optimizer.step()


@into(STALE)
def by_hand_and_never_cleared() -> None:
    w = torch.randn(4, 1, requires_grad=True)
    for _ in range(STEPS):
        x, y = data()
        ((x @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= 0.01 * w.grad


@into(STALE)
def by_hand_through_data_and_never_cleared() -> None:
    model = net()
    for _ in range(STEPS):
        loss_of(model).backward()
        for p in model.parameters():
            p.data -= 0.01 * p.grad


# Cleared before the step


@into(TOO_EARLY)
def cleared_between() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        loss_of(model).backward()
        optimizer.zero_grad()
        optimizer.step()


@into(TOO_EARLY)
def model_cleared_between() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        loss_of(model).backward()
        model.zero_grad(set_to_none=False)
        optimizer.step()


@into(TOO_EARLY)
def set_to_none_between() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        loss_of(model).backward()
        for p in model.parameters():
            p.grad = None
        optimizer.step()


@into(TOO_EARLY)
def cleared_before_the_scaler_steps() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cpu")
    for _ in range(STEPS):
        scaler.scale(loss_of(model)).backward()
        optimizer.zero_grad(set_to_none=False)
        scaler.step(optimizer)
        scaler.update()


@into(TOO_EARLY)
def zeroed_by_hand_between() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        loss_of(model).backward()
        for p in model.parameters():
            p.grad.zero_()
        optimizer.step()


# Never stepped


@into(FORGOTTEN)
def no_step() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(model).backward()


@into(FORGOTTEN)
def no_step_and_no_clear() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        loss_of(model).backward()
    assert optimizer.param_groups


@into(FORGOTTEN)
def only_the_scheduler_steps() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss_of(model).backward()
            scheduler.step()


@into(FORGOTTEN)
def scaler_updates_without_a_step() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(STEPS):
        model.zero_grad()
        loss = loss_of(model)
        loss.backward()
        optimizer.step  # noqa: B018


@into(FORGOTTEN)
def step_outside_of_the_loop() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        for _ in range(8):
            optimizer.zero_grad()
            loss_of(model).backward()
        optimizer.step()
