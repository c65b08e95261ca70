"""Reads the logs that trainings leave: CSV, JSON lines, `trainer_state.json`, a Keras history, TensorBoard events."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from torchcheck.curves.table import Table
from torchcheck.errors import UsageError

_EVENTS = "tfevents"
_BLOCK = 1 << 16


def read(path: Path) -> Table:
    """The columns of a log.

    Raises:
        UsageError: there is no such file, it can't be read, or it holds no log.
    """
    if not path.exists():
        raise UsageError(f"{path}: no such file")
    if path.is_dir():
        if not any(_EVENTS in name for _, _, names in os.walk(path) for name in names):
            raise UsageError(f"{path}: a directory without TensorBoard event files; name a log")
        return _read_events(path)
    if _EVENTS in path.name:
        return _read_events(path)
    try:
        table = _read_text(path)
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is no text; CSV, JSON lines and TensorBoard event files can be read") from None
    if not table.columns or not table.rows:
        raise UsageError(f"{path}: holds no rows")
    return table


def _read_text(path: Path) -> Table:
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.read(_BLOCK)
        file.seek(0)
        first = head.lstrip()[:1]
        if not first:
            raise UsageError(f"{path}: is empty")
        if (first == "{" and not _is_lines(head)) or first == "[":
            return _read_json(path, file.read())
        return _read_json_lines(path, file) if first == "{" else _read_csv(path, file, head)


def _is_lines(head: str) -> bool:
    """Whether a text that begins with a brace has an object of single values on each line."""
    try:
        first = json.loads(next(line for line in head.splitlines() if line.strip()))
    except ValueError:
        return False
    return not any(isinstance(value, list) for value in first.values())


def _read_json_lines(path: Path, file: Iterable[str]) -> Table:
    table = Table(str(path))
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            cells = json.loads(line)
        except ValueError:
            raise UsageError(f"{path}: line {number} is no JSON") from None
        if isinstance(cells, Mapping):
            table.add(cells, number)
    return table


def _read_json(path: Path, text: str) -> Table:
    try:
        data: Any = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{path}: is no JSON: {error}") from None
    if isinstance(data, Mapping):
        data = data.get("log_history", data.get("history", data))
    table = Table(str(path))
    if isinstance(data, Mapping):  # a list a quantity, as Keras keeps them
        lists = {name: values for name, values in data.items() if isinstance(values, list)}
        for index in range(max(map(len, lists.values()), default=0)):
            table.add({name: values[index] for name, values in lists.items() if index < len(values)})
    elif isinstance(data, list):
        for cells in data:
            if isinstance(cells, Mapping):
                table.add(cells)
    return table


def _read_csv(path: Path, file: Iterable[str], head: str) -> Table:
    delimiter = max(",;\t", key=head.partition("\n")[0].count)
    reader = csv.reader(file, delimiter=delimiter)
    table = Table(str(path))
    try:
        names = [name.strip() for name in next(reader)]
        _check_header(path, names)
        columns = [table.column(name) for name in names]
        for cells in reader:
            if not cells:
                continue
            for column, cell in zip(columns, cells):  # noqa: B905 - a row may be cut short
                if cell:
                    column.add(table.rows, cell)
            table.lines.append(reader.line_num)
            table.rows += 1
    except csv.Error as error:
        raise UsageError(f"{path}: is no CSV: {error}") from None
    return table


def _check_header(path: Path, names: list[str]) -> None:
    for name in names:
        try:
            float(name)
        except ValueError:
            continue
        raise UsageError(f"{path}: its first line should name the columns, and holds the number {name}")


def _read_events(path: Path) -> Table:
    try:
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    except ImportError:
        raise UsageError(f"{path}: reading TensorBoard events needs tensorboard: pip install tensorboard") from None
    events = EventAccumulator(str(path), size_guidance={"scalars": 0})
    events.Reload()
    rows: dict[int, dict[str, float]] = {}
    for tag in events.Tags()["scalars"]:
        for event in events.Scalars(tag):
            rows.setdefault(event.step, {})[tag] = event.value
    if not rows:
        raise UsageError(f"{path}: holds no scalars")
    table = Table(str(path))
    for step in sorted(rows):
        table.add({"step": step, **rows[step]})
    return table
