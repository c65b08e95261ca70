"""Every example trains well: a reference that learns badly would teach nothing."""

from __future__ import annotations

import pytest

from tests.examples.gallery import EXAMPLES, TRAININGS, load

NAMES = {path.stem for path in EXAMPLES.glob("*.py")} - {"_torchvision", "test_examples"}


def test_every_example_is_among_the_tested_ones() -> None:
    assert set(TRAININGS) == NAMES


@pytest.mark.slow
@pytest.mark.parametrize("name", ["linear_regression", "linear_regression_by_hand"])
def test_regression_ends_within_three_percent_of_least_squares(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    relative_loss = load(name, monkeypatch).main([])
    assert 1 <= relative_loss < 1.03


@pytest.mark.slow
@pytest.mark.parametrize(("name", "floor"), [("mlp", 0.95), ("cnn", 0.97)])
def test_digits_are_read_right(name: str, floor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    assert floor <= load(name, monkeypatch).main([]) <= 1


@pytest.mark.slow
def test_the_transformer_beats_letter_pairs_by_far(monkeypatch: pytest.MonkeyPatch) -> None:
    letter_pairs = 2.31  # what the example prints for the table of letter pairs
    assert 1 < load("transformer", monkeypatch).main([]) < letter_pairs - 0.3


@pytest.mark.parametrize("name", TRAININGS)
def test_importing_an_example_trains_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(load(name, monkeypatch).main)
    assert not capsys.readouterr().out


@pytest.mark.parametrize("name", TRAININGS)
def test_help_says_what_the_example_shows(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example = load(name, monkeypatch)
    with pytest.raises(SystemExit) as stop:
        example.main(["--help"])
    assert stop.value.code == 0
    assert example.__doc__ is not None
    assert example.__doc__.splitlines()[0] in " ".join(capsys.readouterr().out.split())
