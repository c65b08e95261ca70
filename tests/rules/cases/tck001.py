"""TCK001 unused-suppression."""

_HEAD = "import torch\nfrom torch import nn\n"

BAD = {
    "at the end of a line": _HEAD + "model = nn.Linear(2, 2)  # torchcheck: ignore[TCK002]  # <-\n",
    "with a reason": _HEAD + "model = nn.Linear(2, 2)  # torchcheck: ignore[TCK002] it was once  # <-\n",
    "by name": _HEAD + "model = nn.Linear(2, 2)  # torchcheck: ignore[unreadable-file]  # <-\n",
    "on a line of its own": _HEAD + "# torchcheck: ignore[TCK002]  # <-\nmodel = nn.Linear(2, 2)\n",
    "for the whole file": "# torchcheck: file-ignore[TCK002]  # <-\n" + _HEAD,
    "beside one that is not judged": _HEAD + "x = nn.Linear(2, 2)  # torchcheck: ignore[TCK601, TCK002]  # <-\n",
    "before another directive": _HEAD + "x = nn.Linear(2, 2)  # torchcheck: ignore[TCK002]  # noqa: E501  # <-\n",
    "after another directive": _HEAD + "x = nn.Linear(2, 2)  # type: ignore[x]  # torchcheck: ignore[TCK002]  # <-\n",
    "inside of a statement": _HEAD
    + "x = nn.Sequential(\n    nn.Linear(2, 2),  # torchcheck: ignore[TCK002]  # <-\n    nn.ReLU(),\n)\n",
    "in a function": _HEAD + "def f(x):\n    # torchcheck: ignore[TCK002]  # <-\n    return x\n",
    "between functions": _HEAD + "\n\n# torchcheck: ignore[TCK002]  # <-\n\n\ndef f(x):\n    return x\n",
}

GOOD = {
    "a rule that a run may find": _HEAD + "model = nn.Linear(2, 2)  # torchcheck: ignore[TCK601]\n",
    "a rule that both lenses find": _HEAD + "model = nn.Linear(2, 2)  # torchcheck: ignore[TCK101]\n",
    "a prefix with such rules": _HEAD + "model = nn.Linear(2, 2)  # torchcheck: ignore[TCK1]\n",
    "advice that is off": _HEAD + "model = nn.Linear(2, 2)  # torchcheck: ignore[TCK102]\n",
    "a code that no rule has is a note": _HEAD + "model = nn.Linear(2, 2)  # torchcheck: ignore[TCK999]\n",
    "noqa": _HEAD + "model = nn.Linear(2, 2)  # noqa: TCK002\n",
    "a bare noqa": _HEAD + "model = nn.Linear(2, 2)  # noqa\n",
    "a blanket is a note": _HEAD + "model = nn.Linear(2, 2)  # torchcheck: ignore\n",
    "a comment on this rule itself": _HEAD + "model = nn.Linear(2, 2)  # torchcheck: ignore[TCK001]\n",
    "text in a string": _HEAD + 'text = """\n# torchcheck: ignore[TCK002]\n"""\n',
    "prose": _HEAD + "# what torchcheck: says of TCK002\nmodel = nn.Linear(2, 2)\n",
}
