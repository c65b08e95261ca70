"""`python -m torchcheck`."""

from __future__ import annotations

import sys

from torchcheck.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
