"""What is kept: the result of a whole run, of a look at a file, of a unit; each with all that it depended on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from torchcheck import __version__
from torchcheck.lint.cache.store import Store
from torchcheck.lint.dependencies import Dependencies, World, digest
from torchcheck.lint.look import Looked
from torchcheck.lint.result import LintResult, Part, from_json, to_json
from torchcheck.rules.base import Rule

_Result = TypeVar("_Result")


class Cache:
    """Results by what they are of. One is given out only if all that it was made from is as it was.

    Args:
        directory: where they are.
        rules: the rules that are on.
        names: how the user calls the files that are reported on, by absolute path.
        world: the disk that results are compared with.
        partial: the files are some of a project.

    Attributes:
        needed: all that the results of this run depend on.
    """

    def __init__(
        self, directory: Path, rules: Sequence[Rule], names: Mapping[str, str], world: World, *, partial: bool
    ) -> None:
        self.needed = Dependencies()
        self._world = world
        self._names = names
        self._paths = "\n".join(names)
        self._store = Store(directory, _salt(rules, partial=partial))

    def run(self) -> LintResult | None:
        """The result of the same run, if nothing has changed since."""
        found = self._read(f"run\n{self._paths}", None, from_json)
        if found is not None:
            self._store.touch(f"run\n{self._paths}")
        return found

    def keep_run(self, result: LintResult) -> None:
        if not result.broken:
            self._write(f"run\n{self._paths}", None, to_json(result), self.needed)
            self._store.prune()

    def looked(self, path: Path) -> Looked | None:
        """What was seen of a file."""
        return self._read(f"look\n{os.path.abspath(path)}", None, Looked.from_json)

    def keep_looked(self, path: Path, looked: Looked, needed: Dependencies) -> None:
        self.needed.add(needed)
        if not looked.part.broken:
            self._write(f"look\n{os.path.abspath(path)}", None, looked.to_json(), needed)

    def part(self, name: str, told: Any) -> Part | None:
        """What a unit gave when it was told the same."""
        return self._read(f"unit\n{name}", told, Part.from_json)

    def keep_part(self, name: str, told: Any, part: Part, needed: Dependencies) -> None:
        self.needed.add(needed)
        if not part.broken:
            self._write(f"unit\n{name}", told, part.to_json(), needed)

    def _read(self, name: str, told: Any, read: Callable[[Mapping[str, Any]], _Result]) -> _Result | None:
        entry = self._store.load(name)
        try:
            if entry is None or entry["told"] != told:
                return None
            needed = Dependencies.from_json(entry["needed"])
            if entry["names"] != self._shown(needed) or not needed.hold(self._world):
                return None
            result = read(entry["result"])
        except (KeyError, TypeError, ValueError, AttributeError):
            return None
        self.needed.add(needed)
        return result

    def _write(self, name: str, told: Any, result: Any, needed: Dependencies) -> None:
        entry = {"told": told, "names": self._shown(needed), "needed": needed.to_json(), "result": result}
        self._store.save(name, entry)

    def _shown(self, needed: Dependencies) -> dict[str, str]:
        """Which of the files are reported on, and how the user calls them."""
        return {path: self._names[path] for path in needed.files if path in self._names}


def _salt(rules: Sequence[Rule], *, partial: bool) -> str:
    """What every result depends on: the program and its settings."""
    chosen = [f"{type(rule).__module__}.{rule.code} {rule.options!r} {rule.target_torch}" for rule in rules]
    parts = [_program(), sys.version, os.getcwd(), str(partial), *chosen]
    return digest("\n".join(parts).encode("utf-8", "surrogatepass"))


def _program() -> str:
    """A digest of the parts of torchcheck that a result comes from, and of the libcst that it parses with."""
    root = Path(__file__).resolve().parents[2]
    found = [__version__]
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - {"__pycache__", "probe", "cli"})
        for name in sorted(files):
            if name.endswith(".py"):
                with open(os.path.join(folder, name), "rb") as file:
                    found.append(f"{folder}/{name} {digest(file.read())}")
    import importlib.util

    libcst = importlib.util.find_spec("libcst")
    version = Path(libcst.origin).with_name("_version.py") if libcst is not None and libcst.origin else None
    if version is not None and version.is_file():
        found.append(digest(version.read_bytes()))
    return digest("\n".join(found).encode("utf-8", "surrogatepass"))


def can_keep(rules: Sequence[Rule]) -> bool:
    """Whether all rules are torchcheck's own: of others it is not known when they change."""
    return all(type(rule).__module__.startswith("torchcheck.rules.") for rule in rules)
