"""What the documentation shows exists."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path
from types import ModuleType

import pytest

from torchcheck.cli import lint_options, run
from torchcheck.config import OUTPUT_FORMATS, RunSettings, Settings, load
from torchcheck.rules import all_rules

DOCS = Path(__file__).parent.parent.parent / "docs"


def the_hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pages", DOCS / "pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


HOOK = the_hook()
WRITTEN = {path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md")}
PAGES = {path: HOOK.filled(text) for path, text in WRITTEN.items()} | HOOK.rule_pages()


def blocks(language: str) -> list[str]:
    """The code blocks in a language that the written pages hold."""
    return [
        block
        for text in WRITTEN.values()
        for block in re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    ]


def test_every_rule_has_a_page_that_the_index_and_the_navigation_name() -> None:
    named = str(HOOK.rule_nav())
    for rule in all_rules():
        assert PAGES[f"rules/{rule.code}.md"].startswith(f"# {rule.code} {rule.name}\n")
        assert f"[{rule.code}]({rule.code}.md)" in PAGES["rules/index.md"]
        assert f"'rules/{rule.code}.md'" in named


def test_every_setting_is_explained_where_it_is_defined() -> None:
    for of in (Settings, RunSettings):
        assert set(HOOK.attribute_docs(of)) == set(of.__dataclass_fields__)
    assert (
        '| `fail-on` | `"error"` | the level from which findings make the exit code 1. |' in PAGES["configuration.md"]
    )
    assert "| `extend-exclude` | `[]` |" in PAGES["configuration.md"]


def test_the_parts_that_pages_ask_for_are_filled_in() -> None:
    assert not [path for path, text in PAGES.items() if "<!-- torchcheck" in text]
    assert "error TCK101 [softmax-before-cross-entropy]" in PAGES["index.md"]
    assert "--output-format" in PAGES["commands.md"]


@pytest.mark.parametrize("text", blocks("toml"))
def test_the_configuration_that_is_shown_is_valid(text: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert load(tmp_path).origins


@pytest.mark.parametrize("text", blocks("python"))
def test_the_code_that_is_shown_is_python(text: str) -> None:
    compile(text, "docs", "exec")


def commands(name: str) -> list[str]:
    """The arguments of a command, wherever a block shows it."""
    lines = [line for language in ("console", "yaml") for block in blocks(language) for line in block.splitlines()]
    return [found[1].partition("<")[0] for line in lines if (found := re.search(rf"torchcheck {name}\b(.*)", line))]


def test_the_options_that_are_shown_exist() -> None:
    assert len(commands("lint")) > 5
    for words in commands("lint"):
        lint_options.build_parser().parse_args(shlex.split(words))
    for words in commands("run"):
        parser = run.build_parser()
        ours, _, _ = run.split_target(shlex.split(words), parser.valued_options())
        parser.parse_args(ours)


def test_every_output_format_is_explained() -> None:
    rows = "\n".join(re.findall(r"^\| (`.*?) \|", WRITTEN["ci.md"], re.MULTILINE))
    assert [name for name in OUTPUT_FORMATS if f"`{name}`" not in rows] == []


def test_the_pages_that_are_linked_exist() -> None:
    for path, text in PAGES.items():
        for link in re.findall(r"\]\(([^)#:]+\.md)", text):
            target = (DOCS / path).parent / link
            assert target.resolve().relative_to(DOCS.resolve()).as_posix() in PAGES, f"{path} links to {link}"
