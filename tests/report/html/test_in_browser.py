"""The page in a real browser: skipped where there is no Chromium, or no playwright to drive it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.history.made import finding
from tests.report.html.made import trained
from tests.report.html.test_page import EVIL
from torchcheck.finding import Level
from torchcheck.history.run import load
from torchcheck.report.html.page import page
from torchcheck.report.html.plotly_script import plotly_script

pytest.importorskip("plotly")
api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 600}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of a page, of one of two runs, and of one of a deep model."""
    runs = tmp_path_factory.mktemp("runs")
    found = (
        finding(row=10),
        replace(finding("TCK602", row=12), level=Level.WARNING, name="update-too-large", message="Too far.", step=7),
        replace(finding("TCK701", row=30), level=Level.WARNING, name="unseeded", message=EVIL, step=9),
    )
    one = trained(runs, findings=found)
    two = trained(runs, "20260302-120000-bbbb", findings=found[:1], layers=4)
    deep = trained(runs, "20260303-120000-cccc", layers=100, steps=60)
    script = plotly_script()
    addresses = {}
    for name, folder, other in (("one", one, None), ("two", two, one), ("deep", deep, None)):
        path = runs / f"{name}.html"
        path.write_text(page(load(folder), load(other) if other else None, script), encoding="utf-8")
        addresses[name] = path.as_uri()
    return addresses


@pytest.fixture
def visit(browser: Any) -> Iterator[Any]:
    """Opens pages; in the end nothing may have been loaded, logged or raised."""
    troubles: list[str] = []
    opened: list[Any] = []

    def requested(request: Any) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            troubles.append(f"requests {request.url}")

    def visit(address: str, size: dict[str, int] = DESKTOP, **options: Any) -> Any:
        tab = browser.new_page(viewport=size, **options)
        opened.append(tab)
        tab.on("request", requested)
        tab.on("console", lambda message: troubles.append(f"logs {message.text}"))
        tab.on("pageerror", lambda error: troubles.append(f"raises {error}"))
        tab.on("dialog", lambda dialog: troubles.append("opens a dialog"))
        tab.goto(address)
        return tab

    yield visit
    for tab in opened:
        tab.close()
    assert troubles == []


def until(tab: Any, expression: str) -> None:
    """Wait until something holds. Playwright's own way is forbidden by the policy of the page."""
    for _ in range(1200):
        if tab.evaluate(expression):
            return
        tab.wait_for_timeout(25)
    raise AssertionError(expression)


def draw_all(tab: Any) -> None:
    """Scroll to every chart, and wait until it is drawn."""
    for chart in tab.locator(".chart").all():
        chart.scroll_into_view_if_needed()
        chart.locator(".main-svg").first.wait_for(state="attached")


@pytest.mark.parametrize(("name", "scheme"), [("one", "light"), ("two", "dark")])
def test_every_chart_is_drawn_in_the_colours_of_the_scheme(name: str, scheme: str, pages: Any, visit: Any) -> None:
    tab = visit(pages[name], color_scheme=scheme)
    draw_all(tab)
    ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    text = tab.evaluate("getComputedStyle(document.querySelector('#chart-loss .xtick text')).fill")
    light = [sum(map(int, colour[4:-1].split(","))) > 380 for colour in (ground, text)]
    assert light == ([True, False] if scheme == "light" else [False, True])


@pytest.mark.parametrize(("name", "size"), [("two", PHONE), ("deep", PHONE), ("deep", DESKTOP), ("one", NARROW)])
def test_nothing_is_wider_than_the_window(name: str, size: dict[str, int], pages: Any, visit: Any) -> None:
    tab = visit(pages[name], size)
    draw_all(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    ends = tab.evaluate("[...document.querySelectorAll('.main-svg')].map((e) => e.getBoundingClientRect().right)")
    assert max(ends) <= size["width"]


def test_charts_follow_the_window_and_the_scheme(pages: Any, visit: Any) -> None:
    tab = visit(pages["one"])
    draw_all(tab)
    tab.set_viewport_size(PHONE)
    until(tab, "document.querySelector('#chart-loss .main-svg').getBoundingClientRect().width < 390")
    tab.emulate_media(color_scheme="dark")
    fill = "getComputedStyle(document.querySelector('#chart-loss .xtick text')).fill"
    until(tab, f"Number({fill}.slice(4).split(',')[0]) > 128")


def cards(tab: Any) -> list[str]:
    return [card.get_attribute("id") for card in tab.locator(".card").all() if card.is_visible()]


def test_findings_are_filtered_by_level_and_by_text(pages: Any, visit: Any) -> None:
    tab = visit(pages["one"])
    assert cards(tab) == ["finding-0", "finding-1", "finding-2"]
    error = tab.get_by_role("button", name="error 1")
    error.click()
    assert error.get_attribute("aria-pressed") == "false"
    assert cards(tab) == ["finding-1", "finding-2"]
    assert tab.get_by_role("status").inner_text() == "2 of 3 shown"
    tab.get_by_label("Filter findings").fill("TOO-LARGE")
    assert cards(tab) == ["finding-1"]
    error.click()
    tab.get_by_label("Filter findings").fill("no such words")
    assert cards(tab) == []
    tab.goto(pages["one"] + "#finding-0")  # a link shows what it leads to
    until(tab, "!document.getElementById('finding-0').hidden")
    assert cards(tab) == ["finding-0", "finding-1", "finding-2"]


def steps_of(tab: Any, chart: str) -> list[float]:
    found = tab.evaluate(f"document.getElementById('chart-{chart}').layout.xaxis.range.map(Number)")
    return [round(step, 1) for step in found]


def test_all_charts_show_the_steps_that_are_drawn_over_or_typed(pages: Any, visit: Any) -> None:
    tab = visit(pages["one"])
    draw_all(tab)
    whole = steps_of(tab, "loss")
    box = tab.locator("#chart-loss .nsewdrag").first
    box.scroll_into_view_if_needed()
    area = box.bounding_box()
    tab.mouse.move(area["x"] + 0.25 * area["width"], area["y"] + 80)
    tab.mouse.down()
    tab.mouse.move(area["x"] + 0.75 * area["width"], area["y"] + 80, steps=5)
    tab.mouse.up()
    until(tab, "document.getElementById('to').value !== ''")
    low, high = steps_of(tab, "loss")
    assert whole[0] < low < high < whole[1]
    assert all(steps_of(tab, chart) == [low, high] for chart in ("rate", "ratio", "gradient", "bands"))
    tab.get_by_role("button", name="All steps").click()
    assert all(steps_of(tab, chart) == whole for chart in ("loss", "rate", "ratio", "bands"))
    tab.get_by_label("Steps", exact=True).fill("10")
    tab.get_by_label("to", exact=True).fill("20")
    tab.keyboard.press("Enter")
    assert all(steps_of(tab, chart) == [10, 20] for chart in ("loss", "score", "ratio", "bands"))


def test_the_activations_of_another_layer_are_shown(pages: Any, visit: Any) -> None:
    tab = visit(pages["one"])
    draw_all(tab)
    tab.get_by_label("Layer", exact=True).select_option("model.layers.2.weight")
    assert tab.locator("#bands-said").inner_text() == (
        "mean 0.1 at first, 0.1 at the end; deviation 1 at first, 1.4 at the end."
    )


def test_the_keyboard_reaches_everything_in_the_order_of_the_page(pages: Any, visit: Any) -> None:
    tab = visit(pages["one"])
    focused = "(document.activeElement.id || document.activeElement.textContent).trim().slice(0, 24)"
    told: list[str] = []
    for _ in range(80):
        tab.keyboard.press("Tab")
        told.append(tab.evaluate(focused))
        if told[-1] in told[:-1] and told[-1] != "":
            break
    wanted = ["Skip to the content", "Findings", "Curves", "error 1", "filter-text", "TCK201 missing-zero-grad"]
    wanted += ["from", "to", "Show", "all-steps", "layer"]
    places = [told.index(name) for name in wanted]
    assert places == sorted(places)
    tab.keyboard.press("Shift+Tab")
    assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_rule_opens_where_a_finding_links_to_it(pages: Any, visit: Any) -> None:
    tab = visit(pages["one"])
    tab.get_by_role("link", name="TCK201 missing-zero-grad").click()
    until(tab, "document.getElementById('rule-TCK201').open")
    assert "To silence it" in tab.locator("#rule-TCK201").inner_text()


def test_a_printed_page_has_light_charts_that_fit(pages: Any, visit: Any, tmp_path: Path) -> None:
    tab = visit(pages["one"], color_scheme="dark")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    charts = tab.evaluate("[...document.querySelectorAll('.main-svg')].map((e) => e.getBoundingClientRect().width)")
    assert len(tab.locator(".chart .main-svg").all()) >= 8
    assert max(charts) <= 688  # A4 without its margins
    assert tab.evaluate("getComputedStyle(document.querySelector('#chart-loss .xtick text')).fill") == "rgb(93, 87, 81)"
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.pdf(format="A4").startswith(b"%PDF")


def test_without_scripts_everything_but_charts_is_there(pages: Any, visit: Any) -> None:
    tab = visit(pages["one"], java_script_enabled=False)
    assert len(cards(tab)) == 3
    assert tab.locator("#said-loss").is_visible()
    assert not tab.locator("#chart-loss").is_visible()
