"""Edits that mend a mistake. Nearly all of them change what the program computes, and are unsafe.

A fix is made when somebody asks for it, at the end of a run: only then is it known who else uses a value. Where it
can't be known that the program still does what it did but for the mistake, there is no fix. libcst, which fixes need
and findings do not, is loaded with the first of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from torchcheck.facts.place import FixMaker
from torchcheck.finding import Fix

if TYPE_CHECKING:
    from torchcheck.lint.fixes.activations import drop_activation as drop_activation
    from torchcheck.lint.fixes.adamw import rename_to_adamw as rename_to_adamw
    from torchcheck.lint.fixes.detach import detach as detach
    from torchcheck.lint.fixes.release import release as release
    from torchcheck.lint.fixes.schedule import move_behind as move_behind
    from torchcheck.lint.fixes.states import deepcopied as deepcopied
    from torchcheck.lint.fixes.steps import insert_clear as insert_clear
    from torchcheck.lint.fixes.steps import insert_unscale as insert_unscale
    from torchcheck.lint.fixes.steps import move_clear as move_clear

_MODULES = {
    "drop_activation": "activations",
    "rename_to_adamw": "adamw",
    "detach": "detach",
    "release": "release",
    "move_behind": "schedule",
    "deepcopied": "states",
    "insert_clear": "steps",
    "insert_unscale": "steps",
    "move_clear": "steps",
}


def __getattr__(name: str) -> Any:
    """A fix that looks for its module when it is made."""
    if name not in _MODULES:
        raise AttributeError(name)

    def fix(*arguments: Any) -> FixMaker:
        def make() -> Fix | None:
            module = import_module(f"{__name__}.{_MODULES[name]}")
            made: FixMaker = getattr(module, name)(*arguments)
            return made()

        return make

    return fix
