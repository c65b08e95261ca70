"""Blocks of a page that belong together: a post shows the model in one and the training in another."""

from __future__ import annotations

from pathlib import Path

from tests.lint.linting import RULES
from torchcheck.lint.engine import lint_files

MODEL = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        return {}
"""
TRAINING = """\
net = Net()
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(net.parameters(), lr=0.1)
for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(net(x), y)
    loss.backward()
    optimizer.step()
"""
WITH_SOFTMAX, PLAIN = MODEL.format("self.fc(x).softmax(dim=1)"), MODEL.format("self.fc(x)")


def told(*blocks: str) -> list[str]:
    """The codes and rows of what is said of a page with these blocks."""
    page = "".join(f"So:\n\n```python\n{block}```\n\n" for block in blocks)
    result = lint_files([Path("post.md")], RULES, sources={Path("post.md"): page})
    assert not result.broken, result.broken
    return [f"{finding.code}:{finding.row}" for finding in result.findings]


def test_the_training_knows_the_model_of_the_block_above() -> None:
    assert told(WITH_SOFTMAX, TRAINING) == ["TCK101:21"]


def test_so_it_does_where_its_parts_stand_in_blocks_of_their_own() -> None:
    built, loop = TRAINING.split("for x")
    assert told(WITH_SOFTMAX, built, f"for x{loop}") == ["TCK101:26"]


def test_of_two_versions_of_a_model_it_is_not_known_which_is_meant() -> None:
    assert told(WITH_SOFTMAX, PLAIN, TRAINING) == []


def test_what_was_done_to_an_object_in_between_is_not_known() -> None:
    built, loop = TRAINING.split("for x")
    assert told(WITH_SOFTMAX, built, "net = change(net)\n", f"for x{loop}") == []


def test_a_block_that_is_no_python_gives_nothing() -> None:
    assert told(WITH_SOFTMAX + "    ...and so on\n", TRAINING) == []


def test_a_mistake_in_the_model_is_told_once() -> None:
    lost = PLAIN.replace("        super().__init__()\n", "")
    assert told(lost, TRAINING) == ["TCK501:5"]
