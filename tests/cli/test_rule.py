"""`torchcheck rule`: the page of a rule."""

from __future__ import annotations

import json

import pytest

from torchcheck.cli.main import main
from torchcheck.report import rule_markdown
from torchcheck.report.rule_page import page
from torchcheck.report.rule_sections import option_rows, sections, status
from torchcheck.rules import all_rules
from torchcheck.rules.base import Rule


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_the_page_holds_all_that_the_rule_file_says(rule: type[Rule]) -> None:
    text = page(rule)
    words = " ".join(text.split())
    assert text.startswith(f"{rule.code} {rule.name} ({rule.level.value}")
    for part in (rule.__doc__ or "", rule.why, rule.help, rule.bad[0], rule.good[0]):
        assert " ".join(part.split()) in words
    for name, _, doc in option_rows(rule):
        assert f"\n  {name} = " in text
        assert " ".join(doc.split()) in words
    assert max(map(len, text.split("\nExample")[0].splitlines())) <= 110


def test_a_rule_is_found_by_code_and_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    pages = []
    for word in ("TCK101", "tck101", "softmax-before-cross-entropy"):
        assert main(["rule", word]) == 0
        pages.append(capsys.readouterr().out)
    assert pages[0] == pages[1] == pages[2]
    assert "Example of the mistake\n  import torch\n" in pages[0]


def test_without_a_name_the_rules_are_listed_by_group(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule"]) == 0
    out, err = capsys.readouterr()
    lines = [line for line in out.splitlines() if line.startswith("  ")]
    assert [line.split()[:3] for line in lines] == [[rule.code, rule.level.value, rule.name] for rule in all_rules()]
    assert next(line for line in lines if "TCK101" in line).endswith("  lint, run")
    assert next(line for line in lines if "TCK102" in line).endswith("  off")
    headings = [line for line in out.splitlines() if line and not line.startswith(" ")]
    assert headings[:2] == ["TCK0  The tool itself", "TCK1  What the loss is fed"]
    assert err.startswith(f"{len(all_rules())} rules; ")


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_markdown_has_the_sections_of_the_page_and_every_example(rule: type[Rule]) -> None:
    text = rule_markdown.page(rule)
    assert text.startswith(f"# {rule.code} {rule.name}\n\n**{status(rule)}**\n")
    titles = [section.title for section in sections(rule)]
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == titles
    assert [line for line in page(rule).splitlines() if line in titles] == titles
    for program in (*rule.bad, *rule.good):
        assert f"```python\n{program.rstrip()}\n```" in text


def test_markdown_shows_plain_text_as_it_is() -> None:
    assert rule_markdown.escape("a_b * <N> [x] | `c_d | *`", cell=True) == r"a\_b \* \<N\> \[x\] \| `c_d \| *`"
    assert rule_markdown.escape("a | `b_c`") == "a | `b_c`"


def test_the_list_as_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "--output-format", "markdown"]) == 0
    out = capsys.readouterr().out
    assert "## What the loss is fed (TCK1)\n\n| code | name |" in out
    assert "\n| TCK102 | log-softmax-before-cross-entropy | info, off | lint run | Log-softmax output is" in out


def test_all_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "--all", "--output-format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [rule["code"] for rule in data] == [rule.code for rule in all_rules()]
    assert all(rule["why"] and rule["help"] and rule["description"] and rule["bad"] and rule["good"] for rule in data)


def test_options_are_shown_as_they_are_written_in_the_file() -> None:
    with_options = next(rule for rule in all_rules() if option_rows(rule))
    assert f"[tool.torchcheck.rules.{with_options.name}]" in page(with_options)


def test_the_status_says_what_is_off() -> None:
    advice = next(rule for rule in all_rules() if rule.level.value == "info")
    assert status(advice) == "info, off unless selected"
