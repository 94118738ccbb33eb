"""Checks that every tensor of an archive's pickles lies inside its storage, and every storage inside its entry.

torch's own reader believes these numbers: a tensor that is declared larger than its bytes reads the memory behind them.
The pickle is run here on abstract values, as torch's reader runs it: nothing is imported and nothing is called.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openapi.problems import ModelMalformed, ModelUnsafe
from workers.models.torchscript.pickles import operations

#: Elements that one tensor may have, whatever its storage holds (a stride of 0 repeats what is there).
MAX_ELEMENTS = 2**31

_ITEM_BYTES = {
    "Float": 4, "Double": 8, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2, "Char": 1, "Byte": 1, "Bool": 1,
    "QInt8": 1, "QUInt8": 1, "QInt32": 4, "ComplexFloat": 8, "ComplexDouble": 16, "Untyped": 1,
}  # fmt: skip
_REBUILDERS = frozenset(f"torch._utils _rebuild_{name}" for name in ("tensor", "tensor_v2", "tensor_v3", "qtensor"))


@dataclass(frozen=True)
class _Global:
    name: str


@dataclass(frozen=True)
class _Storage:
    elements: int


class _Opaque:
    """A value that plays no part here."""


def check_tensors(content: bytes, entry: str, sizes: Mapping[str, int]) -> None:
    """Raise `ModelMalformed`, naming the entry, for a tensor that is not wholly inside the bytes of its storage.

    `sizes`: the bytes of the archive's entries; the storages of ``data.pkl`` are the entries ``data/0`` and so on.
    """
    machine = _Machine(entry, sizes)
    try:
        machine.run(operations(content, entry))
    except (IndexError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelMalformed(f"{entry} is no readable pickle: {error}", entry=entry) from error


class _Machine:
    """A pickle's stack, marks and memo."""

    def __init__(self, entry: str, sizes: Mapping[str, int]) -> None:
        self.entry, self.sizes = entry, sizes
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def run(self, operations: Iterator[tuple[str, Any]]) -> None:
        for name, argument in operations:
            if name in _CONSTANTS:
                self.stack.append(_CONSTANTS[name]())
            elif name in _VALUES:
                self.stack.append(argument)
            else:
                getattr(self, "on_" + name.lower())(argument)

    def above_mark(self) -> list[Any]:
        """Take what lies above the last mark."""
        at = self.marks.pop()
        taken, self.stack[at:] = self.stack[at:], []
        return taken

    def on_mark(self, _: Any) -> None:
        self.marks.append(len(self.stack))

    def on_tuple(self, _: Any) -> None:
        self.stack.append(tuple(self.above_mark()))

    def on_tuple1(self, _: Any) -> None:
        self.stack[-1:] = [tuple(self.stack[-1:])]

    def on_tuple2(self, _: Any) -> None:
        self.stack[-2:] = [tuple(self.stack[-2:])]

    def on_tuple3(self, _: Any) -> None:
        self.stack[-3:] = [tuple(self.stack[-3:])]

    def on_list(self, _: Any) -> None:
        self.above_mark()
        self.stack.append(_Opaque())

    on_dict = on_list

    def on_appends(self, _: Any) -> None:
        self.above_mark()

    on_setitems = on_appends

    def on_append(self, _: Any) -> None:
        self.stack.pop()

    on_build = on_pop = on_append

    def on_setitem(self, _: Any) -> None:
        del self.stack[-2:]

    def on_pop_mark(self, _: Any) -> None:
        self.above_mark()

    def on_dup(self, _: Any) -> None:
        self.stack.append(self.stack[-1])

    def on_put(self, argument: int) -> None:
        self.memo[argument] = self.stack[-1]

    on_binput = on_long_binput = on_put

    def on_memoize(self, _: Any) -> None:
        self.memo[len(self.memo)] = self.stack[-1]

    def on_get(self, argument: int) -> None:
        self.stack.append(self.memo[argument])

    on_binget = on_long_binget = on_get

    def on_proto(self, _: Any) -> None:
        """Nothing to do, as for the frame and the end."""

    on_frame = on_stop = on_proto

    def on_global(self, argument: str) -> None:
        self.stack.append(_Global(argument))

    def on_newobj(self, _: Any) -> None:
        del self.stack[-2:]
        self.stack.append(_Opaque())

    def on_reduce(self, _: Any) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        if not isinstance(function, _Global):
            raise ModelUnsafe(f"{self.entry} calls something that has no name", entry=self.entry)
        if function.name in _REBUILDERS:
            self._tensor(*arguments[:4])
        self.stack.append(_Opaque())

    def on_binpersid(self, _: Any) -> None:
        word, kind, key, _, elements = self.stack.pop()
        item = _ITEM_BYTES[kind.name.removeprefix("torch ").removesuffix("Storage")]
        name = f"{self.entry.removesuffix('.pkl')}/{key}"
        held = self.sizes.get(name)
        if word != "storage" or held is None or not 0 <= elements * item <= held:
            raise ModelMalformed(
                f"{self.entry} declares a storage of {elements} × {item} bytes in the entry {name!r}, which "
                + ("is not there" if held is None else f"has {held}"),
                entry=self.entry,
            )
        self.stack.append(_Storage(elements))

    def _tensor(self, storage: _Storage, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> None:
        last, count = offset, 1
        for extent, step in zip(size, stride, strict=True):
            last += (extent - 1) * step
            count *= extent
        negative = min((offset, *size, *stride)) < 0
        if negative or count > MAX_ELEMENTS or (count > 0 and last >= storage.elements):
            raise ModelMalformed(
                f"{self.entry} declares a tensor of shape {list(size)}, strides {list(stride)} and offset {offset} "
                f"in a storage of {storage.elements} elements, where it has no room",
                entry=self.entry,
            )


_CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_TUPLE": tuple,
    "EMPTY_LIST": _Opaque,
    "EMPTY_DICT": _Opaque,
}
_VALUES_NAMES = """
    INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT STRING BINSTRING SHORT_BINSTRING UNICODE BINUNICODE
    SHORT_BINUNICODE BINUNICODE8 BINBYTES SHORT_BINBYTES
"""
_VALUES = frozenset(_VALUES_NAMES.split())
