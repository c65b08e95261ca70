"""The plugin around real training, with torch and the real probes."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

TRAINER = """
    import torch
    from torch import nn

    def data():
        generator = torch.Generator().manual_seed(0)
        x = torch.randn(64, 4, generator=generator)
        return x, x.argmax(dim=1)

    def fit(clear, weight_decay=0.0, steps=5):
        torch.manual_seed(0)
        x, y = data()
        model = nn.Linear(4, 4)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=weight_decay)
        for _ in range(steps):
            if clear:
                optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
        return model.weight.detach()

    def fit_silenced(steps=3):
        x, y = data()
        model = nn.Linear(4, 4)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for _ in range(steps):
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()  # torchcheck: ignore[TCK201] a test of the comment
            optimizer.step()
"""

TESTS = """
    import pytest
    import torch
    import torchcheck as library
    from trainer import fit, fit_silenced

    BACKWARD, STEP = torch.Tensor.backward, torch.optim.Optimizer.zero_grad
    WEIGHTS = []

    def test_unwatched():
        WEIGHTS.append(fit(clear=True))

    def test_right(torchcheck):
        WEIGHTS.append(fit(clear=True))

    def test_stale(torchcheck):
        fit(clear=False)

    def test_allowed(torchcheck):
        torchcheck.allow("TCK201", reason="the point of this test")
        fit(clear=False)

    @pytest.mark.torchcheck(select="TCK301")
    def test_warns():
        fit(clear=False, weight_decay=0.1)

    @pytest.mark.torchcheck
    def test_silenced():
        fit_silenced()

    @pytest.fixture(scope="module")
    def trained():
        return fit(clear=False)

    @pytest.mark.torchcheck
    def test_fixture_trains(trained):
        pass

    def test_fixture_trained_before(trained, torchcheck):
        pass

    @pytest.mark.torchcheck
    def test_crashes():
        torch.nn.Linear(4, 4)(torch.zeros(2, 4, dtype=torch.float64))

    @pytest.mark.torchcheck
    def test_nested():
        with library.watch() as report:
            fit(clear=False)
        assert [finding.code for finding in report.findings] == ["TCK201"]

    def test_nothing_is_left():
        assert (torch.Tensor.backward, torch.optim.Optimizer.zero_grad) == (BACKWARD, STEP)
        assert all(torch.equal(weight, WEIGHTS[0]) for weight in WEIGHTS)
"""


@pytest.fixture
def training(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project that trains."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    pytester.makepyfile(trainer=TRAINER, test_training=TESTS)
    return pytester


@pytest.mark.parametrize("workers", [(), ("-n", "2", "--dist=loadfile")], ids=["alone", "xdist"])
def test_broken_training_fails_and_right_training_passes(training: pytest.Pytester, workers: tuple[str, ...]) -> None:
    result = training.runpytest_subprocess(*workers)

    result.assert_outcomes(passed=7, failed=4, warnings=1)
    result.stdout.fnmatch_lines(
        [
            "*_ test_stale _*",
            "trainer.py:18:9: error TCK201 [[]missing-zero-grad[]] *",
            "18 |         loss.backward()",
            "   = why: *",
            "   = help: *",
        ]
    )
    result.stdout.fnmatch_lines(["*RuntimeError: *", "*- torchcheck -*", "test_training.py:*: error TCK401 *"])
    result.stdout.fnmatch_lines(["*trainer.py:13: TorchcheckWarning: TCK301 *", "    optimizer = torch.optim.Adam(*"])
    section = result.stdout.str().partition("= torchcheck =")[2].partition("= short test summary")[0]
    assert section.count("TCK201") == 1
    result.stdout.fnmatch_lines(["3 findings (2 errors, 1 warning)"])
    result.stdout.fnmatch_lines_random(
        [
            "FAILED *::test_stale - TCK201 *",
            "FAILED *::test_fixture_trains - TCK201 *",
            "FAILED *::test_nested - TCK201 *",
            "FAILED *::test_crashes - RuntimeError*",
        ]
    )


def test_the_flag_watches_every_test_with_the_settings_of_the_project(training: pytest.Pytester) -> None:
    """`per-file-ignores` takes TCK201 away; only the loosened options make the learning rate too small for TCK601."""
    training.makepyprojecttoml(
        """
        [tool.torchcheck]
        select = ["TCK201", "TCK601"]

        [tool.torchcheck.per-file-ignores]
        "trainer.py" = ["TCK201"]

        [tool.torchcheck.rules.update-too-small]
        steps = 20
        ratio = 0.5
        fall = 0.9
        """
    )
    training.makepyfile(test_training="from trainer import fit\n\ndef test_slow(): fit(clear=False, steps=40)")

    result = training.runpytest_subprocess("--torchcheck")

    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*TorchcheckWarning: TCK601 *"])
    assert "TCK201" not in result.stdout.str()
