"""What IPython understands beside Python: magics, shell commands, questions. Python reads what is left of a cell."""

from __future__ import annotations

import re

from torchcheck.patterns import pattern

LINE_END = pattern(r"\r\n|\r|\n")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OF_PYTHON = _words(
    "time timeit capture prun debug lprun mprun memit snakeviz scalene pyinstrument heat wandb "
    "python python3 ipytest skip notify torchcheck"
)
"""Cell magics whose body is Python."""
_OF_OTHERS = _words(
    "! bash sh script cmd powershell system sx html HTML svg SVG javascript js latex markdown writefile file cat perl "
    "ruby R julia sql bigquery cython cpp c++ cu cuda dot mermaid ai shell pybind11 octave matlab sparksql fs md"
)
"""Cell magics whose body is something else, also if Python could read it."""
_STATEMENT = pattern(r"(\s*)(%(?:time|timeit|prun|memit|snakeviz|heat)\s+(?:-[a-zA-Z]+\d*\s+(?:\d+\s+)?)*)(?=\S)")
_MAGIC = pattern(r"\s*(?:%|!|\?|[,;]\s*[A-Za-z_]|/[A-Za-z_])")
_QUESTION = pattern(r"\s*%{0,2}[\w.*]+\?{1,2}\s*$")
_ASSIGNED = pattern(r"(\s*[\w.]+(?:\s*,\s*[\w.]+)*\s*=\s*)(?:%\w|!)")
_BODY = pattern(
    r"(?P<comment>#.*)|(?P<string>(?:\b[rRbBuUfF]{1,2})?(?:'{3}|\"{3}|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])"
)


def cell_magic(source: str) -> str | None:
    """The name of the magic that a cell begins with."""
    match = re.match(r"\s*%%(!|[\w+]+)", source)
    return match[1] if match else None


def body_is_python(name: str) -> bool | None:
    """Whether the body of a cell magic is Python; None where only the body can tell."""
    return True if name in _OF_PYTHON else False if name in _OF_OTHERS else None


def without_magics(lines: list[str]) -> list[tuple[str, str]]:
    """For each line what was left out before it, and what Python reads; the lines have no line ends.

    A magic becomes `pass`. `%time` and its like keep their statement, and what is assigned from a magic or a
    command is a call that nothing is known of.
    """
    done: list[tuple[str, str]] = []
    state = _State()
    magic_goes_on = False
    for line in lines:
        if magic_goes_on:
            done.append(("", ""))
            magic_goes_on = line.endswith("\\")
            continue
        left_out, python = _translated(line) if state.at_statement else ("", line)
        done.append((left_out, python))
        if python is line or left_out:
            state.read(python)
        else:
            magic_goes_on = line.endswith("\\")
    return done


def _translated(line: str) -> tuple[str, str]:
    statement = _STATEMENT.match(line)
    if statement:
        return statement[2], statement[1] + line[statement.end() :]
    indent = line[: len(line) - len(line.lstrip())]
    if _MAGIC.match(line) or _QUESTION.match(line):
        return "", f"{indent}pass"
    assigned = _ASSIGNED.match(line)
    return ("", f"{assigned[1]}get_ipython()") if assigned else ("", line)


class _State:
    """Whether the next line begins a statement: no bracket, string or backslash is open."""

    def __init__(self) -> None:
        self._depth = 0
        self._quote = ""
        self._continued = False

    @property
    def at_statement(self) -> bool:
        return not (self._depth or self._quote or self._continued)

    def read(self, line: str) -> None:
        at = 0
        while True:
            if self._quote:
                end = re.compile(rf"(?:[^\\]|\\.)*?{self._quote}").match(line, at)
                if end is None:
                    return
                self._quote, at = "", end.end()
            match = _BODY.search(line, at)
            if match is None or match["comment"]:
                break
            at = match.end()
            if match["string"]:
                self._quote = match["string"][-3:] if match["string"].endswith(("'''", '"""')) else ""
            else:
                self._depth = max(self._depth + (1 if match["open"] else -1), 0)
        self._continued = line.endswith("\\") and not self._quote
