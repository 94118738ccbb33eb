"""Counts the operators that a TorchScript program runs once its modules and functions are expanded, without expanding.

The count is of the sources, before anything is loaded: each function is counted once, whatever calls it how often, so
that forty functions that each call the one before twice are seen for the 2^40 operators that they are. Of a condition
the longer branch counts, of a loop one turn (turns are counted as they run, see `program.MAX_STEPS`). A call on a value
whose class is not written down counts as one operator; what hides there is stopped by the sandbox's limits.
"""

import ast
from dataclasses import dataclass, field

from openapi.problems import ModelUnsafe

#: Tensor operators of one forward pass; the deepest nets of torchvision have below 4,000.
MAX_OPERATORS = 9_000
#: Calls of any kind, those about sizes and types among them.
MAX_CALLS = 400_000

#: Operators that are mostly about Python values: scripted code asks them by the dozen for each layer.
_SCALAR_NAMES = """
    len size dim format warn append __is__ __isnot__ __not__ __and__ __or__ __contains__ __range_length __derive_index
    __getitem__ __round_to_zero_floordiv eq ne lt le gt ge is_floating_point is_grad_enabled numel item Int Float Bool
    floordiv remainder keys values items list extend pop copy clear insert get ndimension is_scripting annotate device
    dtype is_cuda requires_grad is_nested is_autocast_enabled
"""
_SCALARS = frozenset(_SCALAR_NAMES.split())


@dataclass(frozen=True)
class Count:
    """Operators and calls of a piece of a program."""

    operators: int = 0
    calls: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.operators + other.operators, self.calls + other.calls)

    def longer(self, other: "Count") -> "Count":
        """The larger of each number."""
        return Count(max(self.operators, other.operators), max(self.calls, other.calls))


_NOTHING, _CALL, _OPERATOR = Count(), Count(0, 1), Count(1, 1)


@dataclass
class _Class:
    attributes: dict[str, str] = field(default_factory=dict)
    methods: dict[str, ast.FunctionDef] = field(default_factory=dict)


def check_size(trees: dict[str, ast.Module]) -> None:
    """Raise `ModelUnsafe` for a method ``forward`` above `MAX_OPERATORS` or `MAX_CALLS`, or for one that calls itself.

    `trees`: the archive's entries below ``code/`` with their parsed sources.
    """
    try:
        count_forward(trees)
    except RecursionError as error:
        raise ModelUnsafe("the functions of the archive call each other too deeply") from error


def count_forward(trees: dict[str, ast.Module]) -> Count:
    """The count of the longest ``forward`` of all classes; see `check_size`."""
    counter, longest = _Counter(trees), _NOTHING
    for name in counter.classes:
        longest = longest.longer(counter.method(name, "forward") or _NOTHING)
    return longest


class _Counter:
    """Counts functions by their qualified name, each once."""

    def __init__(self, trees: dict[str, ast.Module]) -> None:
        self.classes: dict[str, _Class] = {}
        self.functions: dict[str, ast.FunctionDef] = {}
        self._known: dict[str, Count] = {}
        self._open: set[str] = set()
        for entry, tree in trees.items():
            module = entry.removeprefix("code/").removesuffix(".py").replace("/", ".")
            for node in tree.body:
                if isinstance(node, ast.FunctionDef):
                    self.functions[f"{module}.{node.name}"] = node
                elif isinstance(node, ast.ClassDef):
                    self.classes[f"{module}.{node.name}"] = _read_class(node)

    def method(self, owner: str, name: str) -> Count | None:
        """The count of a method; None when there is none of that name."""
        found = self.classes[owner].methods.get(name) if owner in self.classes else None
        return None if found is None else self._count(f"{owner}.{name}", found, owner)

    def function(self, name: str) -> Count | None:
        """The count of a function of the archive; None when there is none of that name."""
        found = self.functions.get(name)
        return None if found is None else self._count(name, found, None)

    def _count(self, name: str, node: ast.FunctionDef, owner: str | None) -> Count:
        if name in self._known:
            return self._known[name]
        if name in self._open:
            raise ModelUnsafe(f"{name} calls itself, which TorchScript never writes")
        self._open.add(name)
        found = _Body(self, node, owner).block(node.body)
        self._open.remove(name)
        for number, most, what in (
            (found.operators, MAX_OPERATORS, "tensor operators"),
            (found.calls, MAX_CALLS, "calls"),
        ):
            if number > most:
                raise ModelUnsafe(
                    f"{name} grows to {number:,} {what} once its modules and functions are expanded; "
                    f"{most:,} are allowed",
                    operator=name,
                )
        self._known[name] = found
        return found


class _Body:
    """Counts one function's statements, following which names stand for which modules."""

    def __init__(self, counter: _Counter, node: ast.FunctionDef, owner: str | None) -> None:
        self._counter = counter
        self._types: dict[str, str] = {}
        for argument in node.args.args:
            if argument.arg == "self" and owner is not None:
                self._types["self"] = owner
            elif argument.annotation is not None and (name := _dotted(argument.annotation)):
                self._types[argument.arg] = name

    def block(self, statements: list[ast.stmt]) -> Count:
        """The sum over statements, with the longer branch of each condition."""
        total = _NOTHING
        for statement in statements:
            if isinstance(statement, ast.If):
                total += self.expression(statement.test)
                total += self.block(statement.body).longer(self.block(statement.orelse))
            elif isinstance(statement, (ast.For, ast.While, ast.With)):
                for child in ast.iter_child_nodes(statement):
                    total += self.expression(child) if not isinstance(child, ast.stmt) else _NOTHING
                total += self.block(statement.body)
            else:
                total += self.expression(statement)
                if isinstance(statement, ast.Assign):
                    for target in statement.targets:
                        self._learn(target, statement.value)
        return total

    def expression(self, node: ast.AST) -> Count:
        """The calls in an expression."""
        if isinstance(node, ast.IfExp):
            branches = self.expression(node.body).longer(self.expression(node.orelse))
            return self.expression(node.test) + branches
        total = self._call(node.func) if isinstance(node, ast.Call) else _NOTHING
        for child in ast.iter_child_nodes(node):
            total += self.expression(child)
        return total

    def _call(self, function: ast.expr) -> Count:
        path = _dotted(function)
        if path is None or "." not in path:
            if isinstance(function, ast.Name):
                return self._own(self._types.get(function.id, ""))
            # a method of a computed value: `(getattr(self, "0")).forward(x)`, `torch.relu(x).flatten(1)`
            assert isinstance(function, ast.Attribute)
            return self._method(self._type(function.value), function.attr)
        first, name = path.partition(".")[0], path.rpartition(".")[2]
        if first in ("torch", "ops"):
            return _CALL if name in _SCALARS else _OPERATOR
        if first == "__torch__":
            return self._own(path)
        assert isinstance(function, ast.Attribute)
        return self._method(self._type(function.value), name)

    def _own(self, path: str) -> Count:
        """A function or a class of the archive."""
        owner, _, name = path.rpartition(".")
        found = self._counter.function(path) or self._counter.method(owner, name)
        found = found or self._counter.method(path, "__init__")
        return _CALL if found is None else _CALL + found

    def _method(self, owner: str | None, name: str) -> Count:
        found = None if owner is None else self._counter.method(owner, name)
        if found is not None:
            return _CALL + found
        return _CALL if name in _SCALARS else _OPERATOR

    def _type(self, value: ast.expr) -> str | None:
        """The class of `self.a.b`, of a local name, or of `getattr(self, "0")`; for `__torch__.f` that function."""
        if isinstance(value, ast.Name):
            return self._types.get(value.id)
        if isinstance(value, ast.Attribute):
            path = _dotted(value) or ""
            return path if path.startswith("__torch__.") else self._attribute(self._type(value.value), value.attr)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "getattr":
            owner, name = (*value.args, None, None)[:2]
            if isinstance(owner, ast.expr) and isinstance(name, ast.Constant):
                return self._attribute(self._type(owner), str(name.value))
        return None

    def _attribute(self, owner: str | None, name: str) -> str | None:
        found = self._counter.classes.get(owner or "")
        return None if found is None else found.attributes.get(name)

    def _learn(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, other in zip(target.elts, value.elts, strict=False):
                self._learn(one, other)
        elif isinstance(target, ast.Name):
            found = self._type(value)
            if found is None:
                self._types.pop(target.id, None)
            else:
                self._types[target.id] = found


def _read_class(node: ast.ClassDef) -> _Class:
    """Attributes with their classes (`conv : __torch__.Conv2d`, `__annotations__["0"] = __torch__.Conv2d`), methods."""
    found = _Class()
    for statement in node.body:
        match statement:
            case ast.FunctionDef():
                found.methods[statement.name] = statement
            case ast.AnnAssign(target=ast.Name(id=name), annotation=kind):
                found.attributes[name] = _dotted(kind) or ""
            case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=key))], value=kind):
                found.attributes[str(key)] = _dotted(kind) or ""
    return found


def _dotted(node: ast.expr) -> str | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None
