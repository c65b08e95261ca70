"""Source code as rules see it: calls, assignments, classes and functions, names resolved, values of known kinds.

Built on the standard library's `ast`; a rule asks a view and never touches a syntax tree. What isn't known is `None`,
`Kind.UNKNOWN` or `NOT_LITERAL`, and never accuses.
"""

from torchcheck.code.definitions import ClassView, FunctionView
from torchcheck.code.file import FileView
from torchcheck.code.imports import ImportView
from torchcheck.code.kinds import Kind
from torchcheck.code.literals import NOT_LITERAL
from torchcheck.code.looping import loops_over
from torchcheck.code.made_of import words_behind
from torchcheck.code.nodes import AssignView, CallView, ExprView
from torchcheck.code.standing import bound_to, is_returned, key_of
from torchcheck.code.words import words_of

__all__ = [
    "NOT_LITERAL",
    "AssignView",
    "CallView",
    "ClassView",
    "ExprView",
    "FileView",
    "FunctionView",
    "ImportView",
    "Kind",
    "bound_to",
    "is_returned",
    "key_of",
    "loops_over",
    "words_behind",
    "words_of",
]
