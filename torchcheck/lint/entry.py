"""Where interpretation starts: the top level of a file, then every function that this did not reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import replace

from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.interp.calls import CallSite, inline
from torchcheck.lint.interp.classes import Member, find_method, lineage, make_class
from torchcheck.lint.interp.fuel import FUEL, FUNCTION_FUEL, OutOfFuel
from torchcheck.lint.interp.history import History, report_kept
from torchcheck.lint.interp.machine import Machine
from torchcheck.lint.interp.names import at_top_level, scope_of
from torchcheck.lint.interp.paths import happenings
from torchcheck.lint.interp.scope import Frame, ModuleScope, all_statements
from torchcheck.lint.interp.traces import Run
from torchcheck.lint.interp.values import Class, Const, Function, Instance, Symbol, Value
from torchcheck.records import frozen

_TRIES = 4
"""How often an entry point is tried, each time without one more call that was too much to follow."""


@frozen
class Entry:
    """A function of a file that nobody was seen to call, and the class that it is a method of."""

    definition: ir.FunctionDef
    home: Class | None = None


def visit_top_level(m: Machine, key: str) -> list[Run]:
    """Interpret the top level of a file as if it were run as a script."""
    scope = scope_of(m, key)
    if scope is None or not scope.file.body():
        return []
    scope.cells["__name__"] = Const("__main__")
    scope.ran = True
    frame = Frame(scope, scope.cells)
    failures = len(m.failures)
    body = scope.file.body()
    parts = [[statement] for statement in body] if scope.file.cell_ends else [body]  # a cell that raises ends no other
    runs = _guarded(m, scope, frame, lambda: [m.run(part) for part in parts], "its top level", alone=False)
    scope.ran = m.fuel >= 0 and len(m.failures) == failures
    return runs


def visit_functions(m: Machine, key: str, wanted: set[str], reached: Container[str] = ()) -> Iterator[Run]:
    """Interpret the functions and methods that nothing has reached so far, callers before what they call.

    Args:
        wanted: the top-level definitions and methods that can matter.
        reached: the labels of functions that other files have called.
    """
    scope = scope_of(m, key)
    if scope is None:
        return
    entries = list(_entries(m, scope, wanted, reached))
    called = _called_names(entries)
    for entry in sorted(entries, key=lambda e: e.definition.name in called):
        if entry.definition not in m.reached:
            yield from _visit(m, scope, entry)


def labelled(body: list[ir.Stmt]) -> Iterator[tuple[str, ir.FunctionDef, ir.ClassDef | None]]:
    """The functions and methods of a file with a label for each, by which another run of the linter knows it."""
    seen: Counter[str] = Counter()
    for statement in all_statements(body):
        block = all_statements(statement.body) if isinstance(statement, ir.ClassDef) else [statement]
        owner = statement if isinstance(statement, ir.ClassDef) else None
        for definition in block:
            if isinstance(definition, ir.FunctionDef):
                name = f"{owner.name}.{definition.name}" if owner is not None else definition.name
                seen[name] += 1
                yield f"{name}#{seen[name]}", definition, owner


def reached_elsewhere(m: Machine, own: Container[str]) -> Iterator[tuple[str, str]]:
    """The functions of files other than one's own that were called: path and label."""
    for key, scope in m.scopes.items():
        if key not in own and scope.file.lowered:
            for label, definition, _ in labelled(scope.file.body()):
                if definition in m.reached:
                    yield key, label


def _entries(m: Machine, scope: ModuleScope, wanted: set[str], reached: Container[str]) -> Iterator[Entry]:
    classes: dict[ir.ClassDef, Class | None] = {}
    for label, definition, owner in labelled(scope.file.body()):
        name = label.partition("#")[0]
        if label in reached or name not in wanted or (owner and owner.name not in wanted):
            continue
        if owner is None:
            yield Entry(definition)
            continue
        if owner not in classes:
            classes[owner] = _class_of(m, scope, owner)
        home = classes[owner]
        if home is not None:
            yield Entry(definition, home)


def _class_of(m: Machine, scope: ModuleScope, definition: ir.ClassDef) -> Class | None:
    with at_top_level(m, scope):
        try:
            return make_class(m, definition)
        except (RecursionError, OutOfFuel):
            return None


def _called_names(entries: list[Entry]) -> set[str]:
    """Names that some entry calls as a statement or in an assignment: these functions have a caller here."""
    names: set[str] = set()
    for entry in entries:
        for statement in all_statements(entry.definition.body):
            if isinstance(statement, ir.ExprStmt | ir.Assign | ir.Return) and isinstance(statement.value, ir.Call):
                func = statement.value.func
                names.add(func.attr if isinstance(func, ir.Attribute) else func.id if isinstance(func, ir.Name) else "")
    return names


def _visit(m: Machine, scope: ModuleScope, entry: Entry) -> list[Run]:
    definition, home = entry.definition, entry.home
    frame = Frame(scope, scope.cells)
    first = 0

    def body() -> None:
        nonlocal first
        function = Function(definition, scope)
        if home is not None:
            function = Member(definition, home).bind(_standing_for(m, home))
        node = ir.Call(definition.node, ir.Name(definition.node, definition.name), [])
        args = _annotated(m, function)
        first = m.next_number()
        inline(m, function, CallSite(node, [], args, open=True))

    runs = _guarded(m, scope, frame, body, f"`{definition.name}`", alone=True)
    return runs if home is None else [_of_method(run, home, definition, first) for run in runs]


def _of_method(run: Run, home: Class, definition: ir.FunctionDef, first: int) -> Run:
    """A run of a method: whoever holds the object may call it again and again."""
    run = replace(run, method=True)
    if run.cut or definition.name == "__init__":
        return run
    acts = {event.act for event in happenings(run.events)}
    again_and_again = {Act.BACKWARD, Act.STEP} <= acts and not _clears_elsewhere(home, definition)
    given = {param.name for param in definition.params.named()}
    if any(event.act is Act.STEP and event.text in given for event in happenings(run.events)):
        return run  # the optimizer is the caller's, who may clear it
    return replace(run, repeated=again_and_again, first=first)


def _clears_elsewhere(home: Class, definition: ir.FunctionDef) -> bool:
    """Whether another method of the class clears gradients: it may be called between two calls of this one."""
    for current in lineage(home):
        if not isinstance(current, Class):
            continue
        for member in current.definition.body:
            if isinstance(member, ir.FunctionDef) and member is not definition:
                text = current.scope.file.text_of(member.node)
                if "zero_grad" in text or ".grad = None" in text:
                    return True
    return False


def _annotated(m: Machine, function: Function) -> dict[str, Value]:
    """Parameters whose annotation is a class of the project stand for an instance of it."""
    params = function.definition.params
    skip = 1 if function.bound is not None else 0
    given: dict[str, Value] = {}
    for param in [*params.positional[skip:], *params.keyword_only]:
        value: Value = Symbol(param.name)
        if isinstance(param.annotation, ir.Name | ir.Attribute):
            with at_top_level(m, function.scope):
                kind = m.eval(param.annotation)
            if isinstance(kind, Class):
                value = _standing_for(m, kind)
        given[param.name] = value
    return given


def _standing_for(m: Machine, cls: Class) -> Value:
    """The instance that stands for `self`: as `__init__` leaves it when its arguments are not known."""
    key = ("instance", cls.definition)
    if key not in m.memory:
        m.memory[key] = instance = Instance(cls, m.next_number(), partial=True)
        try:
            _build(m, cls, instance)
        except OutOfFuel:  # it is half built
            m.memory[key] = Instance(cls, m.next_number(), partial=True)
            if m.blamed:
                del m.memory[key]
            raise
    value: Value = m.memory[key]
    return value


def _build(m: Machine, cls: Class, instance: Instance) -> None:
    init = find_method(cls, "__init__")
    with at_top_level(m, cls.scope):
        if init is not None:
            function = init.bind(instance)
            reached = init.definition in m.reached
            inline(m, function, CallSite(_nowhere(init), [], _annotated(m, function), open=True))
            if not reached:
                m.reached.discard(init.definition)
        else:
            from torchcheck.lint.interp.classes import build_base

            build_base(m, instance, CallSite(ir.Call(cls.definition.node, ir.Name(None, cls.name), []), []))


def _nowhere(init: Member) -> ir.Call:
    return ir.Call(init.definition.node, ir.Name(init.definition.node, "__init__"), [])


def _guarded(
    m: Machine, scope: ModuleScope, frame: Frame, body: Callable[[], object], what: str, *, alone: bool
) -> list[Run]:
    """Run an entry point within its budget; empty where nothing happened.

    A function that stands `alone` is tried again without the calls that were too much to follow. Where the budget does
    not suffice, the loops that were read to their end are left: what they do is known.
    """
    reached = set(m.reached)
    runs: list[Run] = []
    for _ in range(_TRIES):
        if m.budget <= 0:
            m.exhausted.setdefault(scope.file.name, "it takes too many steps to follow")
            return runs
        m.blamed = False
        try:
            run = _tried(m, scope, frame, body, alone=alone)
            return runs if run is None else [*runs, run]
        except (OutOfFuel, RecursionError):
            m.reached = set(reached)  # what it called is visited by itself, so that it is judged after all
            runs += [Run(m.loops, list(m.optimizers), cut=True)] if m.loops else []
            if not m.blamed:
                break
    m.exhausted.setdefault(scope.file.name, f"{what} takes too many steps to follow")
    return runs


def _tried(m: Machine, scope: ModuleScope, frame: Frame, body: Callable[[], object], *, alone: bool) -> Run | None:
    """Run an entry point once. What a function that stands `alone` has changed is taken back: nobody has called it.

    Raises:
        OutOfFuel: it takes more than what it is granted.
        RecursionError: it is nested too deeply.
    """
    granted = m.fuel = min(FUNCTION_FUEL if alone else FUEL, m.budget)
    m.alone = alone
    m.optimizers, m.schedulers, m.events, m.loops, m.grad_off, m.history = [], [], [], [], 0, History()
    m.grad_unclear, m.forwarding, m.spread = 0, 0, []
    m.looping, m.forks = [], 0
    m.frames = [frame]
    mark = m.trail.mark()
    frame.mark = mark
    m.statement = scope.file.body()[0]
    try:
        body()
        report_kept(m, top=not alone)
    except (OutOfFuel, RecursionError):
        raise
    except Exception as error:  # a program that is not foreseen must not stop the linter: the engine reports it
        m.failures.append((scope.file.name, f"{type(error).__name__}: {error}"))
        return None
    finally:
        m.budget -= granted - max(m.fuel, 0)
        m.statement = None
        m.frames = []
        m.alone = False
        if alone:
            m.trail.rewind(mark)
    run = Run(m.events, list(m.optimizers), top=not alone, schedulers=list(m.schedulers))
    return run if m.events else None
