"""How the scales of a run went: what is kept of it, that it stays small, and that the numbers are right."""

from __future__ import annotations

import gc
import json
import sys

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from torchcheck import watch
from torchcheck.facts.trail import LayerScales, ScaleSample, Trail


def sample(step: int, value: float = 1.0, layers: int = 4) -> ScaleSample:
    return ScaleSample(
        step=step,
        optimizer="optimizer",
        layers={f"net.{i}.weight": LayerScales(value, 0.5, 0.25, 0.0, 1.0) for i in range(layers)},
        learning_rates=(0.1,),
        loss=2.5,
    )


@pytest.mark.parametrize("count", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_a_million_samples_need_no_more_memory_than_a_few_hundred(count: int) -> None:
    trail, first = Trail(), sample(0, layers=1)
    sizes = []
    for step in range(count):
        trail.add(ScaleSample(step=step, optimizer="o", layers=first.layers, learning_rates=(0.1,)))
        if step in (1000, count // 2, count - 1):
            gc.collect()
            sizes.append(sum(isinstance(thing, ScaleSample) for thing in gc.get_objects()))
            assert len(trail) <= 256
    assert max(sizes) <= 300
    steps = [one.step for one in trail]
    assert steps == sorted(steps)
    assert steps[0] == 0
    assert steps[-128:] == list(range(count - 128, count))


def test_older_samples_lie_evenly_over_the_run() -> None:
    trail = Trail(recent=8, old=8)
    for step in range(200):
        trail.add(sample(step))
    old = [one.step for one in trail][:-8]
    assert old == list(range(0, 192, 32))


def test_a_short_run_is_kept_whole() -> None:
    trail = Trail()
    for step in range(256):
        trail.add(sample(step))
    assert [one.step for one in trail] == list(range(256))


def test_json_lines_hold_what_was_kept() -> None:
    trail = Trail()
    trail.add(sample(0))
    other = ScaleSample(
        step=7,
        optimizer="other",
        layers={"w": LayerScales(None, float("inf"), 1e-12, None, None, 0.5, 0.25)},
        learning_rates=(0.1, 0.2),
        loss=None,
        epoch=3,
    )
    trail.add(other)
    lines = list(trail.to_json_lines())
    assert all("NaN" not in line and "Infinity" not in line for line in lines)
    assert json.loads(lines[2])["layers"]["w"] == [None, None, pytest.approx(1e-12), None, None, 0.5, 0.25]
    again = list(Trail.from_json_lines(lines))
    assert again[0] == sample(0)
    assert (again[1].step, again[1].epoch, again[1].optimizer, again[1].learning_rates) == (7, 3, "other", (0.1, 0.2))
    assert list(Trail.from_json_lines(lines).to_json_lines()) == lines


def test_other_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="no scales"):
        Trail.from_json_lines(['{"kind": "findings"}'])


def test_the_numbers_are_those_that_one_works_out_by_hand() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 6), nn.Tanh(), nn.Linear(6, 1))
    given: list[Tensor] = []
    net[0].register_forward_hook(lambda module, args, output: given.append(output.detach().clone()))
    with torch.no_grad():
        net[0].bias[:2] = -50.0
        net[2].bias[:3] = 9.0
    optimizer = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.5)
    x = torch.randn(16, 4)
    before = {name: parameter.detach().clone() for name, parameter in net.named_parameters()}
    with watch() as report:
        loss = net(x).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 0.01)
        gradients = {name: parameter.grad.clone() for name, parameter in net.named_parameters()}
        optimizer.step()
    (seen,), (hidden,) = report.scales, given
    assert list(seen.layers) == ["net.0.weight", "net.2.weight", "net.4.weight"]
    assert seen.loss == pytest.approx(loss.item())
    assert seen.learning_rates == (0.3,)
    assert (seen.step, seen.optimizer) == (0, "optimizer")
    for name, scales in seen.layers.items():
        own = name.removeprefix("net.")
        after = net.get_parameter(own).detach()
        assert scales.weight == pytest.approx(before[own].norm().item(), rel=1e-5)
        assert scales.gradient == pytest.approx(gradients[own].norm().item(), rel=1e-5)
        assert scales.update == pytest.approx((after - before[own]).norm().item(), rel=1e-4)
    first, second, third = seen.layers.values()
    assert first.mean == pytest.approx(hidden.mean().item(), rel=1e-5)
    assert first.std == pytest.approx(hidden.std(correction=0).item(), rel=1e-5)
    assert (first.dead, first.saturated) == ((hidden.relu().amax(0) <= 0).float().mean().item(), None)
    assert first.dead >= 0.25
    assert second.dead is None
    assert second.saturated == pytest.approx(0.5, abs=0.1)
    assert (third.dead, third.saturated) == (None, None)


def test_each_sample_is_read_back_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many layers there are, the device is waited for once."""
    original = Tensor.tolist
    lengths: list[int] = []

    def counted(self: Tensor) -> object:
        if sys._getframe(2).f_code.co_filename.endswith("readings.py"):
            lengths.append(self.numel())
        return original(self)

    monkeypatch.setattr(Tensor, "tolist", counted)
    with watch() as report:
        net = nn.Sequential(*(layer for _ in range(5) for layer in (nn.Linear(8, 8), nn.Tanh())), nn.Linear(8, 1))
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
        for _ in range(5):
            optimizer.zero_grad()
            net(torch.randn(16, 8)).pow(2).mean().backward()
            optimizer.step()
    assert len(report.scales) == 5
    assert lengths == [6 * 3 + 6 * 2 + 5 + 1] * 5  # norms, moments, saturation, the loss


def test_losses_are_those_of_the_user_where_a_scaler_is_in_use() -> None:
    torch.manual_seed(0)
    net = nn.Linear(4, 2)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**16, growth_interval=2)
    losses = []
    with watch() as report:
        for _ in range(6):
            loss = F.cross_entropy(net(torch.randn(8, 4)), torch.randint(0, 2, (8,)))
            losses.append(loss.item())
            optimizer.zero_grad()
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
    assert [one.loss for one in report.scales] == pytest.approx(losses, rel=1e-5)


def test_two_optimizers_have_samples_of_their_own() -> None:
    with watch() as report:
        one, two = nn.Linear(4, 4), nn.Linear(4, 1)
        first = torch.optim.SGD(one.parameters(), lr=0.1)
        second = torch.optim.SGD(two.parameters(), lr=0.2)
        for _ in range(3):
            loss = two(one(torch.randn(8, 4))).pow(2).mean()
            first.zero_grad()
            second.zero_grad()
            loss.backward()
            first.step()
            second.step()
    told = [(seen.optimizer, *seen.layers, *seen.learning_rates) for seen in report.scales]
    assert told == [("first", "one.weight", 0.1), ("second", "two.weight", 0.2)] * 3
