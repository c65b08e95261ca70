"""Steps are counted in rounds, and each phase of a program is measured from its beginning."""

from __future__ import annotations

import pytest

from torchcheck.probe.clock import Clock, is_sampled


def test_sampling_is_dense_at_first_and_rare_later() -> None:
    assert [step for step in range(60) if is_sampled(step)] == [*range(10), 10, 20, 30, 40, 50]
    assert [step for step in range(200, 400) if is_sampled(step)] == [200, 250, 300, 350]
    assert [step for step in range(2000, 2500) if is_sampled(step)] == [2000, 2200, 2400]
    assert [step for step in range(20) if is_sampled(step, every=7)] == [0, 7, 14]


def test_one_optimizer_counts_every_step() -> None:
    clock = Clock()
    assert [clock.stepped(1) for _ in range(3)] == [True] * 3
    assert clock.step == 3


def test_players_that_take_turns_share_a_step() -> None:
    clock = Clock()
    for _ in range(10):
        for player in (1, 2):
            clock.stepped(player)
    assert clock.step == 10


def test_a_critic_that_steps_more_often_sets_the_pace() -> None:
    clock = Clock()
    for _ in range(4):
        for player in (1, 1, 1, 1, 1, 2):
            clock.stepped(player)
    assert clock.step == 20


def test_stages_add_up_and_each_is_measured_from_its_beginning() -> None:
    clock = Clock()
    for stage in range(3):
        clock.begin_phase()
        for step in range(37):
            assert clock.samples() == is_sampled(step)
            assert clock.is_young == (step < 20)
            clock.stepped(stage)
    assert clock.step == 3 * 37


def test_an_optimizer_for_every_round_does_not_begin_a_phase_each() -> None:
    clock = Clock()
    measured = 0
    for round_ in range(500):
        clock.begin_phase()
        for _ in range(2):
            measured += clock.samples()
            clock.stepped(round_)
    assert clock.step == 1000
    assert measured < 70


def test_every_holds_in_all_phases() -> None:
    clock = Clock(every=10)
    clock.stepped(1)
    clock.begin_phase()
    assert not clock.samples()
    assert clock.samples(ahead=9)


@pytest.mark.parametrize("every", [None, 1, 2, 7, 50])
def test_nothing_changes_while_it_is_quiet(every: int | None) -> None:
    clock = Clock(every)

    def answers() -> tuple[bool, bool, bool]:
        return clock.is_young, clock.is_near, clock.samples()

    until, before = clock.quiet_until, answers()
    looks = 0
    for step in range(3000):
        if step == 333:
            clock.begin_phase()
            until = clock.quiet_until
            before = answers()
        clock.stepped(1)
        if clock.step >= until:
            assert clock.step == until
            until, before = clock.quiet_until, answers()
            looks += 1
        assert answers() == before
    assert looks < 400 or every in (1, 2, 7)
