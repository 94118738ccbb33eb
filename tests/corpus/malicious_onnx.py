"""ONNX files that were made to hurt; most of their graphs lie in `onnx_models`."""

from pathlib import Path

import onnx
from onnx import TensorProto, helper

from tests.corpus import onnx_models
from tests.corpus.malice import Malice, listing
from tests.workers.models.onnx.files import model

FILES: list[Malice] = []
_listed = listing(FILES, "models")


def _onnx(proto: onnx.ModelProto) -> bytes:
    return bytes(proto.SerializeToString())


@_listed("model-unsupported-operator", "ConstantOfShape")
def onnx_four_terabyte_constant(outside: Path) -> bytes:
    """A computed constant of 4 TB, in 105 bytes."""
    return _onnx(onnx_models.four_terabytes())


@_listed("model-unsafe", "elements")
def onnx_four_terabyte_initialiser(outside: Path) -> bytes:
    """An initialiser that is declared to be 4 TB, without its bytes."""
    proto = onnx_models.tiny()
    proto.graph.initializer.add(name="k", data_type=TensorProto.FLOAT, dims=[2**40])
    return _onnx(proto)


@_listed("model-unsafe", "nodes")
def onnx_nested_functions(outside: Path) -> bytes:
    """Local functions that double forty times."""
    return _onnx(onnx_models.nested_functions())


@_listed("model-unsafe", "calls itself")
def onnx_recursive_function(outside: Path) -> bytes:
    """A local function that calls itself."""
    return _onnx(onnx_models.recursive_function())


@_listed("model-unsafe", "external|outside")
def onnx_external_data(outside: Path) -> bytes:
    """Weights that are said to lie in a file of the machine."""
    return _onnx(onnx_models.external_data(str(outside / "secret")))


@_listed("model-unsafe", "external|outside")
def onnx_external_data_above(outside: Path) -> bytes:
    """The same by a path that climbs."""
    return _onnx(onnx_models.external_data("../" * 12 + str(outside / "secret").lstrip("/")))


@_listed("model-unsafe", "nodes")
def onnx_ten_thousand_layers(outside: Path) -> bytes:
    """10,000 nodes in a row."""
    return _onnx(onnx_models.deep_net())


@_listed("model-unsafe", "400,000")
def onnx_empty_messages(outside: Path) -> bytes:
    """A megabyte of empty messages that takes a hundred times as much memory once it is parsed."""
    return _onnx(onnx_models.many_empty_messages())


@_listed("model-unsafe", "numbers for one image")
def onnx_doubling(outside: Path) -> bytes:
    """A value that is joined to itself forty times."""
    return _onnx(onnx_models.expanded_twice())


@_listed("model-numerics", "NaN")
def onnx_nan_weights(outside: Path) -> bytes:
    """A weight that is NaN."""
    return _onnx(onnx_models.nan_weights())


@_listed("model-malformed", "truncated|damaged|protobuf")
def onnx_truncated(outside: Path) -> bytes:
    """The first two thirds of a model."""
    good = _onnx(onnx_models.tiny())
    return good[: len(good) * 2 // 3]


@_listed("model-unsupported-operator", "Loop")
def onnx_endless_loop(outside: Path) -> bytes:
    """A Loop whose condition stays true."""
    true = helper.make_tensor("true", TensorProto.BOOL, [], [True])
    body = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["d"]), helper.make_node("Relu", ["a"], ["b"])],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("c", TensorProto.BOOL, []),
            helper.make_tensor_value_info("a", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("d", TensorProto.BOOL, []),
            helper.make_tensor_value_info("b", TensorProto.FLOAT, None),
        ],
    )
    loop = helper.make_node("Loop", ["", "true", "x"], ["l"], name="loop", body=body)
    return _onnx(model([loop, helper.make_node("Flatten", ["l"], ["y"])], ["n", 1, 4, 4], {"true": true}))
