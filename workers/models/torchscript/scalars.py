"""TorchScript operators on Python values: numbers, sizes, lists, strings and dictionaries. No tensors.

Sizes may be symbolic (the batch): only Python's own operators touch them, so that they stay so.
"""

import math
import operator
from collections.abc import Callable
from typing import Any

import torch


def _slice(values: Any, start: int | None = None, end: int | None = None, step: int = 1) -> Any:
    return values[slice(start, end, step)]


def _append(values: list[Any], item: Any) -> list[Any]:
    values.append(item)
    return values


def _extend(values: list[Any], items: list[Any]) -> None:
    values.extend(items)


def _insert(values: list[Any], index: int, item: Any) -> None:
    values.insert(index, item)


def _set_item(values: Any, key: Any, item: Any) -> Any:
    values[key] = item
    return values


def _get_or(values: dict[Any, Any], key: Any, default: Any = None) -> Any:
    return values.get(key, default)


def _divide(a: Any, b: Any, rounding_mode: str | None = None) -> Any:
    if rounding_mode == "floor":
        return a // b
    if rounding_mode == "trunc":
        return a // b if isinstance(a, int) and a >= 0 and b > 0 else math.trunc(a / b)
    return a / b


def _add(a: Any, b: Any, alpha: Any = 1) -> Any:
    return a + b if alpha == 1 else a + alpha * b


def _sub(a: Any, b: Any, alpha: Any = 1) -> Any:
    return a - b if alpha == 1 else a - alpha * b


def _rounded(a: Any) -> Any:
    return a if isinstance(a, (int, torch.SymInt)) else round(a)


def _int(a: Any) -> Any:
    return a if isinstance(a, (int, torch.SymInt)) and not isinstance(a, bool) else int(a)


def _float(a: Any) -> Any:
    return torch.sym_float(a) if isinstance(a, torch.SymInt) else float(a)


def _floor(a: Any) -> Any:
    return a if isinstance(a, (int, torch.SymInt)) else math.floor(a)


def _ceil(a: Any) -> Any:
    return a if isinstance(a, (int, torch.SymInt)) else math.ceil(a)


def _clamp(a: Any, low: Any = None, high: Any = None) -> Any:
    a = a if low is None else max(a, low)
    return a if high is None else min(a, high)


def _smallest(a: Any, b: Any = None) -> Any:
    return min(a) if b is None else min(a, b)


def _largest(a: Any, b: Any = None) -> Any:
    return max(a) if b is None else max(a, b)


def _range_length(low: int, high: int, step: int) -> int:
    return len(range(low, high, step))


def _same(a: Any, b: Any) -> bool:
    return a is b or (a is not None and b is not None and isinstance(a, (bool, int)) and a == b)


def _different(a: Any, b: Any) -> bool:
    return not _same(a, b)


def _identity(a: Any, *_: Any) -> Any:
    return a


#: Operator name (without ``aten::``) → its meaning where no argument is a tensor.
SCALARS: dict[str, Callable[..., Any]] = {
    "__and__": operator.and_,
    "__contains__": operator.contains,
    "__derive_index": lambda index, start, step: start + index * step,
    "__getitem__": operator.getitem,
    "__is__": _same,
    "__isnot__": _different,
    "__not__": operator.not_,
    "__or__": operator.or_,
    "__range_length": _range_length,
    "__round_to_zero_floordiv": operator.floordiv,
    "__xor__": operator.xor,
    "Bool": bool,
    "Float": _float,
    "FloatImplicit": _float,
    "Int": _int,
    "IntImplicit": _int,
    "ScalarImplicit": _identity,
    "_set_item": _set_item,
    "abs": abs,
    "add": _add,
    "add_": _add,
    "all": all,
    "any": any,
    "append": _append,
    "ceil": _ceil,
    "clamp": _clamp,
    "clear": lambda values: values.clear(),
    "copy": lambda values: values.copy(),
    "cos": math.cos,
    "degrees": math.degrees,
    "detach": _identity,
    "dict": dict,
    "div": _divide,
    "endswith": str.endswith,
    "eq": operator.eq,
    "exp": math.exp,
    "extend": _extend,
    "find": str.find,
    "floor": _floor,
    "floor_divide": operator.floordiv,
    "floordiv": operator.floordiv,
    "fmod": math.fmod,
    "format": lambda text, *values: str(text).format(*values),
    "ge": operator.ge,
    "get": _get_or,
    "gt": operator.gt,
    "insert": _insert,
    "isfinite": math.isfinite,
    "isinf": math.isinf,
    "isnan": math.isnan,
    "item": _identity,
    "items": lambda values: list(values.items()),
    "join": str.join,
    "keys": lambda values: list(values.keys()),
    "le": operator.le,
    "len": len,
    "list": list,
    "log": math.log,
    "log2": math.log2,
    "lower": str.lower,
    "lt": operator.lt,
    "max": _largest,
    "maximum": _largest,
    "min": _smallest,
    "minimum": _smallest,
    "mul": operator.mul,
    "ne": operator.ne,
    "neg": operator.neg,
    "pop": lambda values, index=-1: values.pop(index),
    "pow": operator.pow,
    "remainder": operator.mod,
    "replace": str.replace,
    "reverse": lambda values: values.reverse(),
    "round": _rounded,
    "rsub": lambda a, b, alpha=1: _sub(b, a, alpha),
    "sin": math.sin,
    "slice": _slice,
    "split": str.split,
    "sqrt": math.sqrt,
    "startswith": str.startswith,
    "str": str,
    "strip": str.strip,
    "sub": _sub,
    "sum": sum,
    "to": _identity,
    "true_divide": operator.truediv,
    "trunc": math.trunc,
    "upper": str.upper,
    "values": lambda values: list(values.values()),
}
