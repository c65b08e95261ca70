"""Parameters that an optimizer has and that learn nothing: cut off, unused, or left as they are by every step."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from tests.probe.test_orphans import Net, Program, fit, into  # noqa: E402
from tests.probe.watched import alarms, watched  # noqa: E402

CUT: dict[str, Program] = {}  # TCK205
UNUSED: dict[str, Program] = {}  # TCK511
LEFT: dict[str, Program] = {}  # TCK615
RIGHT: dict[str, Program] = {}


def long(model: nn.Module, optimizer: Any, loss_of: Callable[[Tensor, Tensor], Tensor] | None = None) -> None:
    fit(model, optimizer, loss_of)
    fit(model, optimizer, loss_of)


def adam(*models: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.Adam([p for model in models for p in model.parameters()], lr=1e-2)


# Cut off


@into(CUT)
def detached_between_two_models() -> None:
    encoder, head = nn.Linear(4, 8), nn.Linear(8, 3)

    def loss(x: Tensor, y: Tensor) -> Tensor:
        features = torch.relu(encoder(x)).detach()  # <-
        return F.cross_entropy(head(features), y)

    fit(head, adam(encoder, head), loss)


@into(CUT)
def data_in_forward() -> None:
    class Cut(Net):
        def forward(self, x: Tensor) -> Tensor:
            h = torch.relu(self.body(x)).data  # <-
            return self.head(h)

    model = Cut()
    fit(model, adam(model))


@into(CUT)
def no_grad_around_the_encoder() -> None:
    class Cut(Net):
        def forward(self, x: Tensor) -> Tensor:
            with torch.no_grad():  # <-
                h = self.body(x)
            return self.head(torch.relu(h))

    model = Cut()
    fit(model, adam(model))


@into(CUT)
def argmax_between_encoder_and_decoder() -> None:
    class Hard(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.choose, self.table = nn.Linear(4, 5), nn.Embedding(5, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.table(self.choose(x).argmax(dim=1))  # <-

    model = Hard()
    fit(model, adam(model))


@into(CUT)
def recurrent_state_detached_at_the_end() -> None:
    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cell, self.out = nn.GRUCell(4, 8), nn.Linear(8, 3)

        def forward(self, x: Tensor) -> Tensor:
            h = torch.zeros(len(x), 8)
            for _ in range(3):
                h = self.cell(x, h)
            h = torch.tensor(h.tolist())  # <-
            return self.out(h)

    model = Reader()
    fit(model, adam(model))


# Unused


@into(UNUSED)
def layer_called_twice() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second, self.out = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.out(torch.relu(self.first(torch.relu(self.first(x)))))

    model = Twice()
    long(model, adam(model))


@into(UNUSED)
def block_of_layers_left_out() -> None:
    class Skips(Net):
        def __init__(self) -> None:
            super().__init__()
            self.neck = nn.Sequential(nn.Linear(8, 8), nn.LayerNorm(8), nn.ReLU())

    model = Skips()
    long(model, adam(model))


@into(UNUSED)
def output_overwritten() -> None:
    class Overwrites(Net):
        def __init__(self) -> None:
            super().__init__()
            self.gate = nn.Linear(8, 8)

        def forward(self, x: Tensor) -> Tensor:
            h = torch.relu(self.body(x))
            g = torch.sigmoid(self.gate(h))  # noqa: F841
            return self.head(h)

    model = Overwrites()
    long(model, adam(model))


@into(UNUSED)
def parameter_nobody_reads() -> None:
    class Scaled(Net):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(3))

    model = Scaled()
    long(model, adam(model))


# Left as they are


def half(lr: float, make: Callable[..., torch.optim.Optimizer]) -> None:
    model = nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 3)).to(torch.bfloat16)
    long(model, make(model.parameters(), lr=lr), lambda x, y: F.cross_entropy(model(x.bfloat16()).float(), y))


@into(LEFT)
def bfloat16_and_plain_descent() -> None:
    half(1e-7, torch.optim.SGD)


@into(LEFT)
def bfloat16_and_rmsprop() -> None:
    half(1e-9, torch.optim.RMSprop)


@into(LEFT)
def an_optimizer_that_updates_its_own_variable() -> None:
    class Descent(torch.optim.Optimizer):
        @torch.no_grad()
        def step(self, closure: Any = None) -> None:
            for group in self.param_groups:
                for p in group["params"]:
                    p = p - group["lr"] * p.grad

    model = Net()
    long(model, Descent(model.parameters(), {"lr": 0.1}))


@into(LEFT)
def an_optimizer_that_skips_matrices() -> None:
    class Vectors(torch.optim.SGD):
        @torch.no_grad()
        def step(self, closure: Any = None) -> None:
            for group in self.param_groups:
                for p in group["params"]:
                    if p.dim() == 1:
                        p -= group["lr"] * p.grad

    model = Net()
    long(model, Vectors(model.parameters(), lr=0.1))


# Right


@into(RIGHT)
def alternating_adversaries() -> None:
    generator, critic = nn.Linear(4, 4), Net()
    opt_g, opt_d = adam(generator), adam(critic)
    for _ in range(12):
        x = torch.randn(8, 4)
        opt_d.zero_grad()
        (critic(generator(x).detach()).mean() - critic(x).mean()).backward()
        opt_d.step()
        opt_g.zero_grad()
        (-critic(generator(x)).mean()).backward()
        opt_g.step()


@into(RIGHT)
def a_branch_without_gradients_beside_one_with() -> None:
    model = Net()
    long(model, adam(model), lambda x, y: F.cross_entropy(model(x), y) + F.mse_loss(model(x), model(x).detach()))


@into(RIGHT)
def experts_of_which_few_are_asked() -> None:
    class Experts(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.experts = nn.ModuleList(nn.Linear(4, 3) for _ in range(4))

        def forward(self, x: Tensor) -> Tensor:
            return self.experts[0](x) + self.experts[2](x)

    model = Experts()
    long(model, adam(model))


@into(RIGHT)
def a_head_that_joins_later() -> None:
    class Late(Net):
        def __init__(self) -> None:
            super().__init__()
            self.extra = nn.Linear(8, 3)
            self.steps = 0

        def forward(self, x: Tensor) -> Tensor:
            self.steps += 1
            h = torch.relu(self.body(x))
            return self.head(h) + self.extra(h) if self.steps > 9 else self.head(h)

    model = Late()
    long(model, adam(model))


@into(RIGHT)
def truncated_backpropagation() -> None:
    cell, out = nn.GRUCell(4, 8), nn.Linear(8, 3)
    optimizer, h = adam(cell, out), torch.zeros(16, 8)
    for _ in range(12):
        optimizer.zero_grad()
        h = cell(torch.randn(16, 4), h.detach())
        F.cross_entropy(out(h), torch.randint(0, 3, (16,))).backward()
        optimizer.step()


@into(RIGHT)
def frozen_part_given_to_the_optimizer() -> None:
    model = Net()
    model.body.requires_grad_(False)
    long(model, adam(model))


@into(RIGHT)
def sparse_rows_of_an_embedding() -> None:
    model = nn.Sequential(nn.Embedding(1000, 4), nn.Flatten(), nn.Linear(8, 3))
    long(model, adam(model), lambda x, y: F.cross_entropy(model(torch.randint(0, 9, (16, 2))), y))


@into(RIGHT)
def a_bias_that_a_norm_cancels() -> None:
    model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3))
    long(model, torch.optim.SGD(model.parameters(), lr=0.1))


@into(RIGHT)
def measurements_are_detached() -> None:
    model, seen = Net(), []

    def loss(x: Tensor, y: Tensor) -> Tensor:
        logits = model(x)
        seen.append(logits.argmax(1).eq(y).float().mean().item())
        seen.append(logits.detach().std().item())
        return F.cross_entropy(logits, y)

    long(model, adam(model), loss)


@into(RIGHT)
def adapters_that_begin_at_zero() -> None:
    class Adapter(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.base = nn.Linear(4, 3).requires_grad_(False)
            self.a, self.b = nn.Linear(4, 2, bias=False), nn.Linear(2, 3, bias=False)
            nn.init.zeros_(self.b.weight)

        def forward(self, x: Tensor) -> Tensor:
            return self.base(x) + self.b(self.a(x))

    model = Adapter()
    long(model, torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1))


BAD = {"TCK205": CUT, "TCK511": UNUSED, "TCK615": LEFT}


@pytest.mark.parametrize(
    ("code", "program"),
    [pytest.param(code, program, id=name) for code, table in BAD.items() for name, program in table.items()],
)
def test_the_mistake_is_named_and_nothing_else(code: str, program: Program) -> None:
    found = watched(program)
    assert {said.split(":")[0] for said in alarms(found)} == {code}


@pytest.mark.parametrize("program", CUT.values(), ids=CUT)
def test_a_cut_is_shown_where_it_is_made(program: Program) -> None:
    (found,) = watched(program)
    assert linecache.getline(found.filename, found.row).rstrip().endswith("# <-")


@pytest.mark.parametrize("program", RIGHT.values(), ids=RIGHT)
def test_a_right_program_is_silent(program: Program) -> None:
    assert alarms(watched(program)) == []


def test_messages() -> None:
    assert [f.message for f in watched(data_in_forward)] == [
        "The only way from `model.body` to the loss ends here, at `.data`."
    ]
    assert [f.message for f in watched(layer_called_twice)] == [
        "No step calls `model.second`, though `optimizer` has its parameters."
    ]
    assert [f.message for f in watched(output_overwritten)] == [
        "Nothing of `model.gate` reaches the loss, though `optimizer` has it to train."
    ]


def test_torch_is_as_it_was_afterwards() -> None:
    before = {name: vars(torch.Tensor).get(name) for name in ("detach", "item", "data", "argmax", "long", "tolist")}
    made = torch.tensor
    watched(data_in_forward)
    assert {name: vars(torch.Tensor).get(name) for name in before} == before
    assert torch.tensor is made
