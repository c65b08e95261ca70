"""What is known after several arms of a program."""

from __future__ import annotations

from torchcheck.lint.interp.trail import Trail
from torchcheck.lint.interp.values import ITEMS, OPEN, Cells, Const


def test_layers_that_only_one_arm_has_looked_at_leave_the_container_open() -> None:
    trail = Trail()
    cells: Cells = {}
    mark = trail.mark()
    trail.write(cells, ITEMS, {"0": Const(1)})
    looked = trail.rewind(mark)
    trail.merge([looked, trail.rewind(mark)])
    assert cells[OPEN] is True


def test_layers_that_all_arms_agree_on_are_all_there_are() -> None:
    trail = Trail()
    cells: Cells = {}
    layer = Const(1)
    arms = []
    for _ in range(2):
        mark = trail.mark()
        trail.write(cells, ITEMS, {"0": layer})
        arms.append(trail.rewind(mark))
    trail.merge(arms)
    assert cells == {ITEMS: {"0": layer}}
