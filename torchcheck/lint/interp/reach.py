"""Which names of a block reach a value at all, and which of them reach it with their gradients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from torchcheck.lint import ir
from torchcheck.lint.interp.scope import nested_blocks, target_names
from torchcheck.lint.interp.slices import parts_of
from torchcheck.lint.interp.spelling import last_part, spell
from torchcheck.records import frozen, record
from torchcheck.torch_names import words

_CUTTING = words("detach item tolist numpy")
_COPYING = words("torch.tensor np.array numpy.array torch.from_numpy np.asarray numpy.asarray")
_NO_GRAD = words("no_grad inference_mode")
_STATES = words("backward step zero_grad train eval print append update")


@frozen
class Flow:
    """The names that reach a value with their gradients, and those that do without, each with the cut that did it."""

    live: frozenset[str] = frozenset()
    dead: tuple[tuple[str, ir.Expr, str], ...] = ()

    def __or__(self, other: Flow) -> Flow:
        return Flow(self.live | other.live, tuple(dict.fromkeys((*self.dead, *other.dead))))

    def cut(self, node: ir.Expr, by: str) -> Flow:
        return Flow(frozenset(), (*self.dead, *((name, node, by) for name in sorted(self.live))))


@record
class Reach:
    """Reads a block in order.

    Attributes:
        known: what reaches each name.
        out: what reaches the results: what is returned, backpropagated, or leaves in another way.
        off: the `no_grad` that we are in.
        methods: those of the class, by name, that may be followed; `followed` are those that were.
    """

    known: dict[str, Flow] = field(default_factory=dict)
    out: Flow = field(default_factory=Flow)
    off: ir.Expr | None = None
    methods: Mapping[str, ir.FunctionDef] = field(default_factory=dict)
    followed: dict[str, ir.FunctionDef] = field(default_factory=dict)

    def run(self, block: list[ir.Stmt]) -> None:
        for statement in block:
            self._statement(statement)

    def _statement(self, statement: ir.Stmt) -> None:
        if isinstance(statement, ir.Assign):
            flow = self.of(statement.value)
            for target in statement.targets:
                self._assign(target, flow)
        elif isinstance(statement, ir.AugAssign):
            self._assign(statement.target, self.of(statement.target) | self.of(statement.value))
        elif isinstance(statement, ir.Return):
            self.out |= self.of(statement.value)
        elif isinstance(statement, ir.ExprStmt):
            self._call(statement.value)
        elif isinstance(statement, ir.If):
            self._branch([statement.body, statement.orelse])
        elif isinstance(statement, ir.With):
            self._with(statement)
        elif isinstance(statement, ir.FunctionDef):
            self.run_inside(statement)
        else:
            self._compound(statement)

    def run_inside(self, definition: ir.FunctionDef) -> None:
        """Whatever a function in the block reads may leave through it."""
        inner = Reach(dict(self.known), methods=self.methods, followed=self.followed)
        inner.run(definition.body)
        self.out |= inner.out
        for flow in inner.known.values():
            self.out |= Flow(flow.live)

    def _compound(self, statement: ir.Stmt) -> None:
        if isinstance(statement, ir.For):
            flow = self.of(statement.iterable)
            for name in target_names(statement.target):
                self.known[name] = flow
        blocks = list(nested_blocks(statement))
        for _ in range(2 if isinstance(statement, ir.For | ir.While) else 1):  # what a turn leaves, the next one reads
            for block in blocks:
                self._branch([block, []])

    def _branch(self, arms: list[list[ir.Stmt]]) -> None:
        before, ends = self.known, []
        for arm in arms:
            self.known = dict(before)
            self.run(arm)
            ends.append(self.known)
        names = {name for end in ends for name in end}
        self.known = {}
        for name in names:
            flow = Flow()
            for end in ends:
                flow |= end.get(name, Flow())
            self.known[name] = flow

    def _with(self, statement: ir.With) -> None:
        outer = self.off
        for expr, _ in statement.items:
            if _switches_off(expr):
                self.off = expr
        self.run(statement.body)
        self.off = outer

    def _call(self, expr: ir.Expr) -> None:
        """A call that stands alone: a backward, something that is put into a list, or something that is not known."""
        if not isinstance(expr, ir.Call) or not isinstance(expr.func, ir.Attribute):
            self.out |= Flow(self.of(expr).live) if not self._shows(expr) else Flow()
            return
        if expr.func.attr == "backward":
            self.out |= self.of(expr)
            return
        given = Flow()
        for argument in expr.args:
            given |= self.of(argument.value)
        root = spell(expr.func.value)
        if root and expr.func.attr in ("append", "extend", "insert", "update"):
            self.known[root] = self.known.get(root, Flow()) | given
        elif expr.func.attr not in _STATES:
            self.out |= Flow(given.live)

    def _shows(self, expr: ir.Expr) -> bool:
        return isinstance(expr, ir.Call) and spell(expr.func) in ("print", "tqdm.write")

    def _assign(self, target: ir.Expr, flow: Flow) -> None:
        name = spell(target)
        if isinstance(target, ir.Name):
            self.known[name] = flow
        elif isinstance(target, ir.Display | ir.Starred):
            for part in target.items if isinstance(target, ir.Display) else [target.value]:
                self._assign(part, flow)
        elif isinstance(target, ir.Subscript):
            root = spell(target.value)
            self.known[root] = self.known.get(root, Flow()) | flow
        else:
            self.out |= Flow(flow.live)  # an attribute: somebody may read it

    def of(self, expr: ir.Expr | None) -> Flow:
        """What reaches the value of an expression."""
        flow = self._of(expr)
        if self.off is not None and flow.live:
            return flow.cut(self.off, "torch.no_grad()")
        return flow

    def _of(self, expr: ir.Expr | None) -> Flow:
        if isinstance(expr, ir.Name):
            return self.known.get(expr.id, Flow(frozenset({expr.id})))
        if isinstance(expr, ir.Attribute):
            return self._attribute(expr)
        method = self._method(expr)
        if method is not None and isinstance(expr, ir.Call):
            return self._follow(method, expr)
        flow = Flow()
        for part in parts_of(expr):
            flow |= self.of(part)
        if isinstance(expr, ir.Walrus):
            self._assign(expr.target, flow)
        if isinstance(expr, ir.Call):
            func = expr.func
            if isinstance(func, ir.Attribute) and func.attr in _CUTTING:
                return flow.cut(expr, f".{func.attr}()")
            if spell(func) in _COPYING:
                return flow.cut(expr, spell(func))
        return flow

    def _method(self, expr: ir.Expr | None) -> ir.FunctionDef | None:
        """The method that `self.method(x)` calls, where it can be followed."""
        if not isinstance(expr, ir.Call) or any(argument.star for argument in expr.args):
            return None
        owner, _, name = spell(expr.func).rpartition(".")
        definition = self.methods.get(name) if owner == "self" else None
        if definition is None or not all(map(_switches_off, definition.decorators)):
            return None
        gives_once = bool(definition.body) and not definition.generator
        return definition if gives_once and len(expr.args) < len(definition.params.named()) else None

    def _follow(self, definition: ir.FunctionDef, call: ir.Call) -> Flow:
        """What reaches the results of a method; a method that calls itself again is not followed twice."""
        others = {name: method for name, method in self.methods.items() if method is not definition}
        named = {param.name: Flow() for param in definition.params.named()[1:]}
        inner = Reach(named, methods=others, followed=self.followed)
        free = iter(definition.params.positional[1:])
        for argument in call.args:
            name = argument.keyword or next((param.name for param in free), "")
            inner.known[name] = self.of(argument.value)
        inner.off = definition.decorators[0] if definition.decorators else None
        self.followed[definition.name] = definition
        inner.run(definition.body)
        return inner.out

    def _attribute(self, expr: ir.Attribute) -> Flow:
        if expr.attr in ("shape", "dtype", "device", "grad", "training"):
            return Flow()
        name = spell(expr)
        if name in self.known:
            return self.known[name]
        if isinstance(expr.value, ir.Name) and expr.value.id == "self":
            return Flow(frozenset({name}))
        flow = self.of(expr.value)
        return flow.cut(expr, ".data") if expr.attr == "data" else flow


def _switches_off(expr: ir.Expr) -> bool:
    """`torch.no_grad()`, as a context or a decorator."""
    return last_part(spell(expr.func if isinstance(expr, ir.Call) else expr)) in _NO_GRAD


def severed(reach: Reach) -> dict[str, tuple[ir.Expr, str]]:
    """The names that reach the results through a cut alone, each with the last such cut."""
    found: dict[str, tuple[ir.Expr, str]] = {}
    for name, node, by in reach.out.dead:
        if name not in reach.out.live:
            found.setdefault(name, (node, by))
    return found
