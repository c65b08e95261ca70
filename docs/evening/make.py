"""Plays the evening of `docs/evening.md`: runs its commands, and writes their outputs into the page and as pictures.

`python docs/evening/make.py` after a change of what torchcheck prints. A test plays it and compares.
"""

from __future__ import annotations

import difflib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "evening.md"
WIDTH = 112
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_BLOCK = re.compile(r"(?P<head><!-- evening: (?P<name>\w+) -->\n```\w+\n)(?P<text>.*?)\n?```", re.DOTALL)


@dataclass(frozen=True)
class Scene:
    """One command of the evening.

    Attributes:
        name: of its block in the page, and of its picture.
        script: which state of `train.py` it finds.
        command: what is typed.
        pictured: whether there is a picture of it.
    """

    name: str
    script: str
    command: str
    pictured: bool = True


SCENES = (
    Scene("first", "step0.py", "python train.py"),
    Scene("lint", "step0.py", "torchcheck lint train.py"),
    Scene("run", "step1.py", "torchcheck run train.py"),
    Scene("patient", "step2.py", "python train.py", pictured=False),
    Scene("preflight", "step2.py", "torchcheck preflight --seconds 120 train.py:exam"),
    Scene("again", "step3.py", "torchcheck run train.py"),
    Scene("curves", "step3.py", "torchcheck curves log.csv"),
    Scene("compare", "step3.py", "torchcheck history compare last~1 last"),
    Scene("report", "step3.py", "torchcheck report last --compare last~1", pictured=False),
)


def play(folder: Path) -> dict[str, str]:
    """What the terminal shows, in colours, for each scene by name; all of them play in one folder."""
    outputs: dict[str, str] = {}
    for scene in SCENES:
        shutil.copy(HERE / scene.script, folder / "train.py")
        program, *rest = shlex.split(scene.command)
        command = [sys.executable, *(["-m", "torchcheck"] if program == "torchcheck" else []), *rest]
        done = subprocess.run(
            command, cwd=folder, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        lines = [line.rstrip() for line in done.stdout.replace(f"{folder}{os.sep}", "").strip("\n").split("\n")]
        outputs[scene.name] = "\n".join([f"$ {scene.command}", *lines])
    return outputs


def plain(output: str) -> str:
    """The text without its colours."""
    return "\n".join(line.rstrip() for line in _ESCAPES.sub("", output).split("\n"))


def shown(page: str) -> dict[str, str]:
    """The blocks that are made in the page, by their names."""
    return {match["name"]: match["text"] for match in _BLOCK.finditer(page)}


def filled(page: str, blocks: Mapping[str, str]) -> str:
    """The page with these texts in its blocks. Raises KeyError for a block that nothing is made for."""
    return _BLOCK.sub(lambda match: f"{match['head']}{plain(blocks[match['name']])}\n```", page)


def sources() -> dict[str, str]:
    """The script as the evening finds it, and what each step changes."""
    texts = [(HERE / f"step{number}.py").read_text(encoding="utf-8").strip("\n") for number in range(4)]
    changes = {
        f"change{number}": "\n".join(
            line.rstrip()
            for line in difflib.unified_diff(before.split("\n"), after.split("\n"), n=1, lineterm="")
            if not line.startswith(("---", "+++", "@@"))
        )
        for number, (before, after) in enumerate(pairwise(texts), start=1)
    }
    return {"script": texts[0], **changes}


def picture(scene: Scene, output: str) -> str:
    """The output as a terminal shows it, as SVG; fonts are those of the reader, nothing is loaded."""
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="standard")
    console.print(Text.from_ansi(output), soft_wrap=False)
    svg = console.export_svg(title=scene.command, unique_id=f"evening-{scene.name}")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return "\n".join(line.rstrip() for line in svg.split("\n")) + "\n"


_KEPT = r"train\.py:\d+(?::\d+)?|TCK\d+|(?:(?<=\n)|^) *\d+ \||step\d\.py"
_MEASURED = (
    (r"(?:falls|rises|no trend) in the second half(?: \(p [<=] [^)]*\))?", "trend"),
    (r"[▁▂▃▄▅▆▇█]+(?: *[▁▂▃▄▅▆▇█]+)*", "curve"),
    (r"\d{8}-\d{6}-[0-9a-f]+", "run"),
    (r"[-+±]?\d[\d.,:]*(?:e[-+]?\d+)?", "#"),
)


def lasting(text: str) -> str:
    """What every machine shows: without times, ids, curves, trends and measured numbers, and however it is wrapped."""
    pattern = "|".join([f"({_KEPT})", *(f"({measured})" for measured, _ in _MEASURED)])

    def stands_for(match: re.Match[str]) -> str:
        group = match.lastindex or 1
        return match[0] if group == 1 else _MEASURED[group - 2][1]

    return " ".join(re.sub(pattern, stands_for, text).split())


def _environment() -> dict[str, str]:
    """That of a terminal with colours, of a known width."""
    left_out = ("NO_COLOR", "CI", "TORCHCHECK_HISTORY_DIR")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color", "PYTHONUNBUFFERED": "1"}


def main() -> None:
    """Write the page and the pictures."""
    with tempfile.TemporaryDirectory(prefix="evening-") as folder:
        outputs = play(Path(folder).resolve())
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), {**sources(), **outputs}), encoding="utf-8")
    for scene in [scene for scene in SCENES if scene.pictured]:
        (HERE / f"{scene.name}.svg").write_text(picture(scene, outputs[scene.name]), encoding="utf-8")


if __name__ == "__main__":
    main()
