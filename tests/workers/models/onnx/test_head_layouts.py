"""Logits that come as maps of one pixel, channels first or last, among probabilities and labels."""

from pathlib import Path

import pytest
import torch
from onnx import TensorProto

from tests.workers.models.onnx.files import compare, conv_head, ints, model, node, rand, save


@pytest.mark.parametrize("op", ["Softmax", "LogSoftmax"])
@pytest.mark.parametrize("tail", ["none", "flatten", "reshape"])
def test_logits_are_read_before_softmax(tmp_path: Path, op: str, tail: str) -> None:
    nodes, constants = conv_head()
    last = {"none": [], "flatten": [node("Flatten", ["s"], "y")], "reshape": [node("Reshape", ["s", "shape"], "y")]}[
        tail
    ]
    body = [*nodes[:3], node("Conv", ["p", "fc"], "logits"), node(op, ["logits"], "s" if last else "y", axis=1), *last]
    constants = {k: v for k, v in constants.items() if k.startswith("conv")} | {"fc": rand(4, 6, 1, 1, scale=9.0)}
    constants |= {"shape": ints(-1, 4)} if tail == "reshape" else {}
    audited = compare(save(model(body, ["n", 3, 8, 8], constants), tmp_path))
    assert audited.before_softmax
    assert not torch.allclose(audited(torch.rand(2, 3, 8, 8)).exp().sum(1), torch.ones(2))


@pytest.mark.parametrize("softmax", [False, True])
def test_channels_last_logits_are_flattened(tmp_path: Path, softmax: bool) -> None:
    nodes, constants = conv_head()
    body = [
        *nodes[:3],
        node("Transpose", ["p"], "q", perm=[0, 2, 3, 1]),
        node("MatMul", ["q", "k"], "z" if softmax else "y"),
    ]
    body += [node("Softmax", ["z"], "s", axis=-1), node("Squeeze", ["s", "axes"], "y")] if softmax else []
    constants = {k: v for k, v in constants.items() if k.startswith("conv")} | {"k": rand(6, 4, scale=9.0)}
    constants |= {"axes": ints(1, 2)} if softmax else {}
    audited = compare(save(model(body, ["n", 3, 8, 8], constants), tmp_path))
    assert audited.before_softmax == softmax


def test_several_outputs(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    label = node("ArgMax", ["logits"], "label", axis=1)
    proto = model([*nodes, label], ["n", 3, 8, 8], constants, outputs=("label", "logits", "r"))
    proto.graph.output[0].type.tensor_type.elem_type = TensorProto.INT64
    audited = compare(save(proto, tmp_path), output=1)
    assert audited.num_classes == 4
