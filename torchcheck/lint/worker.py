"""A process that looks at files and interprets units for another: JSON in, JSON out, a line each."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from torchcheck.lint.bench import Bench
from torchcheck.lint.interpret import interpret
from torchcheck.lint.look import Looking
from torchcheck.lint.project import Project
from torchcheck.lint.room import room_to_work
from torchcheck.lint.units import Unit
from torchcheck.rules import find_rule
from torchcheck.rules.base import Rule


def described(rules: list[Rule]) -> list[Any] | None:
    """The rules as JSON types; None where another process could not make the same of them."""
    found = []
    for rule in rules:
        options = dict(vars(rule.options))
        data = json.loads(json.dumps([rule.code, options, rule.target_torch], default=repr))
        if find_rule(rule.code) is not type(rule) or made([data])[0].options != rule.options:
            return None
        found.append(data)
    return found


def made(rules: list[Any]) -> list[Rule]:
    """The rules that `described` has described."""
    found = []
    for code, options, target in rules:
        kind = find_rule(code)
        assert kind is not None
        found.append(kind(kind.Options(**options), target_torch=tuple(target) if target else None))
    return found


class _Worker:
    def __init__(self, start: dict[str, Any]) -> None:
        self._project = Project({}, start["names"])
        self._bench = Bench(made(start["rules"]))
        self._looking: Looking | None = Looking(self._project, self._bench)
        self._reported: frozenset[str] = frozenset()

    def answer(self, task: dict[str, Any]) -> dict[str, Any]:
        """Do one piece of work."""
        if "look" in task:
            assert self._looking is not None
            result = self._looking.look(Path(task["look"])).to_json()
        elif "unit" in task:
            self._project.begin()
            self._bench.begin()
            reached = {key: set(labels) for key, labels in task["reached"].items()}
            unit = Unit.from_json(task["unit"])
            result = interpret(self._project, self._bench, unit, reached, self._reported).to_json()
        else:
            self._looking = None
            self._reported = frozenset(task["reported"])
            return {}
        return {"result": result, "needed": self._project.dependencies().to_json()}


def main() -> None:
    """Answer line by line until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else is printed must not stand between the answers
    worker = _Worker(json.loads(sys.stdin.readline()))
    with room_to_work() as tidy:
        for line in sys.stdin:
            answers.write(json.dumps(worker.answer(json.loads(line))) + "\n")
            answers.flush()
            tidy()
