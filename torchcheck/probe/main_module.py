"""The `__main__` that Python would make of a script, a module, a directory or a zip file."""

from __future__ import annotations

import builtins
import importlib.util
import os
import pkgutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

from torchcheck.errors import UsageError


@dataclass(frozen=True, slots=True)
class Program:
    """What is to be run.

    Attributes:
        module: its `__main__`, before anything of it has run.
        code: reads and compiles it; raises SyntaxError as Python would.
        argv0: what it sees as `sys.argv[0]`.
        path0: what it sees as `sys.path[0]`.
    """

    module: ModuleType
    code: Callable[[], CodeType]
    argv0: str
    path0: str


@contextmanager
def in_place_of_main(target: str, args: Sequence[str], *, module: bool) -> Iterator[Program]:
    """Put a program where Python puts it, `sys.argv` and `sys.path` included, and take it away again.

    Raises:
        UsageError: there is no such program.
    """
    before = sys.argv, sys.path, sys.modules.get("__main__")
    sys.path = sys.path.copy()
    try:
        program = find_program(target, args, module=module)
        sys.argv = [program.argv0, *args]
        _set_first_path(program.path0)
        sys.modules["__main__"] = program.module
        yield program
    finally:
        sys.argv, sys.path = before[:2]
        if before[2] is not None:
            sys.modules["__main__"] = before[2]


def find_program(target: str, args: Sequence[str], *, module: bool) -> Program:
    """Find what Python would run. With `module`, packages above it are imported, as `-m` does."""
    if module:
        _set_first_path(os.getcwd())
        sys.argv = ["-m", *args]
        return _module(target)
    if target == "-":
        return Program(_main("<stdin>"), lambda: _compile(sys.stdin.read(), "<stdin>"), "-", "")
    if os.path.isdir(target) or (os.path.isfile(target) and _is_archive(target)):
        return _archive(target)
    if not os.path.isfile(target):
        raise UsageError(f"there is no script `{target}`")
    return _script(target)


def _set_first_path(path: str) -> None:
    if getattr(sys.flags, "safe_path", False):
        return
    if sys.path:
        sys.path[0] = path
    else:
        sys.path.insert(0, path)


def _main(filename: str, spec: ModuleSpec | None = None) -> ModuleType:
    main = ModuleType("__main__")
    main.__dict__.update(
        __file__=filename,
        __builtins__=builtins,
        __spec__=spec,
        __package__=spec.parent if spec else None,
        __cached__=spec.cached if spec else None,
        __loader__=spec.loader if spec else SourceFileLoader("__main__", filename),
    )
    return main


def _script(target: str) -> Program:
    path = os.path.abspath(target)
    return Program(_main(path), lambda: _read_code(path), target, os.path.dirname(os.path.realpath(path)))


def _read_code(path: str) -> CodeType:
    if path.endswith(".pyc"):
        with open(path, "rb") as file:
            code: CodeType | None = pkgutil.read_code(file)
        if code is not None:
            return code
    with open(path, "rb") as file:
        return _compile(file.read(), path)


def _compile(source: Any, filename: str) -> CodeType:
    return compile(source, filename, "exec", dont_inherit=True)


def _is_archive(target: str) -> bool:
    import zipfile

    return zipfile.is_zipfile(target)


def _archive(target: str) -> Program:
    path = os.path.abspath(target)
    importer = pkgutil.get_importer(path)
    spec = importer.find_spec("__main__", None) if importer is not None else None
    if spec is None or spec.loader is None:
        raise UsageError(f"there is no `__main__` module in `{target}`")
    return _of_spec(spec, argv0=target, path0=path)


def _module(name: str) -> Program:
    spec = _find_spec(name)
    if spec is not None and spec.submodule_search_locations is not None:
        spec = _find_spec(f"{name}.__main__")
        if spec is None:
            raise UsageError(f"`{name}` is a package without a `__main__` module, so it can't be run")
    if spec is None or spec.loader is None:
        raise UsageError(f"there is no module named `{name}`")
    return _of_spec(spec, argv0=spec.origin or name, path0=os.getcwd())


def _find_spec(name: str) -> ModuleSpec | None:
    try:
        return importlib.util.find_spec(name)
    except ModuleNotFoundError as error:
        if error.name is not None and name.startswith(error.name):
            return None
        raise
    except (ImportError, ValueError) as error:
        raise UsageError(f"the module `{name}` can't be found: {error}") from None


def _of_spec(spec: ModuleSpec, argv0: str, path0: str) -> Program:
    loader: Any = spec.loader

    def code() -> CodeType:
        compiled: CodeType | None = loader.get_code(spec.name)
        if compiled is None:
            raise UsageError(f"`{spec.name}` has no Python code that can be run")
        return compiled

    return Program(_main(spec.origin or argv0, spec), code, argv0, path0)
