"""Every operator against the test data that the ONNX standard itself publishes (in the installed `onnx` package)."""

import warnings
from collections import defaultdict
from functools import cache
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, inliner, numpy_helper
from onnx.backend.test.case.node import collect_testcases

from openapi.problems import TremorError
from workers.models.onnx.call import Batch
from workers.models.onnx.graph import Graph, read_graph
from workers.models.onnx.module import OnnxModule
from workers.models.onnx.registry import OPERATORS, find
from workers.models.onnx.tensors import to_numpy

pytestmark = pytest.mark.slow

#: Data that onnxruntime itself does not agree with (it takes the rounded length), or that is rounded to four digits.
EXPECTED_DIFFERENCES = {
    "test_resize_downsample_scales_linear_align_corners",
    "test_resize_downsample_scales_cubic_align_corners",
    "test_averagepool_2d_ceil_last_window_starts_on_pad",
    "test_gridsample_bicubic",
    "test_split_to_sequence_2",
}
#: Operators of which the standard publishes no case that consists of them alone.
WITHOUT_DATA = {
    "ConcatFromSequence",
    "GlobalLpPool",
    "SequenceAt",
    "SequenceConstruct",
    "SequenceLength",
    "SimplifiedLayerNormalization",
}
_WIDENED = {np.dtype(np.uint16): np.int32, np.dtype(np.uint32): np.int64, np.dtype(np.uint64): np.int64}


@cache
def cases() -> dict[str, list[Any]]:
    """Operator → its cases; seconds, which only those pay who run these tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = defaultdict(list)
        for case in collect_testcases(None):
            assert case.model is not None
            operators = {n.op_type for n in case.model.graph.node if not n.domain}
            if len(case.model.graph.node) == 1 and operators and ("", next(iter(operators))) in OPERATORS:
                found[next(iter(operators))].append(case)
        return found


def _proto(value: Any) -> TensorProto:
    return value if isinstance(value, TensorProto) else numpy_helper.from_array(np.asarray(value))


def _takes(graph: Graph) -> dict[str, str | None]:
    slots: dict[str, str | None] = {}
    for node in graph.nodes:
        operator = find(node.domain, node.op, node.version)
        assert operator is not None
        converter = operator.tensor or operator.host
        assert converter is not None
        for i, name in enumerate(node.inputs):
            slots[name] = converter.input(i)
    return slots


def _run(case: Any) -> None:
    proto = case.model
    if proto.functions:
        proto = inliner.inline_local_functions(proto)
    graph = read_graph(proto)
    module = OnnxModule(graph)
    takes = _takes(graph)
    given, wanted = case.data_sets[0]
    values: dict[str, Any] = {}
    for port, value in zip(proto.graph.input, given, strict=True):
        array = to_numpy(_proto(value))
        host = takes.get(port.name) == "host" or (array.dtype.kind in "ui" and takes.get(port.name) == "value")
        values[port.name] = array if host else torch.from_numpy(array.astype(_WIDENED.get(array.dtype, array.dtype)))
    outputs = module.evaluate(values, Batch(None), torch.device("cpu"))
    for output, value in zip(outputs, wanted, strict=False):
        tensor = _proto(value)
        expected = to_numpy(tensor)
        found = output.numpy() if isinstance(output, torch.Tensor) else np.asarray(output)
        assert found.shape == expected.shape
        half = tensor.data_type in (TensorProto.FLOAT16, TensorProto.BFLOAT16)
        tolerance = 1e-2 if half else 1e-4
        np.testing.assert_allclose(
            found.astype(np.float64), expected.astype(np.float64), rtol=tolerance, atol=tolerance / 10
        )


@pytest.mark.parametrize(
    "operator", sorted(name for domain, name in OPERATORS if not domain and name not in WITHOUT_DATA)
)
def test_operator_gives_the_results_of_the_standard(operator: str) -> None:
    right, refused = 0, []
    for case in cases()[operator]:
        if case.name in EXPECTED_DIFFERENCES:
            continue
        try:
            _run(case)
            right += 1
        except TremorError as error:
            refused.append((case.name, error))
    # A refusal is an answer too, but it says which node and why.
    for _, refusal in refused:
        assert "node" in refusal.detail.lower() or "Tensor" in refusal.detail
    assert right or operator in {"DynamicQuantizeLinear", "GRU", "If", "MeanVarianceNormalization"}, refused[:3]


def test_all_of_the_common_operators_are_covered() -> None:
    assert cases().keys() == {name for domain, name in OPERATORS if not domain} - WITHOUT_DATA
    assert len(cases()) > 100
    assert sum(map(len, cases().values())) > 1000
    assert onnx.defs.onnx_opset_version() >= 23
