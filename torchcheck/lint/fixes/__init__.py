"""Edits that mend a mistake. Nearly all of them change what the program computes, and are unsafe.

A fix is made when somebody asks for it, at the end of a run: only then is it known who else uses a value. Where it
can't be known that the program still does what it did but for the mistake, there is no fix.
"""

from torchcheck.lint.fixes.activations import drop_activation as drop_activation
from torchcheck.lint.fixes.adamw import rename_to_adamw as rename_to_adamw
from torchcheck.lint.fixes.detach import detach as detach
from torchcheck.lint.fixes.schedule import move_behind as move_behind
from torchcheck.lint.fixes.steps import insert_clear as insert_clear
from torchcheck.lint.fixes.steps import insert_unscale as insert_unscale
from torchcheck.lint.fixes.steps import move_clear as move_clear
