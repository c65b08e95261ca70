"""TCK621 on whole scripts: ranks whose parameters go apart, and ranks whose parameters may."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ranks.scripts import launch, reported, script, written

pytestmark = pytest.mark.slow

LATER = """\
def later(net):
    net[0].requires_grad_(False)
    model = DDP(net)
    net[0].requires_grad_(True)
    return model


"""
AVERAGED = """\
if step % 4 == 3:
                for p in net.parameters():
                    dist.all_reduce(p.data)
                    p.data /= dist.get_world_size()"""
BY_HAND = """\
for p in net.parameters():
                dist.all_reduce(p.grad)
                p.grad /= dist.get_world_size()"""


def codes(tmp_path: Path, text: str) -> list[str]:
    done = launch(written(tmp_path, text), "--output-format", "json")
    return [finding["code"] for finding in reported(done.stdout)] if done.stdout else []


def by_hand(text: str) -> str:
    """Gradients averaged before each step."""
    return text.replace("            optimizer.step()", f"            {BY_HAND}\n            optimizer.step()")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(script(wrap="net"), id="no wrapper"),
        pytest.param(LATER + script(wrap="later(net)"), id="unfrozen after the wrapper was made"),
        pytest.param(
            by_hand(script(wrap="net")).replace("torch.manual_seed(0)", "torch.manual_seed(rank)"),
            id="other weights at first, gradients averaged by hand",
        ),
        pytest.param(script().replace("logits = model(x)", "logits = net(x)"), id="the module inside is called"),
    ],
)
def test_ranks_that_go_apart_are_told(tmp_path: Path, text: str) -> None:
    assert codes(tmp_path, text) == ["TCK621"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(by_hand(script(wrap="net")), id="gradients averaged by hand"),
        pytest.param(script(wrap="net", after=AVERAGED), id="weights averaged now and then"),
        pytest.param(
            script(wrap="net").replace("torch.manual_seed(0)", "torch.manual_seed(rank)"), id="one model for each rank"
        ),
        pytest.param(
            script().replace("nn.ReLU()", "nn.BatchNorm1d(32), nn.ReLU()"), id="each rank has batch statistics"
        ),
    ],
)
def test_ranks_that_are_right_are_left_alone(tmp_path: Path, text: str) -> None:
    assert codes(tmp_path, text) == []
