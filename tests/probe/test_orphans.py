"""Parameters that losses reach and no optimizer owns: forgotten, replaced, or hidden from their module."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from tests.probe.watched import alarms, watched  # noqa: E402

Program = Callable[[], Any]
FORGOTTEN: dict[str, Program] = {}  # TCK302
STALE: dict[str, Program] = {}  # TCK303
HIDDEN: dict[str, Program] = {}  # TCK503
LOOSE: dict[str, Program] = {}  # TCK504
RIGHT: dict[str, Program] = {}


def into(table: dict[str, Program]) -> Callable[[Program], Program]:
    def add(program: Program) -> Program:
        table[program.__name__] = program
        return program

    return add


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Linear(4, 8), nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(torch.relu(self.body(x)))


def batch() -> tuple[Tensor, Tensor]:
    return torch.randn(16, 4), torch.randint(0, 3, (16,))


def fit(model: nn.Module, optimizer: Any, loss_of: Callable[[Tensor, Tensor], Tensor] | None = None) -> None:
    for _ in range(6):
        x, y = batch()
        optimizer.zero_grad()
        loss = loss_of(x, y) if loss_of is not None else F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()


# Forgotten


@into(FORGOTTEN)
def only_the_decoder() -> None:
    encoder, decoder = nn.Linear(4, 8), nn.Linear(8, 3)
    optimizer = torch.optim.Adam(decoder.parameters(), lr=1e-2)
    fit(decoder, optimizer, lambda x, y: F.cross_entropy(decoder(torch.relu(encoder(x))), y))


@into(FORGOTTEN)
def a_part_of_the_model() -> None:
    model = Net()
    fit(model, torch.optim.SGD(model.head.parameters(), lr=0.1))


@into(FORGOTTEN)
def arcface_centres() -> None:
    class Margin(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.randn(3, 8))

        def forward(self, features: Tensor, y: Tensor) -> Tensor:
            return F.cross_entropy(10 * F.linear(F.normalize(features), F.normalize(self.weight)), y)

    model, criterion = nn.Sequential(nn.Linear(4, 8), nn.Tanh()), Margin()
    fit(model, torch.optim.AdamW(model.parameters()), lambda x, y: criterion(model(x), y))


@into(FORGOTTEN)
def groups_that_forget_the_biases() -> None:
    model = Net()
    groups = [{"params": [p for name, p in model.named_parameters() if "weight" in name]}]
    fit(model, torch.optim.AdamW(groups, lr=1e-2))


@into(FORGOTTEN)
def recurrent_cell_beside_its_readout() -> None:
    cell, readout = nn.GRU(4, 8, batch_first=True), nn.Linear(8, 3)
    optimizer = torch.optim.RMSprop(readout.parameters())
    fit(readout, optimizer, lambda x, y: F.cross_entropy(readout(cell(x.unsqueeze(1))[0][:, -1]), y))


# Stale


@into(STALE)
def head_replaced() -> None:
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.head = nn.Linear(8, 3)
    fit(model, optimizer)


@into(STALE)
def model_built_anew() -> None:
    model: nn.Module = Net()
    optimizer = torch.optim.Adam(model.parameters())
    model = Net()
    fit(model, optimizer)


@into(STALE)
def copy_trained_instead() -> None:
    model = Net()
    optimizer = torch.optim.Adam(model.parameters())
    model = copy.deepcopy(model)
    fit(model, optimizer)


@into(STALE)
def layer_replaced_in_a_sequential() -> None:
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    model[2] = nn.Linear(8, 3)
    fit(model, optimizer)


@into(STALE)
def loaded_backbone_new_head() -> None:
    model, other = Net(), Net()
    model.load_state_dict(other.state_dict())
    optimizer = torch.optim.SGD(model.head.parameters(), lr=0.1)
    model.head = nn.Linear(8, 3)
    fit(model, optimizer)


# Hidden layers


@into(HIDDEN)
def list_of_layers() -> None:
    class Deep(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = [nn.Linear(4, 4) for _ in range(3)]
            self.head = nn.Linear(4, 3)

        def forward(self, x: Tensor) -> Tensor:
            for layer in self.layers:
                x = torch.tanh(layer(x))
            return self.head(x)

    model = Deep()
    fit(model, torch.optim.Adam(model.parameters()))


@into(HIDDEN)
def dict_of_heads() -> None:
    class Heads(Net):
        def __init__(self) -> None:
            super().__init__()
            self.heads = {"a": nn.Linear(3, 3), "b": nn.Linear(3, 3)}

        def forward(self, x: Tensor) -> Tensor:
            return sum(head(super(Heads, self).forward(x)) for head in self.heads.values())

    model = Heads()
    fit(model, torch.optim.SGD(model.parameters(), lr=0.1))


@into(HIDDEN)
def list_of_pairs() -> None:
    class Pairs(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.out = nn.Linear(4, 3)
            self.blocks = [(nn.Linear(4, 4), nn.LayerNorm(4)) for _ in range(2)]

        def forward(self, x: Tensor) -> Tensor:
            for linear, norm in self.blocks:
                x = x + norm(torch.relu(linear(x)))
            return self.out(x)

    model = Pairs()
    fit(model, torch.optim.AdamW(model.parameters()))


@into(HIDDEN)
def a_class_that_is_no_module() -> None:
    class Encoder:
        def __init__(self) -> None:
            self.linear = nn.Linear(4, 4)

        def __call__(self, x: Tensor) -> Tensor:
            return torch.relu(self.linear(x))

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = Encoder()
            self.head = nn.Linear(4, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.head(self.encoder(x))

    model = Model()
    fit(model, torch.optim.Adam(model.parameters()))


# Loose parameters


def scaled_by(make: Callable[[nn.Module], None]) -> None:
    class Scale(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = Net()
            make(self)

        def forward(self, x: Tensor) -> Tensor:
            return self.body(x) * self.factor  # type: ignore[operator]

    model = Scale()
    fit(model, torch.optim.SGD(model.parameters(), lr=0.1))


@into(LOOSE)
def tensor_that_requires_grad() -> None:
    scaled_by(lambda module: setattr(module, "factor", torch.ones(3, requires_grad=True)))


@into(LOOSE)
def cast_of_a_parameter() -> None:
    scaled_by(lambda module: setattr(module, "factor", nn.Parameter(torch.ones(3).double()).float()))


@into(LOOSE)
def product_with_a_parameter() -> None:
    scaled_by(lambda module: setattr(module, "factor", 0.1 * nn.Parameter(torch.ones(3))))


@into(LOOSE)
def list_of_parameters() -> None:
    class Mixture(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = nn.Linear(4, 3)
            self.shifts = [nn.Parameter(torch.zeros(3)) for _ in range(2)]

        def forward(self, x: Tensor) -> Tensor:
            return self.body(x) + sum(self.shifts)

    model = Mixture()
    fit(model, torch.optim.Adam(model.parameters()))


# Right


@into(RIGHT)
def frozen_backbone() -> None:
    model = Net()
    model.body.requires_grad_(False)
    fit(model, torch.optim.SGD(model.head.parameters(), lr=0.1))


@into(RIGHT)
def loaded_backbone() -> None:
    model, source = Net(), Net()
    model.body.load_state_dict(source.body.state_dict())
    fit(model, torch.optim.SGD(model.head.parameters(), lr=0.1))


@into(RIGHT)
def two_optimizers() -> None:
    model = Net()
    one, two = torch.optim.SGD(model.body.parameters(), lr=0.1), torch.optim.Adam(model.head.parameters())
    for _ in range(6):
        x, y = batch()
        one.zero_grad()
        two.zero_grad()
        F.cross_entropy(model(x), y).backward()
        one.step()
        two.step()


@into(RIGHT)
def unfrozen_in_a_second_stage() -> None:
    model = Net()
    optimizer = torch.optim.SGD(model.head.parameters(), lr=0.1)
    fit(model, optimizer)
    optimizer.add_param_group({"params": model.body.parameters()})
    fit(model, optimizer)


@into(RIGHT)
def head_after_a_first_stage() -> None:
    model = Net()
    fit(model, torch.optim.SGD(model.parameters(), lr=0.1))
    model.head = nn.Linear(8, 3)
    fit(model, torch.optim.SGD(model.head.parameters(), lr=0.1))


@into(RIGHT)
def part_updated_by_hand() -> None:
    model = Net()
    optimizer = torch.optim.SGD(model.head.parameters(), lr=0.1)
    for _ in range(6):
        x, y = batch()
        model.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
        with torch.no_grad():
            for p in model.body.parameters():
                p -= 0.1 * p.grad


@into(RIGHT)
def perceptual_network_in_evaluation_mode() -> None:
    features, model = Net().eval(), nn.Linear(4, 4)
    optimizer = torch.optim.Adam(model.parameters())
    fit(model, optimizer, lambda x, y: F.mse_loss(features(model(x)), features(x).detach()))


@into(RIGHT)
def an_image_is_optimised() -> None:
    model, image = Net(), torch.randn(1, 4, requires_grad=True)
    fit(model, torch.optim.Adam([image]), lambda x, y: model(image).pow(2).mean())


@into(RIGHT)
def adversarial_pair() -> None:
    generator, critic = nn.Linear(4, 4), Net()
    opt_g, opt_d = torch.optim.Adam(generator.parameters()), torch.optim.Adam(critic.parameters())
    for _ in range(6):
        x, _ = batch()
        opt_d.zero_grad()
        (critic(generator(x).detach()).mean() - critic(x).mean()).backward()
        opt_d.step()
        opt_g.zero_grad()
        (-critic(generator(x)).mean()).backward()
        opt_g.step()


@into(RIGHT)
def layers_in_a_list_and_registered() -> None:
    class Both(Net):
        def __init__(self) -> None:
            super().__init__()
            self.order = [self.body, self.head]

    model = Both()
    fit(model, torch.optim.Adam(model.parameters()))


@into(RIGHT)
def hidden_layers_given_to_the_optimizer() -> None:
    class Mixed(Net):
        def __init__(self) -> None:
            super().__init__()
            self.extra = [nn.Linear(3, 3), nn.Linear(3, 3)]

        def forward(self, x: Tensor) -> Tensor:
            return self.extra[1](torch.relu(self.extra[0](super().forward(x))))

    model = Mixed()
    fit(model, torch.optim.Adam([*model.parameters(), *model.extra[0].parameters(), *model.extra[1].parameters()]))


@into(RIGHT)
def a_teacher_hidden_in_a_list() -> None:
    class Student(Net):
        def __init__(self) -> None:
            super().__init__()
            self.teacher = [Net()]

        def loss(self, x: Tensor) -> Tensor:
            return F.mse_loss(self(x), self.teacher[0](x))

    model = Student()
    fit(model, torch.optim.Adam(model.parameters()), lambda x, y: model.loss(x))


@into(RIGHT)
def inputs_that_require_grad() -> None:
    class Keeps(Net):
        def forward(self, x: Tensor) -> Tensor:
            self.x = x.requires_grad_()
            return super().forward(self.x)

    model = Keeps()
    fit(model, torch.optim.SGD(model.parameters(), lr=0.1))


@into(RIGHT)
def weights_of_a_weight_norm() -> None:
    model = nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(4, 8)), nn.ReLU(), nn.Linear(8, 3))
    fit(model, torch.optim.SGD(model.parameters(), lr=0.1))


@into(RIGHT)
def master_weights() -> None:
    model = Net()
    masters = [p.detach().clone().requires_grad_() for p in model.parameters()]
    optimizer = torch.optim.SGD(masters, lr=0.1)
    for _ in range(6):
        x, y = batch()
        model.zero_grad()
        F.cross_entropy(model(x), y).backward()
        for master, p in zip(masters, model.parameters(), strict=True):
            master.grad = p.grad.clone()
        optimizer.step()
        with torch.no_grad():
            for master, p in zip(masters, model.parameters(), strict=True):
                p.copy_(master)


BAD = {"TCK302": FORGOTTEN, "TCK303": STALE, "TCK503": HIDDEN, "TCK504": LOOSE}


@pytest.mark.parametrize(
    ("code", "program"),
    [pytest.param(code, program, id=name) for code, table in BAD.items() for name, program in table.items()],
)
def test_the_mistake_is_named_and_nothing_else(code: str, program: Program) -> None:
    assert [found.split(":")[0] for found in alarms(watched(program))] == [code]


@pytest.mark.parametrize("program", RIGHT.values(), ids=RIGHT)
def test_a_right_program_is_silent(program: Program) -> None:
    assert alarms(watched(program)) == []


def test_messages_name_what_is_left_out() -> None:
    said = {name: watched(program)[0].message for table in BAD.values() for name, program in table.items()}
    assert said["only_the_decoder"] == "`encoder` takes part in the loss, but no optimizer has the parameters."
    assert said["a_part_of_the_model"] == "`model.body` takes part in the loss, but no optimizer has the parameters."
    assert said["head_replaced"] == (
        "`model.head` is replaced after `optimizer` was built, which still holds the old parameters."
    )
    assert said["list_of_layers"] == (
        "`self.layers` is a `list`: `Deep` doesn't register its layers, and no optimizer has them."
    )
    assert said["list_of_parameters"] == "`self.shifts` is a `list`: `Mixture` doesn't register its parameters."
    assert said["cast_of_a_parameter"] == "`self.factor` is computed from an `nn.Parameter`, and is none itself."


def test_a_hidden_list_is_shown_where_it_is_assigned() -> None:
    import linecache

    (found,) = watched(list_of_layers)
    assert linecache.getline(found.filename, found.row).strip().startswith("self.layers = [")
