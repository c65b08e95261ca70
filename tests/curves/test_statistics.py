"""The statistics of curves: levels, scatter, and the test for a trend."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from torchcheck.curves.level import blocks, end_of, scatter, smooth, start_of
from torchcheck.curves.trend import trend


def test_blocks_are_medians_of_equal_stretches() -> None:
    assert blocks([1, 2, 9, 4, 5, 6], most=2) == [2, 5]
    assert blocks([3.0, 1.0], most=40) == [3.0, 1.0]
    assert blocks([]) == []


def test_a_spike_moves_neither_a_level_nor_the_scatter() -> None:
    calm = [1.0, 1.01, 0.99, 1.0, 1.01, 0.99, 1.0, 1.01, 0.99, 1.0, 1.01, 0.99]
    spiked = [*calm[:6], 1000.0, *calm[7:]]
    assert smooth(spiked)[6] < 1.1
    assert end_of(spiked) == end_of(calm)
    assert start_of(spiked) == start_of(calm)
    assert scatter(spiked) < 3 * scatter(calm)


@pytest.mark.parametrize("slope", [0.0, 0.5, -3.0])
def test_the_scatter_of_a_line_is_its_noise(slope: float) -> None:
    rng = random.Random(0)
    values = [slope * i + rng.gauss(0, 0.2) for i in range(2000)]
    assert scatter(values) == pytest.approx(0.2, rel=0.1)


def test_the_chance_of_a_trend_is_exact_for_few_values() -> None:
    """All 120 orders of five values, counted: one rises throughout, five have one pair out of order or none."""
    assert trend([1, 2, 3, 4, 5]).p == pytest.approx(2 / 120)
    assert trend([1, 2, 3, 5, 4]).p == pytest.approx(2 * 5 / 120)
    chances = [trend(list(order)).p for order in itertools.permutations(range(5))]
    assert sum(p <= 0.1 for p in chances) / 120 <= 0.1


def test_many_values_agree_with_the_normal_distribution() -> None:
    """Mann and Kendall's statistic of 12 values in order: S = 66, variance 212.67, p = 2 (1 - Phi(65 / 14.58))."""
    assert trend(list(range(12))).p == pytest.approx(math.erfc(65 / math.sqrt(12 * 11 * 29 / 18) / math.sqrt(2)))
    assert trend(list(range(12))).tau == 1


def test_ties_are_no_trend() -> None:
    result = trend([0.5] * 20)
    assert result.tau == 0
    assert result.p == 1
    assert (result.low, result.change, result.high) == (0, 0, 0)


def test_the_change_and_its_interval_enclose_the_truth() -> None:
    inside = 0
    for seed in range(200):
        rng = random.Random(seed)
        result = trend([0.1 * i + rng.gauss(0, 1) for i in range(30)])
        inside += result.low <= 2.9 <= result.high
    assert inside >= 180


@pytest.mark.parametrize("alike", [0.0, 0.5, 0.8])
def test_noise_without_a_trend_is_seldom_taken_for_one(alike: float) -> None:
    wrong = 0
    for seed in range(300):
        rng, value, values = random.Random(seed), 0.0, []
        for _ in range(40):
            value = alike * value + rng.gauss(0, 1)
            values.append(value)
        wrong += trend(values).p < 0.01
    assert wrong / 300 <= (0.03 if alike < 0.6 else 0.06)


def test_two_values_have_no_trend() -> None:
    assert trend([1.0, 2.0]).p == 1
