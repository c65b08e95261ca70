"""The whole page: one file, without anything that is loaded from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib import resources
from string import Template

from torchcheck import __version__
from torchcheck.history.compare import compare
from torchcheck.history.run import Run
from torchcheck.report.html import bands, changes, charts, findings, rule_notes, summary, verdicts
from torchcheck.report.html.markup import Markup, data_block, element, escaped, joined
from torchcheck.report.html.side import sides

MARK = "<!doctype html>\n<!-- a report of torchcheck -->"
"""How every page begins."""

_HEAD = 400
_EVALUATES = re.compile(r"plotly\.js v[12]\.")
"""The scripts of plotly 5 make functions from text when they are read; later ones do not."""


def page(run: Run, other: Run | None, plotly: str, between: str | None = None) -> str:
    """The page of a run. The same runs give the same text.

    Args:
        run: the run.
        other: one that it is compared with.
        plotly: the script that draws charts.
        between: what git says of the two commits.
    """
    many = sides(run, other)
    judged = [verdicts.judged(side.run) for side in many]
    compared = compare(other, run) if other is not None else None
    curves, figures = charts.curves(many, judged)
    layers, maps = charts.layers(many)
    activations = bands.bands(many)
    codes = {finding.code for side in many for finding in side.run.findings}
    codes |= {finding.code for found in judged for verdict in found for finding in verdict.findings}
    body = [
        findings.section(run, compared.new if compared else None, compared.gone if compared else ()),
        changes.section(compared, between, many) if compared else None,
        curves,
        layers,
        charts.activations(activations),
        summary.section(many),
        rule_notes.section(codes),
    ]
    parts = [part for part in body if part is not None]
    data = {
        "figures": [{"id": figure.id, "title": figure.title, **figure.spec} for figure in (*figures, *maps)],
        "bands": activations,
        "steps": [0, max(side.steps for side in many)],
    }
    return _filled(run, summary.head(many), joined(parts), _links(parts), data_block("data", data), plotly)


def _links(parts: list[Markup]) -> Markup:
    """The navigation: every section by its heading."""
    titles = (
        ("findings", "Findings"),
        ("changes", "Changes"),
        ("curves", "Curves"),
        ("layers", "Layers"),
        ("activations", "Activations"),
        ("summary", "Summary"),
        ("rules", "Rules"),
    )
    text = "".join(parts)
    there = [(name, title) for name, title in titles if f' id="{name}" aria-labelledby' in text]
    return joined(element("li", element("a", title, href=f"#{name}")) for name, title in there)


def _filled(run: Run, head: Markup, body: Markup, links: Markup, data: Markup, plotly: str) -> str:
    script = _asset("page.js")
    library = plotly.replace("</script", "<\\/script").replace("<!--", "<\\!--")
    allowed = [f"'sha256-{_hash(text)}'" for text in (library, script)]
    if _EVALUATES.search(library[:_HEAD]):
        allowed.append("'unsafe-eval'")
    filled = Template(_asset("page.html")).substitute(
        title=escaped(summary.title(run)),
        description=escaped(summary.description(run)),
        scripts=" ".join(allowed),
        style=_asset("page.css"),
        head=head,
        links=links,
        body=body,
        data=data,
        plotly=library,
        script=script,
        version=escaped(str(run.start.get("torchcheck", __version__))),
    )
    return f"{MARK}\n{filled}"


def _asset(name: str) -> str:
    return (resources.files(__package__ or "") / "assets" / name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    """What the page's policy knows a script by; no other one is run."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
