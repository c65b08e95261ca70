"""The first NaN or infinity, and where it was born: TCK607."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.probe.watched import alarms, codes, watched
from torchcheck.finding import Finding

Step = Callable[[nn.Module, int], Tensor]


def fit(make: Callable[[], nn.Module], loss_of: Step, steps: int = 6, lr: float = 1e-3) -> Callable[[], None]:
    def train() -> None:
        model = make()
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        for step in range(steps):
            loss = loss_of(model, step)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return train


def only(findings: list[Finding], code: str = "TCK607") -> Finding:
    assert codes(findings) == {code}, alarms(findings)
    assert len(findings) == 1
    return findings[0]


def mlp(outputs: int = 3) -> nn.Module:
    return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, outputs))


def x() -> Tensor:
    return torch.randn(8, 4)


def at(step: int, when: int, broken: Tensor, healthy: Tensor) -> Tensor:
    return broken if step == when else healthy


class LogInside(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Linear(4, 8), nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        positive = self.body(x).relu()
        scaled = torch.log(positive)
        return self.head(scaled)


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(4, 4) for _ in range(3))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        scores = self.query(x) @ self.key(x).transpose(-1, -2)
        return scores.masked_fill(mask, float("-inf")).softmax(-1) @ self.value(x)


def nan_batch(model: nn.Module, step: int) -> Tensor:
    data = x()
    if step == 3:
        data[5, 2] = float("nan")
    return model(data).pow(2).mean()


def nan_target(model: nn.Module, step: int) -> Tensor:
    target = torch.zeros(8, 3)
    target[1, 1] = float("nan") if step == 2 else 0.0
    return F.mse_loss(model(x()), target)


def constant_feature(model: nn.Module, step: int) -> Tensor:
    data = torch.cat([torch.randn(8, 3), torch.ones(8, 1)], dim=1)
    return model((data - data.mean(0)) / data.std(0)).pow(2).mean()


def masked_row(model: nn.Module, step: int) -> Tensor:
    mask = torch.eye(8, dtype=torch.bool)
    mask[3] = True
    return model(x(), mask).pow(2).mean()


def no_targets(model: nn.Module, step: int) -> Tensor:
    return F.cross_entropy(model(x()), torch.full((8,), -100), ignore_index=-100)


def empty_mean(model: nn.Module, step: int) -> Tensor:
    out = model(x())
    return out[out > 1e6].mean() + out.pow(2).mean()


def count_of_zero(model: nn.Module, step: int) -> Tensor:
    weights = torch.zeros(8, 1)
    return (model(x()).pow(2) * weights).sum() / weights.sum().requires_grad_()


def entropy(model: nn.Module, step: int) -> Tensor:
    p = (model(x()) * 500).softmax(-1)
    return (p * p.log()).sum(-1).mean()


def overflow(model: nn.Module, step: int) -> Tensor:
    return (model(x() + 20).abs() * 3000).exp().mean()


def root(model: nn.Module, step: int) -> Tensor:
    return torch.sqrt(model(x()) - 100).mean()


def single_deviation(model: nn.Module, step: int) -> Tensor:
    out = model(torch.randn(1, 4))[:, 0]
    return ((out - out.mean()) / out.std()).sum()


IN_THE_DATA = {
    "a NaN in the data": (mlp, nan_batch, ["input", "index (5, 2)"], 3),
    "a NaN in the target": (mlp, nan_target, ["target", "index (1, 1)"], 2),
    "a constant feature, standardised": (mlp, constant_feature, ["input", "NaN"], 0),
}
BORN_IN_FORWARD = {
    "log of a ReLU, inside": (LogInside, lambda m, i: m(x()).pow(2).mean(), ["`log` in `m`", "a zero"], 0),
    "attention row masked out": (Attention, masked_row, ["`softmax`", "masked out entirely"], 0),
    "every target ignored": (mlp, no_targets, ["`nll_loss`", "no target"], 0),
    "mean of nothing": (mlp, empty_mean, ["`mean`", "an empty tensor"], 0),
    "division by a count of zero": (mlp, count_of_zero, ["`division`", "a divisor of zero"], 0),
    "p log p": (mlp, entropy, ["`log`", "a zero"], 0),
    "exp of a large number": (mlp, overflow, ["`exp`", "inf"], 0),
    "root of a negative number": (mlp, root, ["`sqrt`", "a negative number"], 0),
    "nothing to divide by": (mlp, lambda m, i: (m(x()) * 0 / (m(x()) * 0).norm()).sum(), ["`division`", "NaN"], 0),
    "angle beyond its range": (mlp, lambda m, i: torch.acos(m(x()) + 5).mean(), ["`acos`", "outside [-1, 1]"], 0),
    "fractional power of a negative": (mlp, lambda m, i: (m(x()) ** 1.5).mean(), ["`pow`", "a negative number"], 0),
    "reciprocal root of a negative": (mlp, lambda m, i: torch.rsqrt(m(x()) - 9).mean(), ["`rsqrt`", "negative"], 0),
    "class weights of zero": (
        mlp,
        lambda m, i: F.cross_entropy(m(x()), torch.zeros(8, dtype=torch.long), weight=torch.tensor([0.0, 1.0, 1.0])),
        ["`nll_loss`", "weight 0"],
        0,
    ),
    "deviation of one value": (mlp, single_deviation, ["`std`", "single value"], 0),
}


@pytest.mark.parametrize("case", IN_THE_DATA)
def test_what_was_in_the_data_is_named(case: str) -> None:
    make, loss_of, words, step = IN_THE_DATA[case]
    finding = only(watched(fit(make, loss_of)), "TCK413")
    for word in words:
        assert word in finding.message
    assert finding.step == step


@pytest.mark.parametrize("case", BORN_IN_FORWARD)
def test_the_birth_in_the_forward_pass_is_named(case: str) -> None:
    make, loss_of, words, step = BORN_IN_FORWARD[case]
    finding = only(watched(fit(make, loss_of)))
    for word in words:
        assert word in finding.message
    assert finding.step == step


def test_it_is_found_on_a_step_that_is_not_sampled_too() -> None:
    def late(model: nn.Module, step: int) -> Tensor:
        out = model(x()).relu() + 1e-3
        return torch.log(out - 1e-3 if step == 17 else out).mean()

    finding = only(watched(fit(LogInside2, late, steps=20)))
    assert finding.step == 17
    assert "`log`" in finding.message


class LogInside2(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(4, 8)

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x)


def test_the_module_of_a_step_that_is_not_sampled_is_known() -> None:
    """The graph of step 17 has the shape of earlier ones, whose modules are known."""

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = LogOfInput()
            self.head = nn.Linear(4, 1)

        def forward(self, x: Tensor) -> Tensor:
            return self.head(self.inner(x))

    class LogOfInput(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Linear(4, 4)

        def forward(self, x: Tensor) -> Tensor:
            return torch.log(self.scale(x).abs() * x[:, :1])

    def step_loss(model: nn.Module, step: int) -> Tensor:
        data = torch.rand(8, 4) + 0.5
        if step == 17:
            data[2, 0] = 0.0
        return model(data).pow(2).mean()

    finding = only(watched(fit(Net, step_loss, steps=20)))
    assert (finding.step, finding.module) == (17, "model.inner")
    assert "`log` in `model.inner`" in finding.message


def test_what_is_computed_between_two_calls_belongs_to_no_module() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 4)

        def forward(self, x: Tensor) -> Tensor:
            return self.layer(x).tanh()

    def step_loss(model: nn.Module, step: int) -> Tensor:
        data = torch.rand(8, 4)
        p = model(data).softmax(1)
        entropy = torch.log(p - p.amin(1, keepdim=True)).mean()
        return model(data).pow(2).mean() + entropy

    finding = only(watched(fit(Net, step_loss, steps=2)))
    assert finding.module is None
    assert "`log`" in finding.message


def pairwise(model: nn.Module, step: int) -> Tensor:
    h = model(x())
    return torch.sqrt((h[:, None] - h[None]).pow(2).sum(-1)).mean()


def fractional(model: nn.Module, step: int) -> Tensor:
    h = model(x())
    return ((h - h[:1]).abs() ** 0.5).mean()


def where_not_safe(model: nn.Module, step: int) -> Tensor:
    h = model(x())
    squared = (h - h[:1]).pow(2).sum(-1)
    return torch.where(squared > 0, torch.sqrt(squared), torch.zeros_like(squared)).mean()


def angle_to_itself(model: nn.Module, step: int) -> Tensor:
    h = model(x())
    return torch.acos(h / h.detach()).mean()


BORN_ON_THE_WAY_BACK = {
    "distances with a zero diagonal": (pairwise, "`sqrt`"),
    "fractional power": (fractional, "`pow`"),
    "where around a root": (where_not_safe, "`sqrt`"),
    "angle of equal vectors": (angle_to_itself, "`acos`"),
}


@pytest.mark.parametrize("case", BORN_ON_THE_WAY_BACK)
def test_a_gradient_that_breaks_on_the_way_back_is_found_at_once(case: str) -> None:
    loss_of, word = BORN_ON_THE_WAY_BACK[case]
    finding = only(watched(fit(mlp, loss_of)))
    assert "The loss is finite, but the gradient of `model.0." in finding.message
    assert word in finding.message
    assert finding.step == 0


def test_a_training_that_blew_up_is_told_with_its_losses() -> None:
    def regression(model: nn.Module, step: int) -> Tensor:
        return F.mse_loss(model(torch.ones(8, 4) * 3), torch.ones(8, 1))

    finding = next(f for f in watched(fit(lambda: nn.Linear(4, 1), regression, 200, lr=2.0)) if f.code == "TCK607")
    assert "blew up" in finding.message or "blown up" in finding.message
    assert "learning rate" in finding.help


def test_an_uninitialised_weight_is_found() -> None:
    class Empty(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.full((4, 3), float("nan")))

        def forward(self, x: Tensor) -> Tensor:
            return x @ self.weight

    finding = only(watched(fit(Empty, lambda m, i: m(x()).pow(2).mean())))
    assert "`m.weight` holds NaN" in finding.message


def causal(model: nn.Module, step: int) -> Tensor:
    return model(x(), torch.triu(torch.ones(8, 8, dtype=torch.bool), 1)).pow(2).mean()


def impossible_actions(model: nn.Module, step: int) -> Tensor:
    logits = model(x()).masked_fill(torch.tensor([False, False, True]), float("-inf"))
    policy = torch.distributions.Categorical(logits=logits)
    return -(policy.log_prob(policy.sample()) * torch.randn(8)).mean() - 0.01 * policy.entropy().mean()


def safe_where(model: nn.Module, step: int) -> Tensor:
    out = model(x()).relu()
    safe = torch.where(out > 0, out, torch.ones_like(out))
    return torch.where(out > 0, torch.log(safe), out).pow(2).mean()


def masked_loss(model: nn.Module, step: int) -> Tensor:
    losses = torch.log(model(x()).relu())
    return losses[torch.isfinite(losses)].mean()


def nan_where_not_used(model: nn.Module, step: int) -> Tensor:
    data = x()
    data[0] = float("nan")
    return model(data[~data.isnan().any(1)]).pow(2).mean()


def log_softmax_nll(model: nn.Module, step: int) -> Tensor:
    log_probabilities = F.log_softmax(model(x()) * 1000, dim=-1)
    return F.nll_loss(log_probabilities, log_probabilities.argmax(-1))


def sampled_gumbel(model: nn.Module, step: int) -> Tensor:
    return F.gumbel_softmax(model(x()), hard=True).sum(-1).mean()


FINITE = {
    "causal attention": (Attention, causal),
    "masked actions": (mlp, impossible_actions),
    "where made safe": (mlp, safe_where),
    "infinite losses left out": (mlp, masked_loss),
    "bad rows left out": (mlp, nan_where_not_used),
    "confident log-softmax": (mlp, log_softmax_nll),
    "gumbel softmax": (mlp, sampled_gumbel),
    "norm at zero, which torch defines": (mlp, lambda m, i: (m(x()) * 0).norm(dim=1).mean()),
    "plain": (mlp, lambda m, i: m(x()).pow(2).mean()),
}


@pytest.mark.parametrize("case", FINITE)
def test_infinities_that_do_not_matter_are_not_accused(case: str) -> None:
    make, loss_of = FINITE[case]
    assert "TCK607" not in codes(watched(fit(make, loss_of)))


def test_gradients_that_no_step_uses_are_not_accused() -> None:
    """The user looks before the step, as a GradScaler does."""

    def train() -> None:
        model = mlp()
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
        for step in range(8):
            optimizer.zero_grad()
            loss = pairwise(model, step) if step == 4 else model(x()).pow(2).mean()
            loss.backward()
            if torch.isfinite(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)):
                optimizer.step()

    assert alarms(watched(train)) == []


def test_steps_that_a_grad_scaler_skips_are_not_accused() -> None:
    def train() -> None:
        model = mlp()
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
        scaler = torch.amp.GradScaler("cpu", init_scale=2.0**127, growth_interval=1000)
        for _ in range(10):
            optimizer.zero_grad()
            scaler.scale(model(x()).pow(2).mean() * 30).backward()
            scaler.step(optimizer)
            scaler.update()

    assert alarms(watched(train)) == []


def test_reentrant_and_checkpointed_graphs_are_tolerated() -> None:
    from torch.utils.checkpoint import checkpoint

    def loss_of(model: nn.Module, step: int) -> Tensor:
        out = checkpoint(model, x(), use_reentrant=False)
        assert isinstance(out, Tensor)
        return (torch.log(out.relu()) if step == 4 else out).pow(2).mean()

    assert "`log`" in only(watched(fit(mlp, loss_of))).message


def test_only_the_first_is_told() -> None:
    assert len(watched(fit(mlp, root, steps=12))) == 1


def test_a_loss_of_many_elements_is_looked_at() -> None:
    def train() -> None:
        model = mlp()
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
        for step in range(4):
            losses = torch.sqrt(model(x()) - (100 if step == 2 else -100))
            optimizer.zero_grad()
            losses.backward(torch.ones_like(losses))
            optimizer.step()

    finding = only(watched(train))
    assert (finding.step, "`sqrt`" in finding.message) == (2, True)


def test_several_losses_are_all_looked_at() -> None:
    def train() -> None:
        model = mlp()
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
        for _ in range(4):
            out = model(x())
            optimizer.zero_grad()
            torch.autograd.backward([out.mean(), torch.log(out - 100).mean()])
            optimizer.step()

    assert "`log`" in only(watched(train)).message


def test_losses_of_other_devices_are_read_on_sampled_steps_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one that was not finite is told with its own step, though it was read later."""
    from torchcheck.probe.non_finite import NonFinites
    from torchcheck.probe.session import Session
    from torchcheck.selection import Selection

    reads: list[int] = []
    observer = NonFinites()
    session = Session(Selection(select=("TCK607",)).rules(), every=5, observers=[observer])
    look, read, after = observer._look, observer._read, observer.after_backward

    class Accelerator:
        """A loss, but for its device."""

        def __init__(self, loss: Tensor) -> None:
            self._loss = loss
            self.device, self.is_cpu = torch.device("cuda"), False

        def __getattr__(self, name: str) -> object:
            return getattr(self._loss, name)

    def watched_read(loss: Tensor) -> tuple[int, float]:
        reads.append(session.step)
        return read(loss)

    monkeypatch.setattr(observer, "_look", lambda loss: look(Accelerator(loss)))
    monkeypatch.setattr(observer, "_read", watched_read)
    monkeypatch.setattr(observer, "after_backward", lambda loss: after(Accelerator(loss)))
    session.start()
    fit(mlp, lambda m, i: m(x()).mean() * (float("nan") if i >= 7 else 1.0), steps=15)()
    session.end()
    assert reads == [0, 5, 10]
    assert [finding.step for finding in session.findings] == [7]


def test_weights_that_an_absurd_rate_made_huge_are_told_as_a_blow_up() -> None:
    def train() -> None:
        model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
        optimizer = torch.optim.Adam(model.parameters(), lr=1e20)
        for _ in range(4):
            loss = F.cross_entropy(model(x()), torch.randint(0, 3, (8,)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    finding = next(f for f in watched(train) if f.code == "TCK607")
    assert "blown up" in finding.message
    assert "Lower the learning rate" in finding.help


def test_a_sum_that_overflows_float16_is_told_as_such() -> None:
    findings = watched(fit(lambda: mlp().half(), lambda m, i: (m(x().half()) + 200).pow(2).sum().float()))
    assert codes(findings) == {"TCK404"}
    assert "`sum` after `m.2` overflowed float16" in findings[0].message


def test_an_input_that_was_float16_before_is_told_as_an_overflow() -> None:
    wide = torch.cat([torch.randn(8, 3), torch.full((8, 1), 1e5)], dim=1)
    findings = watched(fit(lambda: nn.Linear(4, 3), lambda m, i: m(wide.half().float()).pow(2).mean()))
    assert codes(findings) == {"TCK404"}
    assert "went through float16 and holds inf" in findings[0].message


def test_an_infinite_input_of_full_precision_is_no_overflow_of_float16() -> None:
    data = torch.cat([torch.randn(8, 3), torch.full((8, 1), float("inf"))], dim=1)
    only(watched(fit(lambda: nn.Linear(4, 3), lambda m, i: m(data).pow(2).mean())), "TCK413")
