"""Which rules judge a test and what fails it: the layers that `options` lists, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import pytest

from pytest_torchcheck.marker import marker_layers
from pytest_torchcheck.options import flag_wishes, ini_wishes
from pytest_torchcheck.wishes import Wishes
from torchcheck.finding import Finding, Level
from torchcheck.rules.base import Rule
from torchcheck.selection import Selection, check_selectors

if TYPE_CHECKING:
    from torchcheck.config import Settings as Project
    from torchcheck.per_file import PerFileIgnores


@dataclass(frozen=True)
class Settings:
    """What holds for one test.

    Attributes:
        project: the settings of `[tool.torchcheck]`, with the closer selectors laid over its own.
        fail_on: the level from which a finding fails the test; None: never.
    """

    project: Project
    fail_on: Level | None = Level.ERROR

    @cached_property
    def rules(self) -> Sequence[Rule]:
        """The rules that are on, with their options; none where `ignore="ALL"` turns a test off."""
        chosen = Selection(self.project.select, self.project.ignore, self.project.extend_select, self.project.preview)
        return chosen.rules(self.project.rules, self.project.target_torch)

    def keeps(self, finding: Finding) -> bool:
        """Whether `per-file-ignores` of the project lets a finding stand."""
        return self._per_file is None or not self._per_file.covers(finding)

    @cached_property
    def _per_file(self) -> PerFileIgnores | None:
        if not self.project.per_file_ignores:
            return None
        from torchcheck.per_file import PerFileIgnores

        return PerFileIgnores(self.project)

    def under(self, wishes: Wishes) -> Settings:
        """These settings with those of a closer place over them.

        Raises:
            UsageError: a selector matches no rule.
        """
        check_selectors((*(wishes.select or ()), *wishes.ignore))
        return Settings(_narrowed(self.project, wishes), self._fail_on(wishes))

    def _fail_on(self, wishes: Wishes) -> Level | None:
        if wishes.fail_on is None:
            return self.fail_on
        return None if wishes.fail_on == "never" else Level(wishes.fail_on)


def _narrowed(project: Project, wishes: Wishes) -> Project:
    """A closer `select` replaces a farther one; a closer `ignore` also takes back what a farther one selected."""
    chosen = project.selection(Selection(wishes.select, wishes.ignore))
    if wishes.select is None:
        select = None if chosen.select is None else _without(chosen.select, wishes.ignore)
        chosen = Selection(select, chosen.ignore, _without(chosen.extend_select, wishes.ignore))
    return replace(project, select=chosen.select, ignore=chosen.ignore, extend_select=chosen.extend_select)


def _without(selectors: tuple[str, ...], ignored: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(selector for selector in selectors if not any(_covers(other, selector) for other in ignored))


def _covers(selector: str, other: str) -> bool:
    return selector == "ALL" or _code(other).startswith(_code(selector))


def _code(selector: str) -> str:
    from torchcheck.rules import find_rule

    rule = find_rule(selector)
    return rule.code if rule else selector.upper()


_SESSION = pytest.StashKey[Settings]()


def session_settings(config: pytest.Config) -> Settings:
    """What holds for a test without a marker: flags over pytest's configuration over `[tool.torchcheck]`.

    Raises:
        UsageError: a setting is wrong; of torchcheck or of pytest.
    """
    if _SESSION not in config.stash:
        from torchcheck.config import load

        settings = Settings(load(config.rootpath))
        config.stash[_SESSION] = settings.under(ini_wishes(config)).under(flag_wishes(config))
    return config.stash[_SESSION]


def settings_of(item: pytest.Item) -> Settings:
    """What holds for one test. Raises as `session_settings` does."""
    settings = session_settings(item.config)
    for wishes in marker_layers(item):
        settings = settings.under(wishes)
    return settings
