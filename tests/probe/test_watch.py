"""`watch` and `torchcheck` as users call them."""

from __future__ import annotations

import asyncio
import pkgutil
import sys
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import torchcheck as package  # noqa: E402
from tests.probe.loops import CLEAN, STALE, STEPS, loss_of, net  # noqa: E402
from torchcheck import FindingsError, TorchcheckWarning, UsageError, torchcheck, watch  # noqa: E402
from torchcheck.finding import Level  # noqa: E402

bad, good = STALE["no_zero_grad"], CLEAN["plain"]
LOOPS = str(Path(__file__).with_name("loops.py").resolve())


def test_with_gives_a_report_that_stays() -> None:
    with watch() as report:
        assert report.findings == []
        bad()
        assert [f.code for f in report.findings] == ["TCK201"]
    (finding,) = report.findings
    assert (finding.filename, finding.level, finding.lens.value) == (LOOPS, Level.ERROR, "runtime")
    assert "loss_of(model).backward()" in Path(LOOPS).read_text().splitlines()[finding.row - 1]
    assert report.steps == STEPS
    assert report.remarks == []


def test_select_and_ignore() -> None:
    with watch(select=["TCK3"]) as report:
        bad()
    assert report.findings == []
    with watch(ignore=["missing-zero-grad"]) as report:
        bad()
    assert report.findings == []


def test_a_wrong_selector_is_an_error_at_once() -> None:
    with pytest.raises(UsageError, match="unknown rule selector `TCK2011`"):
        watch(select=["TCK2011"])
    with pytest.raises(UsageError, match="TCK9"):
        torchcheck(ignore=["TCK9"])
    with pytest.raises(UsageError, match="fail_on"):
        torchcheck(fail_on="fatal")
    with pytest.raises(UsageError, match="every must be 1 or more"):
        watch(every=0)


def test_allow_drops_a_rule_and_wants_a_reason() -> None:
    with watch() as report:
        report.allow("TCK201", reason="this is what the test is about")
        bad()
    assert report.findings == []
    with pytest.raises(UsageError, match="reason"):
        report.allow("TCK201", reason=" ")
    with pytest.raises(UsageError, match="unknown rule"):
        report.allow("TCK998", reason="no such rule")


def test_nested_watches_both_see() -> None:
    with watch() as outer, watch() as inner:
        bad()
    assert [f.code for f in outer.findings] == [f.code for f in inner.findings] == ["TCK201"]


def test_one_watch_can_be_used_again_and_within_itself() -> None:
    again = watch()
    with again as first, again as second:
        bad()
    with again as third:
        good()
    assert (len(first.findings), len(second.findings), len(third.findings)) == (1, 1, 0)


def test_steps_leaves_the_block() -> None:
    reached = False
    with watch(steps=3) as report:
        bad()
        reached = True
    assert not reached
    assert report.steps == 3


def test_fail_fast_raises_at_the_first_error() -> None:
    with pytest.raises(FindingsError, match="TCK201") as caught, watch(fail_fast=True) as report:
        bad()
    assert report.steps == 2
    assert [finding.code for finding in caught.value.findings] == ["TCK201"]


def _fit(model: Any, optimizer: Any, steps: int) -> None:
    for _ in range(steps):
        x = torch.randn(8, 4, dtype=next(model.parameters()).dtype)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), torch.randint(0, 2, (8,))).backward()
        optimizer.step()


def _small() -> torch.nn.Sequential:
    return torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))


def test_fail_fast_stops_at_a_layer_that_replaced_one_of_the_optimizers() -> None:
    model = _small()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model[2] = torch.nn.Linear(8, 2)
    with pytest.raises(FindingsError, match="TCK303"), watch(fail_fast=True) as report:
        _fit(model, optimizer, 400)
    assert report.steps < 100


def test_a_probe_that_cannot_be_imported_is_a_remark(monkeypatch: pytest.MonkeyPatch) -> None:
    info = pkgutil.ModuleInfo(pkgutil.get_importer(LOOPS), "torchcheck.probe.not_there", False)  # type: ignore[arg-type]
    monkeypatch.setattr(pkgutil, "walk_packages", lambda *given, **named: [info])
    with watch() as report:
        good()
    assert [remark for remark in report.remarks if "The probe `not_there` broke" in remark]


def test_fail_fast_stops_at_weights_that_rounding_holds() -> None:
    model = _small().to(torch.bfloat16)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
    with pytest.raises(FindingsError, match="TCK615"), watch(fail_fast=True) as report:
        _fit(model, optimizer, 1000)
    assert report.steps < 500


def test_a_warm_up_may_hold_weights_by_rounding_for_a_while() -> None:
    model = _small().to(torch.bfloat16)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
    with watch(fail_fast=True) as report:
        for turn in range(20):
            optimizer.param_groups[0]["lr"] = 1e-6 * 2**turn
            _fit(model, optimizer, 20)
    assert [finding.code for finding in report.findings if finding.code == "TCK615"] == []


@pytest.mark.parametrize("select", ["TCK2", "TCK3, TCK2", ["TCK3,TCK201"]])
def test_selectors_may_stand_in_one_text(select: str | list[str]) -> None:
    with watch(select=select) as report:
        bad()
    assert "TCK201" in [finding.code for finding in report.findings]


def test_a_steps_limit_of_an_inner_watch_is_not_the_outer_ones() -> None:
    with watch() as outer:
        with watch(steps=2):
            good()
        good()
    assert outer.steps == 2 + STEPS


def test_as_a_decorator_findings_become_warnings() -> None:
    @watch
    def train() -> str:
        bad()
        return "done"

    with pytest.warns(TorchcheckWarning, match="TCK201 missing-zero-grad") as caught:
        assert train() == "done"
    assert caught[0].filename == LOOPS
    assert train.__name__ == "train"
    assert [f.code for f in train.report.findings] == ["TCK201"]


def test_as_a_decorator_with_arguments() -> None:
    @watch(select=["TCK1"])
    def train() -> str:
        bad()
        return "done"

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert train() == "done"


def test_torchcheck_fails_with_a_readable_text() -> None:
    @torchcheck
    def train() -> None:
        bad()

    with pytest.raises(FindingsError) as caught:
        train()
    text = str(caught.value)
    assert "loops.py:" in text
    assert "TCK201 missing-zero-grad: This backward adds to gradients" in text
    assert "help: Call `optimizer.zero_grad()`" in text
    assert isinstance(caught.value, AssertionError)
    assert [finding.code for finding in caught.value.findings] == ["TCK201"]


def test_torchcheck_lets_a_right_function_pass() -> None:
    @torchcheck(fail_on="info")
    def train(n: int, *, key: str) -> tuple[int, str]:
        good()
        return n, key

    assert train(1, key="a") == (1, "a")


def test_what_does_not_fail_warns() -> None:
    @torchcheck(fail_on="never")
    def train() -> None:
        bad()

    with pytest.warns(TorchcheckWarning, match="TCK201"):
        train()


def test_a_warning_level_finding_fails_only_if_asked() -> None:
    def train() -> None:
        torch.optim.Adam(net().parameters(), weight_decay=0.1)

    with pytest.warns(TorchcheckWarning, match="TCK301"):
        torchcheck(train)()
    with pytest.raises(FindingsError, match="TCK301"):
        torchcheck(fail_on="warning")(train)()


def test_the_functions_own_exception_passes_with_a_note() -> None:
    @torchcheck
    def train() -> None:
        bad()
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine") as caught:
        train()
    if sys.version_info >= (3, 11):
        assert "TCK201" in caught.value.__notes__[0]


def test_coroutines_and_generators_are_watched_until_they_end() -> None:
    @torchcheck
    async def coroutine() -> None:
        await asyncio.sleep(0)
        bad()

    @torchcheck
    def generator() -> Iterator[int]:
        sent = yield 1
        bad()
        yield sent

    @torchcheck
    async def stream() -> AsyncIterator[int]:
        yield 1
        bad()

    async def consume() -> list[int]:
        return [item async for item in stream()]

    with pytest.raises(FindingsError):
        asyncio.run(coroutine())
    iterator = generator()
    assert (next(iterator), iterator.send(2)) == (1, 2)
    with pytest.raises(FindingsError):
        next(iterator)
    with pytest.raises(FindingsError):
        asyncio.run(consume())


def test_a_class_is_refused() -> None:
    with pytest.raises(UsageError, match="only functions"):
        torchcheck(type("Test", (), {}))


def test_an_optimizer_built_before_the_watch_is_found() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watch(select=["TCK2"]) as report:
        for _ in range(5):
            optimizer.zero_grad()
            loss_of(model).backward()
    assert [f.code for f in report.findings] == ["TCK203"]
    assert "`optimizer` never steps" in report.findings[0].message


def test_too_old_a_torch_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "__version__", "2.3.1+cu121")
    with pytest.raises(UsageError, match=r"need torch 2\.4 or newer; installed is 2\.3\.1"), watch():
        pass


def test_no_torch_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(UsageError, match="pip install torch"), watch():
        pass


def test_the_package_offers_them() -> None:
    assert package.watch is watch
    assert package.torchcheck is torchcheck
