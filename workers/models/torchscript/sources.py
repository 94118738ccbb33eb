"""Checks the sources in an archive's ``code/``: every operator that they name, called or not, must be allowed.

The sources are what `torch.jit.load` compiles, `__setstate__` methods included, which run during loading. They parse
as Python; the walk below closes the ways to an operator: ``torch.x``, ``ops.ns.x``, a method on a tensor, and a name
that was assigned one of these.
"""

import ast
import re

import torch

from openapi.problems import ModelMalformed, ModelUnsafe, UnsupportedOperator
from workers.models.torchscript import operators
from workers.models.torchscript.size import check_size

_BUILTINS_NAMES = """
    annotate unchecked_cast uninitialized getattr hasattr isinstance float int bool str len range print tuple list
    dict min max abs zip enumerate all any sorted divmod ord chr round sum Exception AssertionError ValueError
    RuntimeError NotImplementedError
"""
_BUILTINS = frozenset(_BUILTINS_NAMES.split())
_ROOTS = frozenset({"torch", "ops"})
_STATEMENTS = (
    ast.ClassDef, ast.FunctionDef, ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.For, ast.While, ast.If,
    ast.Expr, ast.Pass, ast.Break, ast.Continue, ast.Raise, ast.Assert, ast.With, ast.Import, ast.Delete,
)  # fmt: skip
_EXPRESSIONS = (
    ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.IfExp, ast.Dict, ast.ListComp, ast.Compare, ast.Call, ast.Constant,
    ast.Attribute, ast.Subscript, ast.Starred, ast.Name, ast.List, ast.Tuple, ast.Slice,
)  # fmt: skip


def check_sources(sources: dict[str, bytes]) -> None:
    """Raise `ModelUnsafe` or `UnsupportedOperator`, naming operator and entry, unless all operators are allowed.

    So too when there are too many of them; see `size`.
    """
    trees = {entry: _parse(content, entry) for entry, content in sources.items()}
    methods = {node.name for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for entry, tree in trees.items():
        try:
            _Checker(entry, methods).visit(tree)
        except RecursionError as error:
            raise ModelUnsafe(f"{entry} is nested too deeply", entry=entry) from error
    check_size(trees)


def _parse(content: bytes, entry: str) -> ast.Module:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ModelMalformed(f"{entry} is not UTF-8", entry=entry) from error
    # Characters that end a line for one parser and not for the other could hide code from this check.
    if re.search("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]", text):
        raise ModelUnsafe(f"{entry} holds control characters", entry=entry)
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ModelMalformed(f"{entry} does not parse: {error}", entry=entry) from error


def _dotted(node: ast.expr) -> list[str] | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return [node.id, *reversed(parts)]


class _Checker(ast.NodeVisitor):
    """Walks one source file."""

    def __init__(self, entry: str, methods: set[str]) -> None:
        self.entry = entry
        self.methods = methods
        self.aliases: set[str] = set()

    def _check(self, namespace: str, name: str, where: str) -> None:
        """An operator of a branch that is never run may be unknown, unless something runs while the archive loads."""
        try:
            operators.check(namespace, name, where)
        except UnsupportedOperator:
            if namespace != "aten" or "__setstate__" in self.methods or not operators.is_arithmetic(name):
                raise

    def generic_visit(self, node: ast.AST) -> None:
        if (isinstance(node, ast.stmt) and not isinstance(node, _STATEMENTS)) or (
            isinstance(node, ast.expr) and not isinstance(node, _EXPRESSIONS)
        ):
            raise ModelUnsafe(
                f"{self.entry} holds a {type(node).__name__}, which TorchScript never writes", entry=self.entry
            )
        super().generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Collect which local names stand for functions of the archive, and only for these."""
        if node.decorator_list:
            raise ModelUnsafe(f"{self.entry} decorates {node.name}", entry=self.entry)
        assigned: dict[str, bool] = {}
        for inner in ast.walk(node):
            if isinstance(inner, ast.Assign):
                path = _dotted(inner.value)
                ours = path is not None and path[0] == "__torch__"
                for target in inner.targets:
                    for name in ast.walk(target):
                        if isinstance(name, ast.Name):
                            assigned[name.id] = assigned.get(name.id, True) and ours
        outer, self.aliases = self.aliases, {name for name, ours in assigned.items() if ours}
        self.generic_visit(node)
        self.aliases = outer

    def visit_Import(self, node: ast.Import) -> None:
        """Old archives import their own modules."""
        for alias in node.names:
            if alias.name.split(".")[0] != "__torch__":
                raise ModelUnsafe(f"{self.entry} imports {alias.name}", entry=self.entry)

    def visit_Name(self, node: ast.Name) -> None:
        """``torch`` and ``ops`` may only begin a path."""
        if node.id in _ROOTS:
            raise ModelUnsafe(f"{self.entry} uses the name {node.id!r} by itself", entry=self.entry)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Check a path from ``torch`` or ``ops``, or an attribute of a value."""
        path = _dotted(node)
        if path is not None and path[0] in _ROOTS:
            self._operator(path)
            return
        if path is not None and path[0] == "__torch__":
            dotted = ".".join(path)
            if dotted.startswith("__torch__.torch.classes.") and not dotted.startswith(operators.CPP_CLASSES):
                raise ModelUnsafe(f"{self.entry} uses the class {dotted}", entry=self.entry, operator=dotted)
            return
        if node.attr in operators.DANGEROUS and node.attr not in self.methods:
            self._check("aten", node.attr, self.entry)
        self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        """Check what is called, then its arguments."""
        function = node.func
        if isinstance(function, ast.Name):
            if function.id not in _BUILTINS and function.id not in self.aliases:
                raise UnsupportedOperator(
                    f"{self.entry} calls {function.id}, which is no function of the archive",
                    operator=function.id,
                    entry=self.entry,
                )
        elif isinstance(function, ast.Attribute):
            path = _dotted(function)
            if path is None or path[0] not in {*_ROOTS, "__torch__"}:
                self._method(function.attr)
            self.visit(function)
        else:
            raise ModelUnsafe(f"{self.entry} calls a computed function", entry=self.entry)
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            self.visit(argument)

    def _method(self, name: str) -> None:
        if name in operators.CPP_METHODS:
            return
        if name not in self.methods or name in operators.DANGEROUS or hasattr(torch.ops.aten, name):
            self._check("aten", name, self.entry)

    def _operator(self, path: list[str]) -> None:
        if path[0] == "ops":
            namespace, name = (path[1], path[2]) if len(path) > 2 else ("", ".".join(path[1:]))
            self._check(namespace, name, self.entry)
        elif len(path) == 2:
            self._check("aten", path[1], self.entry)
        elif path[1] not in {"device", "dtype"}:
            # `torch.nn.functional.relu` and the like: the last part is the operator
            self._check("aten", path[-1], self.entry)
