"""Classes of the project: their members, through inheritance, and their instances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.lint import ir
from torchcheck.lint.interp.join import join
from torchcheck.lint.interp.names import at_top_level
from torchcheck.lint.interp.scope import all_statements, bound_names
from torchcheck.lint.interp.spelling import last_part, spell
from torchcheck.lint.interp.torch_values import Module
from torchcheck.lint.interp.values import UNKNOWN, Class, External, Function, Instance, Symbol, Value
from torchcheck.records import frozen

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_MAX_BASES = 20


@frozen
class Member:
    """A function in the body of a class."""

    definition: ir.FunctionDef
    home: Class

    @property
    def kind(self) -> str:
        """`property`, `staticmethod`, `classmethod`, or empty."""
        names = {last_part(spell(decorator)) for decorator in self.definition.decorators}
        kinds = ("property", "cached_property", "staticmethod", "classmethod")
        return next((kind.removeprefix("cached_") for kind in kinds if kind in names), "")

    def bind(self, receiver: Value | None) -> Function:
        """The function with its first argument given."""
        if self.kind == "staticmethod":
            receiver = None
        elif self.kind == "classmethod":
            receiver = self.home if not isinstance(receiver, Class) else receiver
        return Function(self.definition, self.home.scope, self.home.closure, receiver, self.home)


def make_class(m: Machine, definition: ir.ClassDef) -> Class:
    """The class that a definition makes where we are."""
    frame = m.frame
    bases = tuple(m.eval(argument.value) for argument in definition.bases if argument.keyword is None)
    closure = None if frame.cells is frame.scope.cells else frame
    return Class(definition, frame.scope, bases, closure)


def lineage(cls: Class) -> Iterator[Class | External]:
    """A class and its bases, nearest first; those outside the project by name."""
    waiting: list[Value] = [cls]
    seen: list[Value] = []
    while waiting and len(seen) < _MAX_BASES:
        current = waiting.pop(0)
        if any(current is other for other in seen):
            continue
        seen.append(current)
        if isinstance(current, Class):
            yield current
            waiting = [*current.bases, *waiting]
        elif isinstance(current, External):
            yield current


def has_unknown_base(cls: Class) -> bool:
    """Whether methods may come from a class that is not known: outside the project, and not torch's own."""
    for current in lineage(cls):
        if isinstance(current, Class):
            if any(not isinstance(base, Class | External) for base in current.bases):
                return True
        elif not current.name.startswith(("torch.", "builtins.", "abc.", "typing.", "enum.", "unittest.")):
            return True
    return False


def external_bases(cls: Class) -> list[str]:
    """The names of the classes outside the project that a class descends from."""
    return [current.name for current in lineage(cls) if isinstance(current, External)]


def members(cls: Class) -> dict[str, list[ir.Stmt]]:
    """What the body of a class binds, by name."""
    if cls.methods is None:
        cls.methods = {}
        for statement in all_statements(cls.definition.body):
            for name in bound_names(statement):
                cls.methods.setdefault(name, []).append(statement)
    return cls.methods


def find_method(cls: Class, name: str) -> Member | None:
    """The method of that name, own or inherited within the project."""
    for current in lineage(cls):
        if isinstance(current, Class):
            found = members(current).get(name)
            if found:
                return Member(found[-1], current) if isinstance(found[-1], ir.FunctionDef) else None
    return None


def class_attribute(m: Machine, cls: Class, name: str, *, fields_unknown: bool = False) -> Value | None:
    """A plain attribute in the body of a class; None where there is none.

    With `fields_unknown`, the annotated ones are not known: they are the fields of a dataclass that nobody was seen
    to build, and their defaults need not hold.
    """
    for current in lineage(cls):
        if not isinstance(current, Class) or name not in members(current):
            continue
        statement = members(current)[name][-1]
        if isinstance(statement, ir.Assign) and isinstance(statement.targets[0], ir.Name):
            if fields_unknown and statement.annotation is not None:
                return UNKNOWN
            with at_top_level(m, current.scope):
                return m.eval(statement.value)
        return UNKNOWN
    return None


def torch_base(cls: Class) -> str | None:
    """The class of `torch.nn` that a class descends from, `Sequential`; None when from none."""
    if cls.torch_base is None:
        found = (name.rpartition(".")[2] for name in external_bases(cls) if name.startswith("torch.nn."))
        cls.torch_base = next(found, "")
    return cls.torch_base or None


def instantiate(m: Machine, cls: Class, site: CallSite) -> Value:
    """An instance, as its `__init__` leaves it."""
    from torchcheck.lint.interp.building import project_optimizer
    from torchcheck.lint.interp.calls import inline

    if any(name.startswith("torch.optim.") and "lr_scheduler" not in name for name in external_bases(cls)):
        return project_optimizer(m, cls, site)
    instance = Instance(cls, m.next_number())
    init = find_method(cls, "__init__")
    if init is not None:
        inline(m, init.bind(instance), site)
    else:
        build_base(m, instance, site)
        _fill_fields(m, instance, site)
    return instance


def build_base(m: Machine, instance: Instance, site: CallSite) -> None:
    """What `super().__init__(...)` of a layer of torch gives: the layers of a Sequential, for one."""
    from torchcheck.lint.interp.modules import build_module

    base = torch_base(instance.cls)
    if base is not None and base != "Module":
        module = build_module(m, f"torch.nn.{base}", site)
        if isinstance(module, Module):
            module.number = instance.number
            module.owner, module.name = instance.owner, instance.name
            m.write(instance.cells, "<base>", module)


def _fill_fields(m: Machine, instance: Instance, site: CallSite) -> None:
    """The fields of a dataclass or a named tuple."""
    names = [
        statement.targets[0].id
        for statement in instance.cls.definition.body
        if isinstance(statement, ir.Assign) and isinstance(statement.targets[0], ir.Name)
    ]
    for name, value in site.keywords.items():
        m.write(instance.cells, name, value)
    if site.args and not names:
        return
    for name, value in zip(names, site.args, strict=False):
        m.write(instance.cells, name, value)


def stray_attribute(m: Machine, instance: Instance, name: str) -> Value | None:
    """An attribute that `__init__` doesn't set: what the one other method that sets it would give.

    None where no method sets it, or several do. Names that only that method knows stay unknown.
    """
    found: list[tuple[Class, ir.Assign]] = []
    for current in lineage(instance.cls):
        if isinstance(current, Class):
            found += [(current, statement) for statement in _attribute_writes(m, current).get(name, [])]
    if not found:
        return None
    values = []
    for cls, statement in found:
        with at_top_level(m, cls.scope):
            m.frames[-1].cells = dict(cls.scope.cells)
            m.frames[-1].cells.update(_locals_of(m, cls, statement, instance))
            values.append(m.eval(statement.value))
    return join(values)


def _locals_of(m: Machine, cls: Class, statement: ir.Assign, instance: Instance) -> dict[str, Value]:
    definition = m.memory[("writer", statement)]
    params = definition.params.named()
    known: dict[str, Value] = {param.name: Symbol(param.name) for param in params}
    if params:
        known[params[0].name] = instance
    return known


def _attribute_writes(m: Machine, cls: Class) -> dict[str, list[ir.Assign]]:
    """The assignments to attributes of `self` in the methods of a class, `__init__` apart."""
    key = ("writes", cls.definition)
    if key not in m.memory:
        writes: dict[str, list[ir.Assign]] = {}
        for member in cls.definition.body:
            if isinstance(member, ir.FunctionDef) and member.name != "__init__" and member.params.positional:
                _collect_writes(m, member, writes)
        m.memory[key] = writes
    found: dict[str, list[ir.Assign]] = m.memory[key]
    return found


def _collect_writes(m: Machine, member: ir.FunctionDef, writes: dict[str, list[ir.Assign]]) -> None:
    receiver = member.params.positional[0].name
    for statement in all_statements(member.body):
        if isinstance(statement, ir.Assign):
            for target in statement.targets:
                if isinstance(target, ir.Attribute) and _is_name(target.value, receiver):
                    m.memory[("writer", statement)] = member
                    writes.setdefault(target.attr, []).append(statement)


def changed_attributes(m: Machine, cls: Class) -> set[str]:
    """Attributes that some method other than `__init__` changes: a constant in them is not one for long."""
    key = ("changed", cls.definition)
    if key not in m.memory:
        changed: set[str] = set()
        for current in lineage(cls):
            if isinstance(current, Class):
                changed.update(_attribute_writes(m, current))
                changed.update(_augmented(current))
        m.memory[key] = changed
    found: set[str] = m.memory[key]
    return found


def _augmented(cls: Class) -> Iterator[str]:
    for member in cls.definition.body:
        if isinstance(member, ir.FunctionDef):
            for statement in all_statements(member.body):
                if isinstance(statement, ir.AugAssign) and isinstance(statement.target, ir.Attribute):
                    yield statement.target.attr


def _is_name(expr: ir.Expr, name: str) -> bool:
    return isinstance(expr, ir.Name) and expr.id == name
