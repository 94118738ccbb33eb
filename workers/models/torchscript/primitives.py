"""TorchScript's ``prim::`` nodes, which compute nothing: they build and take apart values, and ask what they are."""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from openapi.problems import ModelRejected
from workers.models.torchscript.codes import code
from workers.models.torchscript.scalars import SCALARS


def _nothing(*_: Any) -> None:
    return None


def _raise(*message: Any) -> None:
    text = next((str(part) for part in message if isinstance(part, str)), "an error")
    raise ModelRejected(f"the model's own code stops with: {text[:300]}")


def _list_unpack(program: Any, values: Sequence[Any]) -> Sequence[Any]:
    return values


def find(node: Any, name: str) -> Callable[..., Any] | None:
    """Return the function of a ``prim::`` node; None when it is not supported."""
    if name == "ListConstruct":
        return lambda program, *items: list(items)
    if name == "TupleConstruct":
        return lambda program, *items: tuple(items)
    if name in {"ListUnpack", "TupleUnpack"}:
        return _list_unpack
    if name == "DictConstruct":
        return lambda program, *items: dict(zip(items[0::2], items[1::2], strict=True))
    if name == "isinstance":
        types = [str(t) for t in node.tys("types")] if "types" in node.attributeNames() else []
        return lambda program, value: _is_instance(value, types)
    simple = PRIMITIVES.get(name)
    return None if simple is None else lambda program, *items: simple(*items)


def _is_instance(value: Any, types: list[str]) -> bool:
    python = {"Tensor": Tensor, "int": int, "float": float, "bool": bool, "str": str, "NoneType": type(None)}
    for name in types:
        if name in python and isinstance(value, python[name]):
            return True
        # `isinstance(x, list)` names no members; operators that give lists give tuples here
        several = name.startswith(("List", "Tuple", "Dict", "list", "tuple")) or "[]" in name
        if several and isinstance(value, (list, tuple, dict)):
            return True
    return False


def _identity(value: Any, *_: Any) -> Any:
    return value


PRIMITIVES: dict[str, Callable[..., Any]] = {
    "NumToTensor": _identity,
    "unchecked_cast": _identity,
    "unchecked_unwrap_optional": _identity,
    "data": _identity,
    "Uninitialized": _nothing,
    "Print": _nothing,
    "Enter": _identity,
    "Exit": _nothing,
    "RaiseException": _raise,
    "TupleIndex": lambda values, index: values[index],
    "TupleSlice": lambda values, start, end: values[start:end],
    "dtype": lambda x: code(x.dtype),
    "device": lambda x: x.device,
    "type": lambda device: getattr(device, "type", "cpu"),
    "index": lambda device: None,
    "layout": lambda x: 0,
    "shape": lambda x: list(x.shape),
    "ndim": lambda x: x.dim(),
    "is_cuda": lambda x: False,
    "is_cpu": lambda x: True,
    "is_nested": lambda x: False,
    "is_sparse": lambda x: False,
    "is_quantized": lambda x: False,
    "is_mkldnn": lambda x: False,
    "is_mps": lambda x: False,
    "is_meta": lambda x: False,
    "is_vulkan": lambda x: False,
    "is_xla": lambda x: False,
    "requires_grad": lambda x: True,
    "min": SCALARS["min"],
    "max": SCALARS["max"],
    "abs": SCALARS["abs"],
    "EnumValue": lambda item: item.value,
    "EnumName": lambda item: item.name,
    "rangelist": lambda n: list(range(n)),
}
