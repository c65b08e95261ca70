"""TCK001: a comment that silences nothing."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.suppression import Suppression
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class UnusedSuppression(Rule):
    """A `torchcheck: ignore[...]` or `file-ignore[...]` comment silences nothing.

    Only rules that were on and that reading the source alone can find are judged: what the probes might find in a run
    is not known here, nor what a rule that was not selected would have said. Where less than a project is linted, a
    comment inside of a function is left alone if its rule follows calls: a file that was not linted may call that
    function in a way that needs it. Nothing is ever said of `noqa`, of a code that no rule has, which is a note, and of
    comments on this rule itself.
    """

    code = "TCK001"
    name = "unused-suppression"
    level = Level.WARNING
    why = "It silences the next mistake in this place, which nobody has looked at."
    help = "Take it out; `--fix` does."
    bad = (
        """\
import torch

model = torch.nn.Linear(4, 3)  # torchcheck: ignore[TCK002]
print(model(torch.zeros(2, 4)).shape)
""",
        """\
# torchcheck: file-ignore[unreadable-file] was Python 2 once
import torch

print(torch.zeros(3).sum())
""",
    )
    good = (
        """\
import torch

model = torch.nn.Linear(4, 3)
# torchcheck: ignore[TCK601] frozen on purpose; only a run can tell
optimizer = torch.optim.SGD(model.parameters(), lr=1e-8)
print(len(optimizer.param_groups))
""",
        """\
import torch

x = torch.zeros(3)  # noqa: TCK002
print(x.sum())  # torchcheck: ignore[TCK102] advice, which is off by default
""",
    )

    def suppression(self, fact: Suppression) -> Iterable[Found]:
        idle = [selector.text for selector in fact.selectors if selector.certain and not selector.silenced]
        if not idle:
            return
        named = " and ".join(f"`{text}`" for text in idle)
        place = "this file" if fact.kind == "file-ignore" else "this statement"
        yield Found(
            message=f"`{fact.kind}` of {named} silences nothing: {place} has no such finding.",
            at=fact.place,
            fix=lambda: fact.without(idle),
        )
