"""TCK002: a file that is not Python."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.unreadable import Unreadable
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class UnreadableFile(Rule):
    """A file is not Python: a syntax error, another encoding than it says, NUL bytes.

    It is one finding with line and column, and the other files are linted; of a notebook it is the cell, and the other
    cells are linted. The linter reads the syntax of newer Pythons than the one that it runs on, the magics and shell
    commands of notebooks, and code as it is copied: indented as a whole, with `>>>` prompts, with `await` or `return`
    outside of functions. This rule is on whatever is selected, unless it is ignored by its code or name.
    """

    code = "TCK002"
    name = "unreadable-file"
    level = Level.ERROR
    why = "What can't be parsed is not checked."
    help = "Mend the file, or leave it out with `exclude`."
    bad = (
        """\
import torch

model = torch.nn.Linear(4, 3
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
""",
        """\
import torch

loss = torch.zeros(())
print "loss", loss.item()
""",
        """\
import torch

<<<<<<< HEAD
learning_rate = 0.1
=======
learning_rate = 0.01
>>>>>>> tune
""",
    )
    good = (
        """\
import torch
\f
# A form feed ends a page, but no line.
x = torch.zeros(3); y = x \\
    .sum()
""",
        """\
import torch

θ, μ = torch.zeros(3).mean(), 1
match [θ.item(), μ]:
    case [0.0, scale]:
        print(scale)
""",
    )

    def unreadable(self, fact: Unreadable) -> Iterable[Found]:
        what = "file" if fact.place.span().cell is None else "cell"
        yield Found(message=f"This {what} can't be read as Python: {fact.reason}.", at=fact.place, help=fact.help)
