"""The sizes of axes as source code names them, followed through the statements of a function.

What `b, c, h, w = x.shape` says of `x` is known until `x` is something else; permutations, reshapes and the layers of
torch whose outputs are shaped like their inputs are followed. A size is a product of symbols.
"""

from torchcheck.code.axes.mixing import is_mixed
from torchcheck.code.axes.reshapes import Reshape, reshapes_in
from torchcheck.code.axes.sizes import Size

__all__ = ["Reshape", "Size", "is_mixed", "reshapes_in"]
