"""The table of deprecations against the installed torch."""

from __future__ import annotations

import importlib
import inspect
import warnings

import pytest

from torchcheck.deprecations import METHODS, NAMES, Deprecation

torch = pytest.importorskip("torch")

_TORCH = [pytest.param(entry, id=name) for name, entry in NAMES.items() if name.startswith("torch.")]


def _find(name: str) -> object:
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            found = getattr(found, part)
        return found
    raise AttributeError(name)


@pytest.mark.slow
@pytest.mark.parametrize("entry", _TORCH)
def test_a_name_is_gone_or_deprecated_and_its_replacement_exists(entry: Deprecation) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if entry.instead.startswith("torch."):
            assert _find(entry.instead) is not None
        if not entry.removed:
            old = _find(entry.name)
            said = f"{inspect.getdoc(old)} {getattr(old, '__deprecated__', '')} {_source(old)}"
            assert "deprecated" in said.lower() or "renamed" in said.lower()
            return
        try:
            old = _find(entry.name)
        except AttributeError:
            return
        assert entry.called or "is now removed" in _source(old)


def _source(value: object) -> str:
    try:
        return inspect.getsource(value)  # type: ignore[arg-type]
    except (TypeError, OSError):
        return ""


def test_every_method_is_a_function_of_the_table() -> None:
    assert all(f"torch.{method}" in NAMES for method in METHODS)


def test_a_replacement_is_no_deprecated_name_itself() -> None:
    assert not [entry for entry in NAMES.values() if entry.instead in NAMES and not NAMES[entry.instead].called]
