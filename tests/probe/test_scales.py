"""Scales of weights, gradients and updates: TCK601 to TCK604 and TCK613."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterable, Sequence

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.probe.watched import alarms, codes, watched
from torchcheck.facts.scales import Sample, ScaleWindow
from torchcheck.finding import Finding, Lens, Level, Position, Span
from torchcheck.probe.session import Session
from torchcheck.rules.base import Found, Rule
from torchcheck.rules.judge import Judge
from torchcheck.selection import Selection

MakeOptimizer = Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]


def sgd(lr: float, **options: float) -> MakeOptimizer:
    return lambda parameters: torch.optim.SGD(parameters, lr=lr, **options)


def adam(lr: float, **options: float) -> MakeOptimizer:
    return lambda parameters: torch.optim.AdamW(parameters, lr=lr, **options)


def batch(i: int) -> tuple[Tensor, Tensor]:
    """16 features, 4 classes that a model can learn."""
    x = torch.randn(32, 16)
    return x, x[:, :4].argmax(1)


def teacher() -> tuple[Tensor, Tensor]:
    """Classes that a linear map of the features tells."""
    x = torch.randn(64, 16)
    return x, (x @ torch.eye(16)[:, :4] + 0.5 * x[:, 4:8]).argmax(1)


def easier(i: int) -> tuple[Tensor, Tensor]:
    """Features that fade, and with them the loss of logits that are wrong: it falls by a tenth without any training."""
    x, y = batch(i)
    return x * (1.0 if i > 30 else 3.0), y


def tokens(i: int) -> tuple[Tensor, Tensor]:
    """Sequences of 8 ids below 50; the class is that of the first."""
    ids = torch.randint(0, 50, (32, 8))
    return ids, ids[:, 0] % 4


def images(i: int) -> tuple[Tensor, Tensor]:
    x = torch.randn(16, 1, 8, 8)
    return x, (x.mean((1, 2, 3)) > 0).long()


def fit(
    make: Callable[[], nn.Module],
    optimizer_for: MakeOptimizer,
    data: Callable[[int], tuple[Tensor, Tensor]] = batch,
    steps: int = 50,
    schedule: Callable[[torch.optim.Optimizer], torch.optim.lr_scheduler.LRScheduler] | None = None,
) -> Callable[[], None]:
    def train() -> None:
        model = make()
        optimizer = optimizer_for([p for p in model.parameters() if p.requires_grad])
        scheduler = schedule(optimizer) if schedule else None
        for step in range(steps):
            x, y = data(step)
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if scheduler:
                scheduler.step()

    return train


def only(findings: list[Finding], code: str) -> Finding:
    assert codes(findings) == {code}, alarms(findings)
    return findings[0]


def mlp(*widths: int, activation: type[nn.Module] = nn.ReLU) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(widths):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])


def small_mlp() -> nn.Module:
    return mlp(16, 32, 4)


def cnn() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 16, 4)
    )


class Transformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tokens = nn.Embedding(50, 32)
        self.position = nn.Parameter(torch.randn(8, 32))
        layer = nn.TransformerEncoderLayer(32, 4, 64, 0.0, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(32, 4)

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(self.blocks(self.tokens(ids) + self.position)[:, 0])


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tokens = nn.Embedding(50, 16)
        self.rnn = nn.GRU(16, 24, batch_first=True)
        self.head = nn.Linear(24, 4)

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(self.rnn(self.tokens(ids))[0][:, -1])


class ByHand(nn.Module):
    def __init__(self, scale: float) -> None:
        super().__init__()
        self.w1 = nn.Parameter(torch.randn(16, 32) * scale)
        self.b1 = nn.Parameter(torch.zeros(32))
        self.w2 = nn.Parameter(torch.randn(32, 4) * 0.2)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x @ self.w1 + self.b1) @ self.w2


class LoRA(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.base = nn.Linear(16, 4).requires_grad_(False)
        self.down, self.up = nn.Linear(16, 2, bias=False), nn.Linear(2, 4, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + self.up(self.down(x))


class AdaLNZero(nn.Module):
    """A residual branch whose last layer starts at zero."""

    def __init__(self) -> None:
        super().__init__()
        self.inner, self.gate = mlp(16, 32, 16), nn.Linear(16, 16)
        nn.init.zeros_(self.gate.weight)
        self.head = nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(x + self.gate(self.inner(x)))


TOO_SMALL = {
    "sgd at 1e-6": fit(small_mlp, sgd(1e-6)),
    "adam at 1e-7": fit(small_mlp, adam(1e-7)),
    "convolutions": fit(cnn, sgd(1e-6, momentum=0.9), images, steps=30),
    "transformer": fit(Transformer, adam(1e-7), tokens, steps=30),
    "recurrent": fit(Recurrent, sgd(1e-5), tokens),
    "weights by hand": fit(lambda: ByHand(0.2), sgd(1e-7)),
    "twenty steps": fit(small_mlp, adam(1e-7), steps=20),
    "after a warm-up": fit(small_mlp, adam(1e-9), steps=100, schedule=lambda o: warm_up_of(o, 20)),
    "under a cosine": fit(small_mlp, adam(1e-9), steps=80, schedule=lambda o: cosine(80)(o)),
    "batches that become easier": fit(small_mlp, sgd(1e-9), lambda i: easier(i)),
}


@pytest.mark.parametrize("case", TOO_SMALL)
def test_updates_that_move_nothing_are_found(case: str) -> None:
    finding = only(watched(TOO_SMALL[case]), "TCK601")
    assert finding.evidence["largest_update_ratio"] < 3e-5
    assert "learning rate" in finding.message


def test_a_schedule_for_epochs_that_is_stepped_with_each_batch_is_found() -> None:
    schedule = fit(small_mlp, sgd(0.1), steps=240, schedule=lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9))
    finding = only(watched(schedule), "TCK601")
    assert finding.message.startswith("The schedule has taken the learning rate")


def test_a_schedule_that_ends_where_the_run_does_is_right() -> None:
    schedule = fit(small_mlp, sgd(0.1), steps=240, schedule=lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.97))
    assert alarms(watched(schedule)) == []


TOO_LARGE = {
    "adam at 1": fit(lambda: mlp(16, 64, 64, 4), adam(1.0)),
    "adam at 1, 20 steps": fit(lambda: mlp(16, 64, 64, 4), adam(1.0), steps=20),
    "sgd at 100": fit(lambda: mlp(16, 32, 4, activation=nn.Tanh), sgd(100.0)),
    "convolutions": fit(cnn, adam(30.0), images),
    "transformer": fit(Transformer, adam(0.3), tokens),
    "recurrent": fit(Recurrent, sgd(100.0), tokens, steps=60),
    "weights by hand": fit(lambda: ByHand(0.2), sgd(1000.0), steps=12),
}


@pytest.mark.parametrize("case", TOO_LARGE)
def test_updates_that_throw_the_weights_away_are_found(case: str) -> None:
    finding = next(f for f in watched(TOO_LARGE[case]) if f.code == "TCK602")
    assert finding.message.startswith("`model.")
    assert finding.message.endswith(("the loss does not fall.", "the loss blows up."))


def test_a_linear_regression_that_oscillates_is_found() -> None:
    """Its single weight jumps from side to side, each time further."""

    def train() -> None:
        model = nn.Linear(4, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=1.15)
        x = torch.randn(64, 4)
        for _ in range(20):
            loss = F.mse_loss(model(x), x.sum(1, keepdim=True))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    assert codes(watched(train)) == {"TCK602", "TCK609"}


def scaled(make: Callable[[], nn.Module], name: str, by: float) -> Callable[[], nn.Module]:
    """A model with one weight scaled."""

    def scale() -> nn.Module:
        model = make()
        with torch.no_grad():
            model.get_parameter(name).mul_(by)
        return model

    return scale


SPREAD = {
    "first layer 300 times too large": fit(scaled(lambda: mlp(16, 32, 32, 4), "0.weight", 300), sgd(1e-5)),
    "hidden layer 5000 times too small": fit(scaled(lambda: mlp(16, 32, 32, 4), "2.weight", 2e-4), adam(1e-3)),
    "convolution of deviation 20": fit(scaled(cnn, "2.weight", 400), sgd(1e-6), images),
    "transformer, one projection": fit(
        scaled(Transformer, "blocks.layers.0.linear1.weight", 500), adam(1e-3), tokens, steps=12
    ),
    "recurrent, hidden to hidden": fit(scaled(Recurrent, "rnn.weight_hh_l0", 1e-4), adam(1e-3), tokens, steps=12),
    "weights by hand": fit(lambda: ByHand(1e-4), adam(1e-3), steps=12),
}


@pytest.mark.parametrize("case", SPREAD)
def test_scales_that_are_orders_apart_are_found(case: str) -> None:
    findings = [f for f in watched(SPREAD[case]) if f.code == "TCK613"]
    assert findings
    assert findings[0].evidence["largest"] != findings[0].evidence["smallest"]


def test_the_message_names_both_layers_and_their_gains() -> None:
    finding = only(watched(SPREAD["first layer 300 times too large"]), "TCK613")
    assert "`model.0.weight` are " in finding.message
    assert "times larger for their size than those of `model." in finding.message


def small_last_layer(std: float) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        model = mlp(16, 32, 32, 4)
        nn.init.normal_(model[-1].weight, std=std)
        return model

    return make


def normal(std: float, make: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    def build() -> nn.Module:
        model = make()
        for parameter in model.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=std)
        return model

    return build


def warm_up_of(optimizer: torch.optim.Optimizer, steps: int) -> torch.optim.lr_scheduler.LRScheduler:
    return torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.05, total_iters=steps)


def warm_up(optimizer: torch.optim.Optimizer) -> torch.optim.lr_scheduler.LRScheduler:
    return torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1e-5, total_iters=100)


def cosine(steps: int) -> Callable[[torch.optim.Optimizer], torch.optim.lr_scheduler.LRScheduler]:
    return lambda optimizer: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)


def one_cycle(optimizer: torch.optim.Optimizer) -> torch.optim.lr_scheduler.LRScheduler:
    return torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=3e-3, total_steps=200, div_factor=1e4)


HEALTHY = {
    "sgd at 0.1": fit(small_mlp, sgd(0.1)),
    "sigmoids at 0.5, falling late": fit(
        lambda: mlp(16, 32, 32, 4, activation=nn.Sigmoid), sgd(0.5), lambda i: teacher(), steps=400
    ),
    "sgd at 0.01, hardly falling": fit(lambda: mlp(16, 32, 32, 32, 4, activation=nn.Tanh), sgd(0.01)),
    "sgd at 1e-3, as in the tutorial": fit(lambda: mlp(16, 64, 64, 4), sgd(1e-3), steps=100),
    "adam at 0.01": fit(lambda: mlp(16, 64, 64, 4), adam(0.01)),
    "adam at 0.01, wide": fit(lambda: mlp(16, 1024, 4), adam(0.01)),
    "fine-tuning at 1e-5": fit(Transformer, adam(1e-5), tokens, steps=100),
    "warm-up from almost nothing": fit(small_mlp, adam(1e-3), steps=60, schedule=warm_up),
    "late cosine": fit(small_mlp, adam(1e-2), steps=150, schedule=cosine(150)),
    "one cycle": fit(small_mlp, adam(1e-3), steps=200, schedule=one_cycle),
    "convolutions": fit(cnn, adam(1e-3), images),
    "transformer": fit(Transformer, adam(1e-3), tokens),
    "transformer as GPT-2 starts": fit(normal(0.02, Transformer), adam(1e-3), tokens),
    "recurrent": fit(Recurrent, adam(1e-2), tokens, steps=80),
    "zero weights, logistic regression": fit(scaled(lambda: mlp(16, 4), "0.weight", 0), adam(0.1)),
    "LoRA": fit(LoRA, adam(1e-3)),
    "LoRA, large rate": fit(LoRA, adam(2e-2)),
    "adaLN-zero": fit(AdaLNZero, adam(1e-3)),
    "policy head of 0.01": fit(small_last_layer(0.001), adam(3e-4)),
    "head of 1e-5": fit(small_last_layer(1e-5), adam(3e-4)),
    "weights by hand": fit(lambda: ByHand(0.2), sgd(0.1)),
    "five sigmoids": fit(lambda: mlp(16, 32, 32, 32, 32, 4, activation=nn.Sigmoid), adam(1e-3)),
    "few steps": fit(small_mlp, adam(1e-8), steps=5),
    "a frozen part": fit(lambda: nn.Sequential(nn.Linear(16, 16).requires_grad_(False), small_mlp()), adam(1e-3)),
}


@pytest.mark.parametrize("case", HEALTHY)
def test_healthy_trainings_are_not_accused(case: str) -> None:
    assert alarms(watched(HEALTHY[case])) == []


def test_a_converged_training_is_not_accused() -> None:
    def train() -> None:
        model = nn.Linear(4, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        x = torch.randn(64, 4)
        y = x @ torch.tensor([[1.0], [2.0], [-1.0], [0.5]])
        for _ in range(400):
            loss = F.mse_loss(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    assert alarms(watched(train)) == []


def test_one_weight_that_grows_to_its_target_is_not_accused() -> None:
    def train() -> None:
        model = nn.Linear(1, 1)
        nn.init.constant_(model.weight, 0.01)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
        x = torch.linspace(-1, 1, 32).unsqueeze(1)
        for _ in range(60):
            loss = F.mse_loss(model(x), 5 * x + 2)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    assert alarms(watched(train)) == []


def test_two_optimizers_of_a_gan_are_not_accused() -> None:
    def train() -> None:
        generator, critic = mlp(8, 32, 2), mlp(2, 32, 1)
        of_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
        of_d = torch.optim.Adam(critic.parameters(), lr=2e-4, betas=(0.5, 0.999))
        ones, zeros = torch.ones(32, 1), torch.zeros(32, 1)
        for _ in range(60):
            real, fake = torch.randn(32, 2) + 3, generator(torch.randn(32, 8))
            of_d.zero_grad()
            loss = F.binary_cross_entropy_with_logits(critic(real), ones)
            loss = loss + F.binary_cross_entropy_with_logits(critic(fake.detach()), zeros)
            loss.backward()
            of_d.step()
            of_g.zero_grad()
            F.binary_cross_entropy_with_logits(critic(fake), ones).backward()
            of_g.step()

    assert alarms(watched(train)) == []


def test_lbfgs_is_not_judged() -> None:
    def train() -> None:
        model = small_mlp()
        optimizer = torch.optim.LBFGS(model.parameters(), lr=1, max_iter=5)
        x, y = batch(0)

        def closure() -> Tensor:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            return loss

        for _ in range(25):
            optimizer.step(closure)

    assert alarms(watched(train)) == []


def test_sparse_gradients_and_shared_weights_are_tolerated() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tokens = nn.Embedding(50, 16)
            self.head = nn.Linear(16, 50, bias=False)
            self.head.weight = self.tokens.weight

        def forward(self, ids: Tensor) -> Tensor:
            return self.head(self.tokens(ids).mean(1))

    def train() -> None:
        sparse, tied = nn.EmbeddingBag(50, 4, sparse=True), Tied()
        of_sparse = torch.optim.SparseAdam(list(sparse.parameters()), lr=1e-2)
        of_tied = torch.optim.AdamW(tied.parameters(), lr=1e-3)
        for i in range(30):
            ids, y = tokens(i)
            of_sparse.zero_grad()
            of_tied.zero_grad()
            (F.cross_entropy(sparse(ids), y) + F.cross_entropy(tied(ids), y)).backward()
            of_sparse.step()
            of_tied.step()

    assert alarms(watched(train)) == []


@pytest.mark.parametrize("options", [{"fused": True}, {"foreach": True}, {"foreach": False}, {"amsgrad": True}])
def test_all_implementations_of_an_optimizer_are_measured_alike(options: dict[str, bool]) -> None:
    assert alarms(watched(fit(small_mlp, adam(1e-3, **options)))) == []
    assert codes(watched(fit(small_mlp, adam(1e-7, **options)))) == {"TCK601"}


def test_weights_are_the_same_with_and_without_the_probes() -> None:
    """Measuring changes no bit of the training, and no random number is drawn."""
    start = Transformer()

    def train(model: nn.Module) -> Tensor:
        torch.manual_seed(1)
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
        for i in range(12):
            ids, y = tokens(i)
            loss = F.cross_entropy(model(ids), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return torch.cat([*(p.detach().flatten() for p in model.parameters()), torch.rand(4)])

    bare = train(copy.deepcopy(start))
    seen: list[Tensor] = []
    watched(lambda: seen.append(train(copy.deepcopy(start))))
    assert torch.equal(bare, seen[0])


PLACE = Span("train.py", Position(1, 1), Position(1, 2))


def window(
    ratios: Sequence[float], loss_change: float | None = 0.0, rates: Sequence[float] | None = None, final: bool = True
) -> ScaleWindow:
    """Steps of these update ratios, of a weight of gain 0.8."""
    rates = rates or [0.1] * len(ratios)
    samples = [
        Sample(i, 0.1, 1e-3, 0.1 * ratio, rate) for i, (ratio, rate) in enumerate(zip(ratios, rates, strict=True))
    ]
    return ScaleWindow(
        samples={"net.weight": samples},
        optimizer="optimizer",
        first_step=0,
        peak_learning_rate=max(rates),
        fan_in={"net.weight": 64},
        lookups=(),
        sizes={"net.weight": 4096},
        final=final,
        loss_change=loss_change,
        place=PLACE,
        step=len(ratios),
    )


def judged(fact: ScaleWindow, **options: dict[str, float]) -> set[str]:
    judge = Judge(Selection().rules(options), Lens.RUNTIME, lambda rule, error: pytest.fail(f"{rule.code} {error}"))
    return codes(judge.scales(fact))


def test_a_loss_that_is_not_known_accuses_nobody() -> None:
    assert judged(window([1e-8] * 20, loss_change=None)) == set()
    assert judged(window([3.0] * 20, loss_change=None)) == set()


def test_a_ratio_that_lasts_is_told_early_only_when_the_loss_had_time_to_fall() -> None:
    assert judged(window([0.2] * 60, final=False)) == set()
    assert judged(window([0.2] * 140, final=False)) == {"TCK602"}
    assert judged(window([0.2] * 60)) == {"TCK602"}


def test_a_falling_loss_excuses_any_update() -> None:
    assert judged(window([1e-8] * 20, loss_change=-0.4)) == set()
    assert judged(window([0.9] * 20, loss_change=-0.3)) == set()


def test_a_rate_that_still_rises_excuses_small_updates() -> None:
    assert judged(window([1e-8] * 20)) == {"TCK601"}
    assert judged(window([1e-8] * 20, rates=[1e-6 * (i + 1) for i in range(20)])) == set()


def test_small_updates_are_told_early_only_when_they_have_lasted() -> None:
    assert judged(window([1e-8] * 30, final=False)) == set()


def test_thresholds_can_be_set() -> None:
    assert judged(window([1e-4] * 20)) == set()
    assert judged(window([1e-4] * 20), **{"update-too-small": {"ratio": 1e-3}}) == {"TCK601"}
    assert judged(window([0.2] * 20)) == {"TCK602"}
    assert judged(window([0.2] * 20), **{"update-too-large": {"ratio": 0.3}}) == set()


def test_the_first_steps_of_a_second_stage_are_first_steps() -> None:
    """Large ratios of a new optimizer are not taken for lasting ones because the run is old."""

    def train() -> None:
        for _ in range(2):
            fit(lambda: mlp(16, 256, 4), adam(0.01), lambda i: (torch.randn(32, 16), torch.randint(0, 4, (32,))), 40)()

    assert alarms(watched(train)) == []


def test_a_mistake_of_a_second_stage_is_found() -> None:
    def train() -> None:
        fit(small_mlp, adam(1e-3), steps=205)()
        fit(small_mlp, adam(1e-7), steps=40)()

    assert codes(watched(train)) == {"TCK601"}


class Keeps(Rule):
    """Accuses nobody, and keeps what it is shown."""

    code, name, level, why, help, bad, good = "TCK999", "keeps", Level.INFO, ".", ".", (), ()

    def __init__(self, seen: list[ScaleWindow]) -> None:
        super().__init__()
        self.seen = seen

    def scales(self, fact: ScaleWindow) -> Iterable[Found]:
        self.seen.append(fact)
        return ()


def layered(*gradients: float, loss_change: float | None = 0.0, updates: Sequence[float] = ()) -> ScaleWindow:
    """Forty steps of layers with these gradients, first layer first."""
    names = [f"net.{i}.weight" for i in range(len(gradients))]
    changes = dict(zip(names, updates or [g * 0.1 for g in gradients], strict=True))
    return ScaleWindow(
        samples={
            name: [Sample(step, 0.1, gradient, changes[name], 0.1) for step in (*range(10), 20, 30, 40)]
            for name, gradient in zip(names, gradients, strict=True)
        },
        optimizer="optimizer",
        first_step=0,
        peak_learning_rate=0.1,
        fan_in=dict.fromkeys(names, 100),
        lookups=(),
        sizes=dict.fromkeys(names, 10_000),
        final=True,
        loss_change=loss_change,
        place=PLACE,
        step=40,
    )


def test_only_a_decay_that_is_spread_over_layers_is_a_vanishing_gradient() -> None:
    assert judged(layered(1e-6, 1e-5, 1e-4, 1e-3, 1e-2)) == {"TCK603"}
    assert judged(layered(1e-6, 1e-2, 1e-2, 1e-2, 1e-2)) == set()
    assert judged(layered(1e-6, 1e-2, 1e-6, 1e-2, 1e-6, 1e-2)) == set()
    assert judged(layered(1e-4, 3e-4, 1e-3, 3e-3, 1e-2)) == set()


def test_a_decay_that_the_optimizer_evens_out_has_to_be_larger() -> None:
    even = [1e-3] * 5
    assert judged(layered(1e-6, 1e-5, 1e-4, 1e-3, 1e-2, updates=even)) == set()
    assert judged(layered(1e-8, 3e-7, 1e-5, 3e-4, 1e-2, updates=even)) == {"TCK603"}


def test_a_loss_that_falls_excuses_a_decay() -> None:
    assert judged(layered(1e-6, 1e-5, 1e-4, 1e-3, 1e-2, loss_change=-0.5)) == set()
    assert judged(layered(1e-6, 1e-5, 1e-4, 1e-3, 1e-2, loss_change=None)) == set()


def test_thresholds_of_gradients_can_be_set() -> None:
    fading, swelling = layered(1e-4, 3e-4, 1e-3, 3e-3, 1e-2), layered(1.0, 20.0, 0.01, updates=[1e-4] * 3)
    assert judged(fading, **{"vanishing-gradient": {"threshold": 50.0}}) == {"TCK603"}
    assert judged(swelling) == set()
    assert judged(swelling, **{"exploding-gradient": {"ratio": 100.0, "growth": 100.0}}) == {"TCK604"}


def growing(*gradients: float, loss_change: float | None = 0.5) -> ScaleWindow:
    samples = [Sample(i, 0.1, gradient, 1e-4, 0.1) for i, gradient in enumerate(gradients)]
    fact = window([1e-3], loss_change)
    return ScaleWindow(
        samples={"net.weight": samples},
        optimizer="optimizer",
        first_step=0,
        peak_learning_rate=0.1,
        fan_in=fact.fan_in,
        lookups=(),
        sizes=fact.sizes,
        final=True,
        loss_change=loss_change,
        place=PLACE,
        step=len(gradients),
    )


def test_growth_has_to_last_and_the_loss_must_not_fall() -> None:
    grown = growing(*[0.01] * 6, 0.1, 1.0, 20.0, 40.0, 80.0, 160.0)
    assert judged(grown) == {"TCK604"}
    assert judged(growing(*[0.01] * 6, 0.1, 1.0, 20.0, 40.0, 80.0, 160.0, loss_change=-0.5)) == set()
    assert judged(growing(*[0.01] * 11, 1000.0)) == set()
    assert judged(growing(*[0.01] * 6, 0.02, 0.03, 0.05, 0.04, 0.04, 0.05)) == set()


def test_two_spikes_are_no_habit_and_three_are() -> None:
    calm = [0.01] * 4
    assert judged(growing(*calm, *[0.01] * 10, 50.0, 50.0)) == set()
    assert judged(growing(*calm, *[0.01] * 8, 50.0, 0.01, 50.0, 50.0)) == {"TCK604"}


def test_gradients_are_judged_unscaled() -> None:
    """What a GradScaler multiplies by 2**24 is seen as the optimizer uses it."""
    seen: list[ScaleWindow] = []

    def train(scale: float) -> float:
        torch.manual_seed(0)
        session = Session([Keeps(seen)])
        session.start()
        model = small_mlp()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
        scaler = torch.amp.GradScaler("cpu", init_scale=scale, enabled=scale > 1)
        x, y = batch(0)
        scaler.scale(F.cross_entropy(model(x), y)).backward()
        scaler.step(optimizer)
        session.end()
        return seen[-1].samples["model.0.weight"][0].gradient

    assert train(2.0**24) == pytest.approx(train(1.0), rel=1e-4)


def test_layers_are_listed_in_the_order_of_the_forward_pass() -> None:
    """A class may register its last layer before the hidden ones."""

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.last = nn.Linear(16, 8), nn.Linear(8, 4)
            self.hidden = nn.Linear(8, 8)

        def forward(self, x: Tensor) -> Tensor:
            return self.last(self.hidden(self.first(x).relu()).relu())

    seen: list[ScaleWindow] = []
    session = Session([Keeps(seen)])
    session.start()
    fit(Net, sgd(0.1), steps=2)()
    session.end()
    assert [name.split(".")[1] for name in seen[-1].samples] == ["first", "hidden", "last"]
