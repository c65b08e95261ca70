"""What is known of the arguments that an optimizer is built with."""

from __future__ import annotations

import pytest

from tests.lint.linting import codes, lint_text

DECAYED = {
    "keyword": "optim.Adam(model.parameters(), lr=1e-3, weight_decay=0.01)",
    "fifth by position": "optim.Adam(model.parameters(), 1e-3, (0.9, 0.99), 1e-8, 0.01)",
    "a name for it": "WD = 5e-4\noptim.Adam(model.parameters(), weight_decay=WD)",
    "product of constants": "base = 0.1\noptim.Adam(model.parameters(), weight_decay=base * 0.1)",
    "a dictionary of settings": "cfg = {'lr': 0.1, 'wd': 0.01}\noptim.Adam(model.parameters(), weight_decay=cfg['wd'])",
    "unpacked settings": "cfg = {'lr': 0.1, 'weight_decay': 0.01}\noptim.Adam(model.parameters(), **cfg)",
    "through a class": "class C:\n    wd = 0.1\noptim.Adam(model.parameters(), weight_decay=C.wd)",
    "one group of several": "optim.Adam([{'params': a, 'weight_decay': 0.1}, {'params': b, 'weight_decay': 0.0}])",
    "groups under one decay": "optim.Adam([{'params': a}, {'params': b, 'lr': 0.1}], weight_decay=0.1)",
    "by partial": "from functools import partial\nmake = partial(torch.optim.Adam, weight_decay=0.1)\nmake(params)",
    "defining module named": "from torch.optim.adam import Adam\nAdam(params, weight_decay=0.1)",
    "by a factory": "def build(params, wd):\n    return optim.Adam(params, weight_decay=wd)\nbuild(params, 0.1)",
    "in Lightning": (
        "class L:\n    def configure_optimizers(self):\n        return optim.Adam(self.parameters(), weight_decay=0.1)"
    ),
}


@pytest.mark.parametrize("source", DECAYED.values(), ids=DECAYED)
def test_adam_with_weight_decay(source: str) -> None:
    assert codes(source) == ["TCK301"]


SILENT = {
    "no decay": "optim.Adam(model.parameters(), lr=1e-3)",
    "decay of zero": "optim.Adam(model.parameters(), weight_decay=0)",
    "AdamW": "optim.AdamW(model.parameters(), weight_decay=0.1)",
    "decoupled": "optim.Adam(model.parameters(), weight_decay=0.1, decoupled_weight_decay=True)",
    "perhaps decoupled": "optim.Adam(model.parameters(), weight_decay=0.1, decoupled_weight_decay=flag)",
    "a value that is not known": "optim.Adam(model.parameters(), weight_decay=args.wd)",
    "a default that callers may change": "def build(params, wd=0.1):\n    return optim.Adam(params, weight_decay=wd)",
    "a field that callers may change": """
        class Config:
            wd: float = 0.1
        def build(params, config: Config):
            return optim.Adam(params, weight_decay=config.wd)
        """,
    "arguments that are not known": "optim.Adam(*args, **kwargs)",
    "SGD": "optim.SGD(model.parameters(), 0.1, 0.9, 0, 0.01)",
    "another library's": "from keras.optimizers import Adam\nAdam(params, weight_decay=0.1)",
}


@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT)
def test_silent(source: str) -> None:
    assert codes(source) == []


def test_the_message_is_in_the_users_spelling() -> None:
    (finding,) = lint_text("from torch import optim as O\nO.Adam(p, weight_decay=0.1)\n", prelude="")

    assert "`O.Adam` with weight_decay=0.1" in finding.message
