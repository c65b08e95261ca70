"""Whose parameters an optimizer is given, however the list of them is put together."""

from __future__ import annotations

import pytest

from tests.lint.linting import codes, lint_text

PROGRAM = """\
import itertools
from itertools import chain

import torch
from torch import nn

loader = torch.load("loader.pt")
encoder, decoder, head = nn.Linear(8, 4), nn.Linear(4, 8), nn.Linear(8, 2)
scale = nn.Parameter(torch.ones(1))
{build}
for epoch in range(5):
    for x, y in loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(head(decoder(encoder(x))), y)
        loss.backward()
        optimizer.step()
"""

TWO_OF_THREE = {
    "two starred": "optimizer = torch.optim.SGD([*encoder.parameters(), *decoder.parameters()], lr=0.1)",
    "in a tuple": "optimizer = torch.optim.SGD((*encoder.parameters(), *decoder.parameters()), lr=0.1)",
    "starred, under a name": (
        "params = [*encoder.parameters(), *decoder.parameters()]\noptimizer = torch.optim.SGD(params, lr=0.1)"
    ),
    "starred beside a parameter": (
        "optimizer = torch.optim.SGD([*encoder.parameters(), *decoder.parameters(), scale], lr=0.1)"
    ),
    "lists added": "optimizer = torch.optim.SGD(list(encoder.parameters()) + list(decoder.parameters()), lr=0.1)",
    "lists added, under names": (
        "first = list(encoder.parameters())\nsecond = list(decoder.parameters())\n"
        "params = first + second\noptimizer = torch.optim.SGD(params, lr=0.1)"
    ),
    "a parameter added to a list": (
        "optimizer = torch.optim.SGD([scale] + list(encoder.parameters()) + list(decoder.parameters()), lr=0.1)"
    ),
    "chained": "optimizer = torch.optim.SGD(itertools.chain(encoder.parameters(), decoder.parameters()), lr=0.1)",
    "chained, in a list": (
        "optimizer = torch.optim.SGD(list(chain(encoder.parameters(), decoder.parameters())), lr=0.1)"
    ),
    "chained over models": (
        "optimizer = torch.optim.SGD(chain(*[net.parameters() for net in (encoder, decoder)]), lr=0.1)"
    ),
    "chained from a list of them": (
        "optimizer = torch.optim.SGD(chain.from_iterable([encoder.parameters(), decoder.parameters()]), lr=0.1)"
    ),
    "extended": (
        "params = []\nparams.extend(encoder.parameters())\nparams.extend(decoder.parameters())\n"
        "optimizer = torch.optim.SGD(params, lr=0.1)"
    ),
    "added in place": (
        "params = list()\nparams += list(encoder.parameters())\nparams += decoder.parameters()\n"
        "optimizer = torch.optim.SGD(params, lr=0.1)"
    ),
    "added in a loop": (
        "params = []\nfor net in (encoder, decoder):\n    params += list(net.parameters())\n"
        "optimizer = torch.optim.SGD(params, lr=0.1)"
    ),
    "comprehension of two levels": (
        "optimizer = torch.optim.SGD([p for net in (encoder, decoder) for p in net.parameters()], lr=0.1)"
    ),
    "those that learn": (
        "params = [p for p in chain(encoder.parameters(), decoder.parameters()) if p.requires_grad]\n"
        "optimizer = torch.optim.SGD(params, lr=0.1)"
    ),
    "a sum of lists": (
        "optimizer = torch.optim.SGD(sum([list(net.parameters()) for net in (encoder, decoder)], []), lr=0.1)"
    ),
    "groups": (
        "groups = [{'params': encoder.parameters()}, {'params': decoder.parameters(), 'lr': 0.2}]\n"
        "optimizer = torch.optim.SGD(groups, lr=0.1)"
    ),
    "a group of two": (
        "groups = [{'params': [*encoder.parameters(), *decoder.parameters()], 'lr': 0.2}, {'params': [scale]}]\n"
        "optimizer = torch.optim.SGD(groups, lr=0.1)"
    ),
    "groups added": (
        "one = [{'params': list(encoder.parameters())}]\ntwo = [{'params': list(decoder.parameters())}]\n"
        "optimizer = torch.optim.SGD(one + two, lr=0.1)"
    ),
    "starred groups": (
        "groups = [{'params': encoder.parameters()}, {'params': decoder.parameters()}]\n"
        "optimizer = torch.optim.SGD([*groups, {'params': [scale]}], lr=0.1)"
    ),
    "as an attribute": (
        "import argparse\nns = argparse.Namespace(lr=0.1)\nns.params = [*encoder.parameters(), *decoder.parameters()]\n"
        "optimizer = torch.optim.SGD(ns.params, lr=ns.lr)"
    ),
}


@pytest.mark.parametrize("build", TWO_OF_THREE.values(), ids=TWO_OF_THREE)
def test_the_third_model_is_missed(build: str) -> None:
    found = [finding for finding in lint_text(PROGRAM.format(build=build)) if finding.code == "TCK302"]
    assert [finding.message for finding in found] == [
        "`head` takes part in the loss, but no optimizer has the parameters."
    ]


ALL = {
    "all starred": (
        "optimizer = torch.optim.SGD([*encoder.parameters(), *decoder.parameters(), *head.parameters()], lr=0.1)"
    ),
    "two starred, one added": (
        "params = [*encoder.parameters(), *decoder.parameters()] + list(head.parameters())\n"
        "optimizer = torch.optim.SGD(params, lr=0.1)"
    ),
    "added to starred": (
        "params = list(head.parameters())\nparams = params + [*encoder.parameters(), *decoder.parameters()]\n"
        "optimizer = torch.optim.SGD(params, lr=0.1)"
    ),
    "two starred, one in a branch": (
        "params = [*encoder.parameters(), *decoder.parameters()]\nif epoch_count > 3:\n"
        "    params.extend(head.parameters())\noptimizer = torch.optim.SGD(params, lr=0.1)"
    ),
    "one starred, the others not known": (
        "params = [*encoder.parameters(), *others()]\noptimizer = torch.optim.SGD(params, lr=0.1)"
    ),
    "a copy of a list": (
        "params = list(list(encoder.parameters()) + [*decoder.parameters(), *head.parameters()])\n"
        "optimizer = torch.optim.SGD(params, lr=0.1)"
    ),
    "an item of a starred list": (
        "params = [*encoder.parameters(), *decoder.parameters(), *head.parameters()]\n"
        "optimizer = torch.optim.SGD([params[0], params[-1]], lr=0.1)"
    ),
    "a slice of a starred list": (
        "params = [*encoder.parameters(), *decoder.parameters(), *head.parameters()]\n"
        "optimizer = torch.optim.SGD(params[2:], lr=0.1)"
    ),
    "popped from a starred list": (
        "params = [*encoder.parameters(), *decoder.parameters(), *head.parameters()]\n"
        "params.pop()\noptimizer = torch.optim.SGD(params, lr=0.1)"
    ),
    "unpacked": (
        "weight, bias, *rest = [*encoder.parameters(), *decoder.parameters(), *head.parameters()]\n"
        "optimizer = torch.optim.SGD([weight, bias, *rest], lr=0.1)"
    ),
    "groups of two optimizers": (
        "other = torch.optim.Adam([*head.parameters()], lr=0.1)\n"
        "optimizer = torch.optim.SGD([{'params': [*encoder.parameters(), *decoder.parameters()]}], lr=0.1)"
    ),
    "frozen in a loop over a starred list": (
        "for p in [*head.parameters()]:\n    p.requires_grad = False\n"
        "optimizer = torch.optim.SGD([*encoder.parameters(), *decoder.parameters()], lr=0.1)"
    ),
}


@pytest.mark.parametrize("build", ALL.values(), ids=ALL)
def test_no_model_is_missed(build: str) -> None:
    assert "TCK302" not in codes(PROGRAM.format(build=build))
