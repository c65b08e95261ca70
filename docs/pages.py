"""What `mkdocs` shows of the code itself: a page a rule, the settings, the options of the commands.

A comment `<!-- torchcheck: NAME -->` in a page stands for the part of that name. Nothing of it is committed.
"""

from __future__ import annotations

import argparse
import inspect
import re
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from functools import partial
from pathlib import Path
from typing import Any

from torchcheck.cli import curves, lint_options, preflight, report, run
from torchcheck.config import RunSettings, Settings
from torchcheck.report import rule_markdown
from torchcheck.report.rule_sections import toml
from torchcheck.rules import all_rules
from torchcheck.rules.groups import grouped

ROOT = Path(__file__).parent.parent
NOT_KEYS = ("root", "origins")
TABLES = ("run", "rules")
RULES_HEAD = """\
# Rules

Errors and warnings are on. Advice (info) and preview rules are on when they are selected: `--select ALL`,
`--extend-select TCK102`, or `--preview`. `lint` is the linter; `run` stands for everything that runs the code:
`torchcheck run`, `torchcheck.watch` and the pytest plugin; `preflight` is the exam of one batch before the run.
`torchcheck rule TCK101` shows the page of a rule in the terminal.
"""


def rule_pages() -> dict[str, str]:
    """The index of the rules and a page each, by path."""
    rules = all_rules()
    pages = {f"rules/{rule.code}.md": rule_markdown.page(rule) for rule in rules}
    return {"rules/index.md": f"{RULES_HEAD}\n{rule_markdown.index(rules, '{code}.md')}", **pages}


def rule_nav() -> list[Any]:
    """The rules in the navigation, by group."""
    groups = [
        {f"{title} ({code})": [{f"{rule.code} {rule.name}": f"rules/{rule.code}.md"} for rule in members]}
        for code, title, members in grouped(all_rules())
    ]
    return ["rules/index.md", *groups]


def settings_table(of: type[Any], skip: tuple[str, ...] = (*NOT_KEYS, *TABLES)) -> str:
    """Key, default and meaning of each setting, from the class that holds them."""
    meanings = attribute_docs(of)
    rows = [
        f"| `{f.name.replace('_', '-')}` | {default(f)} | {rule_markdown.escape(meanings[f.name], cell=True)} |"
        for f in fields(of)
        if f.name not in skip
    ]
    return "\n".join(["| key | default | what it means |", "|---|---|---|", *rows])


def attribute_docs(of: type[Any]) -> dict[str, str]:
    """The text of each attribute in the docstring of a class."""
    _, _, text = (inspect.getdoc(of) or "").partition("Attributes:\n")
    entries = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", text, re.MULTILINE)
    return {name: " ".join(words.split()) for name, words in entries}


def default(f: Field[Any]) -> str:
    value = f.default_factory() if f.default_factory is not MISSING else f.default
    return "" if value is None else "`{}`" if value == {} else f"`{toml(value)}`"


def example() -> str:
    """The example of the README with its output, which its tests compare with what the linter says."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    start = readme.index("```python\n# train.py\n")
    return readme[start : readme.index("```\n", readme.index("```console\n", start) + 3)] + "```"


def usage(parser: argparse.ArgumentParser) -> str:
    """The text of `--help`, as wide as a page."""
    parser.formatter_class = partial(argparse.RawDescriptionHelpFormatter, width=100)
    return f"```text\n{parser.format_help()}```"


def history_usage() -> str:
    """The options of the commands of `torchcheck history`."""
    from torchcheck.cli import history, history_prune

    made = (history.list_parser(), history.show_parser(), history.compare_parser(), history_prune.prune_parser())
    return "\n\n".join(map(usage, made))


PARTS: dict[str, Callable[[], str]] = {
    "example": example,
    "history --help": lambda: history_usage(),
    "settings": lambda: settings_table(Settings),
    "settings of run": lambda: settings_table(RunSettings),
    "lint --help": lambda: usage(lint_options.build_parser()),
    "run --help": lambda: usage(run.build_parser()),
    "curves --help": lambda: usage(curves.build_parser()),
    "preflight --help": lambda: usage(preflight.build_parser()),
    "report --help": lambda: usage(report.build_parser()),
}


def filled(markdown: str) -> str:
    """The text with its parts in place. Raises KeyError for a part that there is not."""
    return re.sub(r"<!-- torchcheck: (.*?) -->", lambda match: PARTS[match[1]](), markdown)


def on_config(config: Any) -> Any:
    config.nav.append({"Rules": rule_nav()})
    return config


def on_files(files: Any, config: Any) -> Any:
    from mkdocs.structure.files import File

    for path, content in rule_pages().items():
        files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    return filled(markdown)
