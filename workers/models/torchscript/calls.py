"""One TorchScript IR node → one Python function over values."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from openapi.problems import ModelRejected, ModelUnsafe, TremorError, UnsupportedOperator
from workers.models.torchscript import known, modes, operators, primitives, quantised
from workers.models.torchscript.batch import free_batch
from workers.models.torchscript.codes import DTYPES, converted
from workers.models.torchscript.scalars import SCALARS
from workers.models.torchscript.special import SPECIAL, compute_dtype
from workers.refusals import said

#: ``function(program, *inputs)``
Function = Callable[..., Any]

aten = torch.ops.aten

_PLAIN = {int, float, bool, str, type(None)}


def truth(value: Any) -> bool:
    """Read a condition; the image's content cannot decide it, since the graph must serve every image."""
    if isinstance(value, Tensor) and known.known(value) is not None:
        return bool(known.number(value))
    if isinstance(value, Tensor):
        raise ModelRejected(
            "the model branches on the content of a tensor; such control flow cannot be differentiated or batched"
        )
    return bool(value)


def has_tensor(value: Any) -> bool:
    """Whether a value is a tensor or holds one."""
    if isinstance(value, (list, tuple)):
        return any(has_tensor(item) for item in value)
    if isinstance(value, dict):
        return any(has_tensor(item) for item in value.values())
    return isinstance(value, Tensor)


def resolve(node: Any) -> Function:
    """Return the function of a node that is neither control flow nor attribute access.

    One that is not supported raises `UnsupportedOperator` when it is run, naming the operator and its place in the
    file's source. Raises `ModelUnsafe` at once.
    """
    try:
        return _resolve(node)
    except UnsupportedOperator as error:
        return _refusal(error)


def _refusal(error: UnsupportedOperator) -> Function:
    """Refuse where it is run: files hold branches for other settings."""

    def refuse(program: Any, *given: Any) -> Any:
        raise error

    return refuse


def _resolve(node: Any) -> Function:
    namespace, _, name = node.kind().partition("::")
    if namespace == "prim":
        function = primitives.find(node, name)
        if function is None:
            where = place(node)
            kind = ModelUnsafe if name in operators.DANGEROUS else UnsupportedOperator
            raise kind(f"the operator prim::{name} at {where} is not supported", operator=f"prim::{name}", entry=where)
        return function
    where = place(node)
    operators.check(namespace, name, where)
    if namespace != "aten":
        return quantised.resolve(namespace, name, where)
    return Aten(name, node.schema(), where)


def place(node: Any) -> str:
    """Return the last line of a node's source range, for messages."""
    text = str(node.sourceRange()).strip().splitlines()
    found = [line.strip() for line in text if "File" in line or ".py" in line or "<--- HERE" in line]
    return found[0].replace("<--- HERE", "").rstrip(" ~")[:160] if found else "the model's forward"


class Aten:
    """An ``aten::`` operator: on Python values where no argument is a tensor, on the exact overload otherwise."""

    def __init__(self, name: str, schema: str, where: str) -> None:
        self.name = name
        self.where = where
        head = schema.partition("(")[0]
        overload = head.partition(".")[2] or "default"
        packet = getattr(aten, name, None)
        self.packet = packet
        self.overload = getattr(packet, overload, None) if packet is not None else None
        self.special = SPECIAL.get(name)
        base = name[:-1] if name.endswith("_") and not name.endswith("__") else name
        self.scalar = SCALARS.get(name) or SCALARS.get(base)
        self.arguments = list(self.overload._schema.arguments) if self.overload is not None else []
        self.types = [str(argument.real_type) for argument in self.arguments]

    def __call__(self, program: Any, *given: Any) -> Any:
        """Run the operator; `program` knows the batch."""
        try:
            if self.scalar is not None and all(type(value) in _PLAIN for value in given):
                return self.scalar(*given)
            result = self._call(program, given)
            known.follow(self.name, given, result, lambda numbers: self._call(program, tuple(numbers)))
            return quantised.follow(self.name, given[0], result) if program.quantised and given else result
        except TremorError:
            raise
        except RecursionError:
            raise
        except (
            RuntimeError,
            TypeError,
            ValueError,
            IndexError,
            KeyError,
            ZeroDivisionError,
            NotImplementedError,
        ) as error:
            if type(error).__module__.startswith("torch.fx") or "Constrain" in type(error).__name__:
                raise
            raise OperatorFailed(self.name, self.where, error) from error

    def _call(self, program: Any, given: tuple[Any, ...]) -> Any:
        name = self.name
        if modes.idle(program, name, self.where, given):
            return given[0]
        if name == "to":
            return self._cast(given)
        if name in SIMPLE:
            return SIMPLE[name](*given)
        tensors = any(has_tensor(value) for value in given)
        if self.scalar is not None and not tensors:
            return self.scalar(*given)
        if name in COLLECTIONS and not isinstance(given[0], Tensor):
            return SCALARS[name](*given)
        if name in {"__is__", "__isnot__"}:
            return (given[0] is given[1]) == (name == "__is__")
        args = free_batch(name, given, program.batch, program.traced_batch)
        if name == "cat" or name == "concat":
            args[0] = _spread(args[0], args[1], program.traced_batch)
        if any(freed is not burnt for freed, burnt in zip(args, given, strict=True)):
            modes.note(program, f"the file fixes the batch size at {program.traced_batch or 1}; it was freed")
        if self.special is not None:
            return self.special(*args)
        if self.overload is None:
            raise UnsupportedOperator(
                f"the operator aten::{name} is not supported", operator=f"aten::{name}", entry=self.where
            )
        return self._overload(args)

    def _overload(self, args: list[Any]) -> Any:
        assert self.overload is not None
        assert self.packet is not None
        positional: list[Any] = []
        keywords: dict[str, Any] = {}
        numbers = False
        for argument, kind, value in zip(self.arguments, self.types, args, strict=False):
            value = converted(kind, value)
            numbers = numbers or (kind == "Tensor" and not isinstance(value, Tensor))
            if argument.kwarg_only:
                keywords[argument.name] = value
            else:
                positional.append(value)
        if not numbers:
            return self.overload(*positional, **keywords)
        try:
            return self.packet(*positional, **keywords)
        except (RuntimeError, TypeError):
            lifted = [
                torch.tensor(value) if kind == "Tensor" and not isinstance(value, Tensor) else value
                for kind, value in zip(self.types, positional, strict=False)
            ]
            return self.overload(*lifted, **keywords)

    def _cast(self, given: tuple[Any, ...]) -> Any:
        x = given[0]
        if not isinstance(x, Tensor):
            return x
        for argument, value in zip(self.arguments[1:], given[1:], strict=False):
            if argument.name == "dtype" and value is not None:
                return _to(x, DTYPES[value])
            if argument.name == "other" and isinstance(value, Tensor):
                return _to(x, value.dtype)
        return x


def _to(x: Tensor, dtype: torch.dtype) -> Tensor:
    dtype = compute_dtype(dtype)
    return x if x.dtype == dtype else aten.to.dtype(x, dtype)


class OperatorFailed(ModelRejected):
    """An operator of the file that torch refused on the input given."""

    def __init__(self, name: str, where: str, error: Exception) -> None:
        super().__init__(
            f"aten::{name} failed at {where}: {said(error)}",
            operator=f"aten::{name}",
        )


def _spread(tensors: Any, dim: Any, traced_batch: int | None) -> Any:
    """Give a class token, which tracing repeated for its own batch, the batch of the tensors that it is joined to."""
    if not isinstance(tensors, list) or dim == 0 or not all(isinstance(t, Tensor) and t.dim() for t in tensors):
        return tensors
    batch = next((t.shape[0] for t in tensors if isinstance(t.shape[0], torch.SymInt)), None)
    if batch is None:
        return tensors
    burnt = [not isinstance(t.shape[0], torch.SymInt) and t.shape[0] in {1, traced_batch} for t in tensors]
    if not any(burnt):
        return tensors
    return [t[:1].expand(batch, *t.shape[1:]) if fixed else t for t, fixed in zip(tensors, burnt, strict=True)]


def _warn(*_: Any) -> None:
    return None


def _size(x: Tensor, dim: int | None = None) -> Any:
    return list(x.shape) if dim is None else x.shape[dim]


def _tensor(data: Any, dtype: int | None = None, device: Any = None, requires_grad: bool = False) -> Any:
    del device, requires_grad
    if has_tensor(data):
        return torch.stack([torch.as_tensor(item) for item in data]) if isinstance(data, list) else data
    return torch.tensor(data, dtype=None if dtype is None else compute_dtype(DTYPES[dtype]))


def _read(x: Any, *_: Any) -> Any:
    return known.number(x) if isinstance(x, Tensor) else x


def _integer(x: Any) -> Any:
    return SCALARS["Int"](_read(x))


def _floating(x: Any) -> Any:
    return SCALARS["Float"](_read(x))


#: Operators answered without a kernel, whatever their arguments.
SIMPLE: dict[str, Callable[..., Any]] = {
    "quantize_per_tensor": lambda x, scale, zero, dtype: quantised.quantize(x, float(scale), int(zero), DTYPES[dtype]),
    "dequantize": lambda x: aten.alias.default(x),
    "warn": _warn,
    "_assert": _warn,
    "size": _size,
    "sym_size": _size,
    "dim": lambda x: x.dim(),
    "numel": lambda x: x.numel(),
    "is_floating_point": lambda x: x.is_floating_point(),
    "is_complex": lambda x: x.is_complex(),
    "is_contiguous": lambda x, *_: True,
    "is_autocast_enabled": lambda *_: False,
    "is_autocast_cpu_enabled": lambda *_: False,
    "is_grad_enabled": lambda: True,
    "is_inference": lambda *_: False,
    "tensor": _tensor,
    "as_tensor": _tensor,
    "Int": _integer,
    "IntImplicit": _integer,
    "Float": _floating,
    "FloatImplicit": _floating,
    "ScalarImplicit": _read,
    "item": _read,
    "Bool": truth,
    "is_nonzero": truth,
    "equal": lambda a, b: truth((a == b).all()) if a.shape == b.shape else False,
    "get_device": lambda x: -1,
    "stride": lambda x, *dim: x.stride(*dim) if dim else list(x.stride()),
}

#: Operators whose first argument is a list or dictionary, of tensors too.
COLLECTIONS = {
    "append", "__getitem__", "_set_item", "len", "list", "extend", "insert", "pop", "keys", "values", "items", "slice",
    "add", "__contains__", "clear", "copy", "dict", "get", "reverse", "eq", "ne", "mul", "add_",
}  # fmt: skip
