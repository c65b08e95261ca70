"""Programs that train in several threads: one of them is followed, and memory stays whole."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402

from tests.probe.loops import net  # noqa: E402
from torchcheck import watch  # noqa: E402

x, y = torch.randn(8, 4), torch.randn(8, 1)


def forgetful(steps: int = 12) -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(steps):
        F.mse_loss(model(x), y).backward()
        optimizer.step()


def in_threads(*works: object) -> None:
    threads = [threading.Thread(target=work) for work in works]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_training_in_a_thread_is_watched() -> None:
    with watch(select=["TCK2"]) as report:
        in_threads(forgetful)
    assert {finding.code for finding in report.findings} == {"TCK201"}


def test_a_thread_is_followed_after_another_has_ended() -> None:
    with watch(select=["TCK2"]) as report:
        in_threads(lambda: F.mse_loss(net()(x), y).backward())
        in_threads(forgetful)
    assert {finding.code for finding in report.findings} == {"TCK201"}


def test_the_thread_where_the_watch_began_is_preferred() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def other() -> None:
        F.mse_loss(net()(x), y).backward()
        begun.set()
        go_on.wait(30)

    with watch(select=["TCK2"]) as report:
        thread = threading.Thread(target=other)
        thread.start()
        begun.wait(30)
        forgetful()
        go_on.set()
        thread.join()
    assert {finding.code for finding in report.findings} == {"TCK201"}


@pytest.mark.slow
def test_threads_that_train_side_by_side_corrupt_no_memory() -> None:
    """Reading a gradient while another thread's backward writes it made about half of such runs crash."""
    program = """
from tests.probe.test_threads import in_threads, net, torch, x, y, F, watch
def train():
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(40):
        optimizer.zero_grad()
        F.mse_loss(model(x), y).backward()
        optimizer.step()
with watch():
    for _ in range(4):
        in_threads(train, train, train)
"""
    for _ in range(3):
        subprocess.run([sys.executable, "-c", program], check=True, timeout=300)
