"""A training is bit-identical with and without probes: every loss, the final weights, and the random state."""

from __future__ import annotations

import hashlib
import random
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import torchcheck
from tests.examples.gallery import TRAININGS, load

Trained = tuple[list[float], list[Tensor]]  # the loss of every step, and the final weights


def linear_regression(example: ModuleType) -> Trained:
    train_set, _ = example.load_data()
    model, losses = example.train(train_set, epochs=10, lr=0.03)
    return losses, list(model.state_dict().values())


def linear_regression_by_hand(example: ModuleType) -> Trained:
    x, y, _, _ = example.load_data()
    weight, bias, losses = example.train(x, y, epochs=10, lr=0.03)
    return losses, [weight, bias]


def mlp(example: ModuleType) -> Trained:
    train_split, val_split, _ = example.load_data()
    model, _, losses = example.train(train_split, val_split, epochs=5, lr=0.03)
    return losses, list(model.state_dict().values())


def cnn(example: ModuleType) -> Trained:
    model, losses, _ = example.train(*example.load_data(), epochs=2, lr=0.1)
    return losses, list(model.state_dict().values())


def transformer(example: ModuleType) -> Trained:
    ids = torch.randint(40, (5000,))
    model, losses = example.train(ids, vocabulary=40, steps=60, lr=3e-3)
    return losses, list(model.state_dict().values())


TRAIN: dict[str, Callable[[ModuleType], Trained]] = {
    train.__name__: train for train in (linear_regression, linear_regression_by_hand, mlp, cnn, transformer)
}


def digest(tensors: Iterable[Tensor]) -> str:
    """Their bits; equal numbers are not enough: -0.0 equals 0.0, and no NaN equals another."""
    sha = hashlib.sha256()
    for tensor in tensors:
        sha.update(tensor.detach().cpu().numpy().tobytes())
    return sha.hexdigest()


def fingerprint(name: str, example: ModuleType, watching: Any) -> dict[str, object]:
    """What a training of this example leaves behind, part by part."""
    torch.manual_seed(0)
    np.random.seed(0)
    random.seed(0)
    with watching:
        losses, weights = TRAIN[name](example)
    assert len(losses) > 20
    return {
        "losses": struct.pack(f"{len(losses)}d", *losses).hex(),
        "weights": digest(weights),
        "torch's random state": digest([torch.get_rng_state()]),
        "numpy's next bytes": np.random.bytes(64).hex(),
        "python's random state": random.getstate(),
    }


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Sums over threads may differ from run to run, with or without probes."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_every_example_is_among_the_tested_ones() -> None:
    assert tuple(TRAIN) == TRAININGS


@pytest.mark.slow
@pytest.mark.parametrize("every", [None, 1], ids=["default", "every-step"])
@pytest.mark.parametrize("name", TRAININGS)
def test_losses_weights_and_random_states_are_bit_identical(
    name: str, every: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = load(name, monkeypatch)
    bare = fingerprint(name, example, nullcontext())
    watched = fingerprint(name, example, torchcheck.watch(select=["ALL"], every=every))
    assert watched == bare


@pytest.mark.slow
def test_the_comparison_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    example = load("linear_regression", monkeypatch)
    bare = fingerprint("linear_regression", example, nullcontext())

    class Disturbing(nullcontext[None]):
        def __enter__(self) -> None:
            torch.rand(1)  # what a careless probe would do

    assert fingerprint("linear_regression", example, Disturbing()) != bare
