"""Checks an archive's pickles opcode by opcode: only the globals that TorchScript itself writes may occur."""

import pickletools
from collections.abc import Iterator
from typing import Any

from openapi.problems import ModelMalformed, ModelUnsafe
from workers.models.torchscript.operators import CPP_CLASSES

_STORAGES = (
    "Float Double Half BFloat16 Long Int Short Char Byte Bool QInt8 QUInt8 QInt32 ComplexFloat ComplexDouble Untyped"
)
_GLOBALS = frozenset(
    {
        "collections OrderedDict",
        "torch device",
        "torch._utils _rebuild_tensor",
        "torch._utils _rebuild_tensor_v2",
        "torch._utils _rebuild_tensor_v3",
        "torch._utils _rebuild_parameter",
        "torch._utils _rebuild_qtensor",
        "torch._tensor _rebuild_from_type_v2",
        "torch.jit._pickle build_boollist",
        "torch.jit._pickle build_doublelist",
        "torch.jit._pickle build_intlist",
        "torch.jit._pickle build_tensor_from_id",
        "torch.jit._pickle build_tensorlist",
        "torch.jit._pickle restore_type_tag",
        "torch per_channel_affine",
        "torch per_tensor_affine",
        "torch per_channel_affine_float_qparams",
        "torch.serialization _get_layout",
        *(f"torch {kind}Storage" for kind in _STORAGES.split()),
    }
)
_OPCODES_NAMES = """
    PROTO STOP MARK POP POP_MARK DUP NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT
    BINFLOAT STRING BINSTRING SHORT_BINSTRING UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8 BINBYTES
    SHORT_BINBYTES EMPTY_LIST APPEND APPENDS LIST EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_DICT DICT SETITEM
    SETITEMS GET BINGET LONG_BINGET PUT BINPUT LONG_BINPUT GLOBAL REDUCE BUILD NEWOBJ BINPERSID FRAME MEMOIZE
"""
_OPCODES = frozenset(_OPCODES_NAMES.split())


def operations(content: bytes, entry: str) -> Iterator[tuple[str, Any]]:
    """Yield the opcodes of a pickle with their arguments. `ModelMalformed` when it is none."""
    try:
        for opcode, argument, _ in pickletools.genops(content):
            yield opcode.name, argument
    except (ValueError, IndexError, UnicodeDecodeError, OverflowError) as error:
        raise ModelMalformed(f"{entry} is no readable pickle: {error}", entry=entry) from error


def check_pickle(content: bytes, entry: str) -> None:
    """Raise `ModelUnsafe`, naming the global or opcode and the entry, unless all are TorchScript's own.

    Archive classes (``__torch__.…``) pass: their code is checked by `sources`.
    """
    for name, argument in operations(content, entry):
        if name not in _OPCODES:
            raise ModelUnsafe(f"{entry} uses the pickle opcode {name}, which TorchScript never writes", entry=entry)
        if name == "GLOBAL" and not _allowed(str(argument)):
            shown = str(argument).replace(" ", ".")
            raise ModelUnsafe(f"{entry} asks for the Python object {shown}", entry=entry, operator=shown)


def _allowed(name: str) -> bool:
    if name in _GLOBALS:
        return True
    dotted = name.replace(" ", ".")
    if dotted.startswith("__torch__.torch.classes."):
        return dotted.startswith(CPP_CLASSES)
    # A class of the program's main module stands right below ``__torch__``, which is then the whole module's name.
    return dotted.startswith("__torch__.")


def traced_shape(content: bytes) -> tuple[int, ...] | None:
    """Return the shape of the one tensor that a traced model's `traced_inputs.pkl` records; None if there is not one.

    A tensor is written as its storage (ending in BINPERSID), an offset, and its sizes between MARK and TUPLE.
    """
    shapes: list[tuple[int, ...]] = []
    found = iter(operations(content, "traced_inputs.pkl"))
    for name, _ in found:
        if name != "BINPERSID":
            continue
        for following, _ in found:
            if following == "MARK":
                break
        sizes: list[int] = []
        for following, value in found:
            if not following.startswith("BININT"):
                break
            sizes.append(int(value))
        shapes.append(tuple(sizes))
    return shapes[0] if len(shapes) == 1 and len(shapes[0]) >= 2 else None
