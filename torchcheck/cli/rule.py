"""`torchcheck rule`: the page of a rule, made from its file."""

from __future__ import annotations

import difflib
import json
import sys
from argparse import Namespace
from collections.abc import Sequence

from torchcheck.cli.output import closing, deliver
from torchcheck.cli.parser import Parser, parse
from torchcheck.errors import UsageError
from torchcheck.report.rule_page import listing, page, to_json
from torchcheck.report.style import style_for
from torchcheck.rules import all_rules, find_rule
from torchcheck.rules.base import Rule


def main(argv: Sequence[str]) -> int:
    """Show one rule, or all of them; a line each without either."""
    parser = Parser("rule", "Explain a rule: what it says, why it matters, what to do, with an example.")
    parser.add_argument(
        "rule", nargs="?", metavar="RULE", help="a code or a name, as in TCK101; default: list the rules"
    )
    parser.add_argument("--all", action="store_true", help="explain every rule")
    formats = ("full", "markdown", "json")
    parser.add_argument("--output-format", choices=formats, default="full", help="default: full")
    options = parse(parser, argv)
    if options.all and options.rule:
        raise UsageError("name one rule, as in `torchcheck rule TCK101`, or ask for `--all`")
    rules = (_named(options.rule),) if options.rule else all_rules()
    deliver(_text(rules, options) + "\n", None, sys.stdout)
    if not options.rule and not options.all and options.output_format == "full":
        closing(
            f"{len(rules)} rules; `torchcheck rule {rules[-1].code}` explains one, `torchcheck rule --all` them all"
        )
    return 0


def _text(rules: Sequence[type[Rule]], options: Namespace) -> str:
    explained = options.rule or options.all
    if options.output_format == "json":
        data = [to_json(rule) for rule in rules]
        return json.dumps(data[0] if options.rule else data, indent=2)
    if options.output_format == "markdown":
        from torchcheck.report import rule_markdown

        pages = [rule_markdown.page(rule) for rule in rules] if explained else [rule_markdown.index(rules)]
        return "\n".join(pages).rstrip()
    style = style_for(sys.stdout)
    return "\n\n\n".join(page(rule, style) for rule in rules) if explained else listing(rules, style)


def _named(name: str) -> type[Rule]:
    rule = find_rule(name)
    if rule is not None:
        return rule
    if prefixed := [rule.code for rule in all_rules() if rule.code.startswith(name.upper())]:
        raise UsageError(f"`{name}` stands for several rules ({', '.join(prefixed)}); name one of them")
    known = [known for rule in all_rules() for known in (rule.code, rule.name)]
    close = difflib.get_close_matches(name, known, n=1)
    raise UsageError(
        f"no rule `{name}`; " + (f"did you mean `{close[0]}`?" if close else "`torchcheck rule` lists them")
    )
