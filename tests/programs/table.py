"""Recall and silence at a glance: `python -m tests.programs.table [part of a name …]`.

One row a rule with what each lens found, then every program that went wrong and how.
"""

from __future__ import annotations

import contextlib
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence

from tests.programs import conftest
from tests.programs.corpus import LENSES, Program, Runner
from tests.programs.test_programs import BAD, GOOD, Said, check_bad, check_good, lint, probe, selected, wanted

Look = Callable[[Program], list[Said]]


def main(parts: Sequence[str]) -> None:
    """Print the table of the programs whose name holds one of `parts`, or of all."""
    with contextlib.contextmanager(conftest.serving)() as run:
        looks = _looks(run)
        right: dict[tuple[str, str], list[bool]] = defaultdict(list)
        for program in BAD + GOOD:
            if parts and not any(part in program.name for part in parts):
                continue
            group = program.name.split("/")[1] if program.marks else "good"
            for lens in sorted(LENSES):
                trouble = _trouble(program, lens, looks[lens])
                if trouble is not None:
                    right[group, lens].append(not trouble)
                if trouble:
                    print(f"{lens:8} {program.name}: {trouble}", flush=True)
    print()
    for group in sorted({group for group, _ in right}):
        cells = [f"{lens} {sum(right[group, lens]):3}/{len(right[group, lens]):<3}" for lens in ("static", "runtime")]
        print(f"{group:8} {'   '.join(cells)}")


def _looks(run: Runner) -> dict[str, Look]:
    return {"static": lambda p: lint(p, selected(p)), "runtime": lambda p: probe(p, run, selected(p))}


def _trouble(program: Program, lens: str, look: Look) -> str | None:
    """What went wrong; "" if nothing did, None if nothing did and nothing was to be found."""
    try:
        said = look(program)
        if program.marks:
            check_bad(program, lens, said)
        else:
            check_good(said)
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[-700:]}"
    return "" if not program.marks or wanted(program, lens) else None


if __name__ == "__main__":
    main(sys.argv[1:])
