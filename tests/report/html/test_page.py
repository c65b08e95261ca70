"""The page as text: what stands in it, whatever the run was, and that nothing of the user's is taken for HTML."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from tests.history.made import finding, make
from tests.report.html.made import data_of, page_of, sample, trained
from torchcheck.finding import Finding, Level, Position, Span
from torchcheck.history.recorder import Recorder
from torchcheck.history.run import load
from torchcheck.report.html.page import page

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>'\"&<!--"


class Outline(HTMLParser):
    """The tags of a page, and whether they close as they opened."""

    empty = frozenset({"meta", "link", "input", "br", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.empty:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def said(text: str) -> str:
    """What a reader reads, in one line."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def in_file(path: Path, row: int, level: Level = Level.ERROR, **more: object) -> Finding:
    place = Span(str(path), Position(row, 1), Position(row, 4))
    made = Finding("TCK201", "missing-zero-grad", level, "`opt` adds up.", "Why so.", "Do this.", place, finding().lens)
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "train.py"
    path.write_text("".join(f"line{number} = 1\n" for number in range(1, 21)), encoding="utf-8")
    return path


def test_a_finding_is_shown_with_the_lines_as_they_were_when_it_was_made(tmp_path: Path, script: Path) -> None:
    folder = trained(tmp_path / "runs", findings=(in_file(script, 10, step=3),), script=script)
    script.write_text("changed = 2\n" * 20, encoding="utf-8")
    text = page_of(folder)
    assert "changed = 2" not in text
    assert [line for line in range(1, 21) if f">line{line} = 1<" in text] == [7, 8, 9, 11, 12, 13]
    assert "<mark>lin</mark>e10 = 1" in text
    for words in ("TCK201 missing-zero-grad", "opt adds up.", "train.py:10", "at step 3", "Why so.", "Do this."):
        assert words in said(text)
    assert 'href="#rule-TCK201"' in text
    assert 'id="rule-TCK201"' in text


def test_of_an_old_run_the_file_is_shown_as_it_reads_now(tmp_path: Path, script: Path) -> None:
    folder = trained(tmp_path / "runs", findings=(in_file(script, 10),), script=script)
    (log,) = folder.glob("*.jsonl")
    old = [line for line in log.read_text(encoding="utf-8").splitlines() if '"event":"source"' not in line]
    log.write_text("\n".join(old) + "\n", encoding="utf-8")
    assert "As the file reads now" in page_of(folder)
    script.unlink()
    import linecache

    linecache.clearcache()
    assert "The source was not kept, and is not there any more." in page_of(folder)


def test_a_line_with_a_secret_is_not_kept(tmp_path: Path, script: Path) -> None:
    script.write_text('a = 1\napi_key = "s3cr3t-Pa55word-000"\nb = 2\n', encoding="utf-8")
    text = page_of(trained(tmp_path / "runs", findings=(in_file(script, 3),), script=script))
    assert "Pa55word" not in text
    assert "***" in text


def test_errors_come_first_and_levels_are_counted(tmp_path: Path, script: Path) -> None:
    found = (in_file(script, 2, Level.INFO), in_file(script, 5, Level.WARNING), in_file(script, 9))
    text = page_of(trained(tmp_path / "runs", findings=found, script=script))
    outline = Outline(text)
    assert [card["data-level"] for card in outline.named("article")] == ["error", "warning", "info"]
    chips = [button for button in outline.named("button") if button.get("class") == "chip"]
    assert [chip["aria-pressed"] for chip in chips] == ["true"] * 3
    assert "3 findings (1 error, 1 warning, 1 remark)." in said(text)


def test_nothing_of_the_user_is_taken_for_html(tmp_path: Path) -> None:
    script = tmp_path / "evil <b>.py"
    script.write_text(f"x = '''{EVIL}'''\n" * 3, encoding="utf-8")
    evil = replace(in_file(script, 2), message=f"`{EVIL}` {EVIL}", why=EVIL, help=EVIL, module=EVIL, step=1)
    folder = trained(tmp_path / "runs", findings=(evil,), script=script)
    recorder = Recorder(folder, "rank0")
    recorder.tell("sample", {"step": 1, "losses": {EVIL: 1.0}, "rates": {EVIL: 0.1}})
    recorder.tell("scales", sample(1, {EVIL: [1.0, 1.0, 0.1, 0.0, 1.0, None, None]}, EVIL))
    recorder.tell("optimizer", {"name": EVIL, "class": EVIL, "groups": [{"lr": EVIL}]})
    recorder.tell("remark", {"text": EVIL})
    recorder.close()
    (log,) = folder.glob("rank0.*.jsonl")
    log.rename(folder / "aaa.1.jsonl")
    text = page_of(folder)
    tags = Outline(text).tags
    assert [attributes.get("type") for tag, attributes in tags if tag == "script"] == ["application/json", None, None]
    assert not [tag for tag, _ in tags if tag in ("img", "b")]
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    assert text.count("<!--") == 1  # the mark of a report


def test_names_of_layers_and_losses_reach_plotly_without_tags(tmp_path: Path) -> None:
    folder = trained(tmp_path, steps=0)
    recorder = Recorder(folder, "rank0")
    recorder.tell("sample", {"step": 1, "losses": {"<b>loss</b>": 1.0}, "rates": {}})
    recorder.tell("scales", sample(1, {"<i>w</i>": [1.0, 1.0, 0.1, 0.0, 1.0, None, None]}))
    recorder.close()
    data = data_of(page_of(folder))
    assert [trace["name"] for trace in data["figures"][0]["data"]] == ["&lt;b&gt;loss&lt;/b&gt;"]
    assert data["bands"]["layers"] == ["&lt;i&gt;w&lt;/i&gt;"]


def test_only_the_two_scripts_of_the_page_may_run_and_nothing_is_loaded(tmp_path: Path) -> None:
    text = page_of(trained(tmp_path))
    outline = Outline(text)
    policy = next(meta["content"] for meta in outline.named("meta") if "http-equiv" in meta)
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert policy is not None
    assert policy.startswith("default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'sha256-")
    assert all(f"'sha256-{digest}'" in policy for digest in hashes)
    links = [value for _, attributes in outline.tags for name, value in attributes.items() if name in ("src", "href")]
    assert [link for link in links if not (link or "").startswith(("#", "data:,"))] == []


def test_a_reader_without_a_screen_is_told_what_charts_show(tmp_path: Path) -> None:
    text = page_of(trained(tmp_path))
    outline = Outline(text)
    ids = {attributes["id"] for _, attributes in outline.tags if attributes.get("id")}
    charts = [one for one in outline.named("div") if one.get("role") == "img"]
    assert len(charts) == 8
    for chart in charts:
        assert chart["aria-labelledby"] in ids
    assert "loss : 2 at first, 0.2845 at the end, lowest 0.2845 at step 40." in said(text)
    assert "Medians of the layers go from 0.001" in said(text)
    assert "update to weight, median" in said(text)
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert {"header", "nav", "main", "footer"} <= {tag for tag, _ in outline.tags}


def test_curves_are_judged_with_advice(tmp_path: Path) -> None:
    losses = tuple(2.0 * math.exp(step / 30) for step in range(60))
    text = said(page_of(trained(tmp_path, losses=losses)))
    assert "error TCK609 loss-diverging" in text
    calm = said(page_of(trained(tmp_path, "20260302-120000-bbbb", steps=60)))
    assert "None of the 6 rules about curves objects." in calm or "advice" in calm


def test_a_run_of_nothing(tmp_path: Path) -> None:
    folder = make(tmp_path, "20260301-120000-aaaa", losses=(), status=1)
    text = said(page_of(folder))
    for words in (
        "failed (1)",
        "Nothing was found: the run ended before its first step.",
        "No loss was kept",
        "No layers were measured in this run.",
        "of this run none was kept",
    ):
        assert words in text


def test_a_run_of_one_step_that_was_killed(tmp_path: Path) -> None:
    folder = make(tmp_path, "20260301-120000-aaaa", losses=(1.5,), status=None)
    text = page_of(folder)
    assert "killed" in said(text)
    assert "loss : 1.5 at first, 1.5 at the end" in said(text)


def test_a_folder_in_which_everything_was_cut_off(tmp_path: Path) -> None:
    folder = trained(tmp_path)
    for path in (*folder.glob("*.jsonl"), *folder.glob("*.scales")):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "killed" in said(page_of(folder))
    for path in folder.glob("*.jsonl"):
        path.write_bytes(b"\x00\xff{")
    assert Outline(page_of(folder)).named("h1")


def test_losses_that_are_no_numbers_at_all(tmp_path: Path) -> None:
    text = page_of(make(tmp_path, "20260301-120000-aaaa", losses=(math.nan, math.inf), status=0))
    assert "loss : no value is a number." in said(text)


def test_a_finding_of_a_rule_that_is_not_there_any_more(tmp_path: Path) -> None:
    text = page_of(make(tmp_path, "20260301-120000-aaaa", findings=(finding("TCK999"),)))
    assert "This version of torchcheck has no rule TCK999." in said(text)


def test_of_very_many_findings_the_first_are_shown(tmp_path: Path) -> None:
    many = tuple(finding(row=row) for row in range(1, 251))
    text = page_of(make(tmp_path, "20260301-120000-aaaa", findings=many))
    assert len(Outline(text).named("article")) == 200
    assert "50 more findings: torchcheck history show 20260301-120000-aaaa" in said(text)


def test_two_runs_side_by_side(tmp_path: Path) -> None:
    before = trained(tmp_path, findings=(finding(row=10), finding("TCK602", row=12)))
    after = trained(tmp_path, "20260302-120000-bbbb", findings=(finding(row=14), finding("TCK607", row=20)), steps=30)
    recorder = Recorder(after, "main2")
    recorder.close()
    text = page_of(after, before)
    told = said(text)
    assert "compared with 20260301-120000-aaaa" in told
    assert "Code, command line, versions and settings are the same." in told
    assert "1 finding of the other run that this one has not" in told
    assert text.count('class="badge fresh"') == 1
    figures = data_of(text)["figures"]
    assert [one["id"] for one in figures if one["id"].startswith("ratio")] == ["ratio", "ratio-other"]
    names = [trace["name"] for trace in figures[0]["data"] if trace.get("showlegend", True)]
    assert {"loss · bbbb", "loss · aaaa", "loss on val_loader · aaaa"} <= set(names)
    assert data_of(text)["steps"] == [0, 40]


def test_what_changed_is_a_table(tmp_path: Path) -> None:
    before = make(tmp_path, "20260301-120000-aaaa", words=("train.py", "--lr", "0.1"), rate=0.1)
    after = make(tmp_path, "20260302-120000-bbbb", words=("train.py", "--lr", "0.5"), rate=0.5, diff="+<b>new</b>\n")
    text = page_of(after, before)
    assert "Command line: --lr 0.1 0.5 Settings: optimizer.lr 0.1 0.5" in said(text)
    assert '<span class="added">+&lt;b&gt;new&lt;/b&gt;' in text


def test_the_watched_tests_of_a_session_are_listed(tmp_path: Path) -> None:
    folder = make(tmp_path, "20260301-120000-aaaa")
    recorder = Recorder(folder, "gw1")
    recorder.tell("test", {"name": "tests/test_model.py::test_learns[<b>]", "outcome": "passed", "seconds": 1.0})
    recorder.close()
    assert "Watched tests (1)" in said(page_of(folder))
    assert "test_learns[&lt;b&gt;]" in page_of(folder)


def test_the_worst_two_runs_stay_small(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        "some_model_of_ours = a_function_with_a_long_name(first_argument, second)\n" * 400, encoding="utf-8"
    )
    text = "This is what a message says of `model.encoder.layers.0.weight`, at some length. "
    found = tuple(in_file(script, row, message=text, why=2 * text, help=2 * text) for row in range(1, 301))
    folders = [
        trained(tmp_path / "runs", name, layers=150, steps=150, findings=found, script=script)
        for name in ("20260301-120000-aaaa", "20260302-120000-bbbb")
    ]
    assert len(page_of(*folders)) < 1_180_000  # with plotly's 4.82 MB below 6 MB


@pytest.mark.parametrize(
    ("version", "may_evaluate"), [("2.1.0", True), ("2.35.2", True), ("3.0.0", False), ("4.1.1", False)]
)
def test_only_the_scripts_of_plotly_5_may_make_functions_from_text(
    version: str, may_evaluate: bool, tmp_path: Path
) -> None:
    text = page(load(trained(tmp_path)), None, f"/**\n* plotly.js v{version}\n*/")
    assert ("'unsafe-eval'" in text) is may_evaluate
