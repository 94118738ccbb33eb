"""A batch size that the file fixes is freed, in whatever places it stands."""

from pathlib import Path

import numpy as np
import pytest
import torch
from onnx import numpy_helper

from tests.workers.models.onnx.files import compare, conv_head, ints, model, node, rand, save


@pytest.mark.slow
def test_batch_fixed_at_one_with_batch_in_many_places(tmp_path: Path) -> None:
    """Reshape constants with 1, a class token that was widened to the batch, attention with the batch second."""
    nodes = [
        node("Conv", ["x", "patch"], "c", strides=[4, 4], kernel_shape=[4, 4]),
        node("Reshape", ["c", "s0"], "t"),  # 1, 8, 4
        node("Transpose", ["t"], "u", perm=[0, 2, 1]),
        node("Concat", ["token", "u"], "v", axis=1),  # 1, 5, 8
        node("Transpose", ["v"], "w", perm=[1, 0, 2]),  # 5, 1, 8
        node("Reshape", ["w", "s1"], "flat"),  # 5, 8
        node("Gemm", ["flat", "qkv"], "q0"),
        node("Reshape", ["q0", "s2"], "q1"),  # 5, 1, 8
        node("Reshape", ["q1", "s3"], "q2"),  # 5, 2, 4: batch times heads
        node("Transpose", ["q2"], "q", perm=[1, 0, 2]),
        node("Transpose", ["q2"], "k", perm=[1, 2, 0]),
        node("MatMul", ["q", "k"], "scores"),
        node("Softmax", ["scores"], "a", axis=-1),
        node("MatMul", ["a", "q"], "o"),  # 2, 5, 4
        node("Transpose", ["o"], "o1", perm=[1, 0, 2]),
        node("Reshape", ["o1", "s1"], "o2"),
        node("Reshape", ["o2", "s2"], "o3"),
        node("Transpose", ["o3"], "o4", perm=[1, 0, 2]),  # 1, 5, 8
        node("Gather", ["o4", "zero"], "first", axis=1),
        node("Reshape", ["first", "s4"], "flat2"),
        node("Gemm", ["flat2", "head"], "y"),
    ]
    constants = {
        "patch": rand(8, 3, 4, 4),
        "token": rand(1, 1, 8),
        "qkv": rand(8, 8),
        "head": rand(8, 4),
        "zero": np.array(0, np.int64),
        "s0": ints(1, 8, 4),
        "s1": ints(5, 8),
        "s2": ints(5, 1, 8),
        "s3": ints(5, 2, 4),
        "s4": ints(1, 8),
    }
    audited = compare(save(model(nodes, [1, 3, 8, 8], constants), tmp_path), batches=(1, 2, 5))
    assert any("fixes the batch size at 1" in w for w in audited.warnings)


def test_batch_fixed_at_four(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    nodes[3] = node("Reshape", ["p", "s"], "f")
    path = save(
        model([*nodes, node("Identity", ["logits"], "y")], [4, 3, 8, 8], constants | {"s": ints(4, 6)}), tmp_path
    )
    audited = compare(path, batches=(4, 8))
    assert audited(torch.rand(3, 3, 8, 8)).shape == (3, 4)


def test_batch_said_to_be_free_while_sizes_are_for_one(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    nodes[3] = node("Reshape", ["p", "s"], "f")
    path = save(
        model([*nodes, node("Identity", ["logits"], "y")], ["n", 3, 8, 8], constants | {"s": ints(1, 6)}), tmp_path
    )
    audited = compare(path, batches=(1,))
    x = torch.rand(3, 3, 8, 8)
    torch.testing.assert_close(audited(x)[1:2], audited(x[1:2]))
    assert any("declares a free batch" in w for w in audited.warnings)


def test_sizes_computed_from_the_shape_of_the_input(tmp_path: Path) -> None:
    """The chain Shape → Gather → Mul → Concat → Reshape that scripted exports are full of."""
    nodes, constants = conv_head()
    chain = [
        node("Shape", ["p"], "sh"),
        node("Gather", ["sh", "i0"], "n"),
        node("Gather", ["sh", "i1"], "channels"),
        node("Mul", ["channels", "one"], "c1"),
        node("Unsqueeze", ["n", "ax"], "nu"),
        node("Unsqueeze", ["c1", "ax"], "cu"),
        node("Concat", ["nu", "cu"], "target", axis=0),
        node("Reshape", ["p", "target"], "f"),
        node("ConstantOfShape", ["target"], "zeros", value=numpy_helper.from_array(np.array([1.5], np.float32))),
        node("Add", ["f", "zeros"], "f2"),
    ]
    head = node("Gemm", ["f2", "fc.weight", "fc.bias"], "y", transB=1)
    constants |= {"i0": np.array(0, np.int64), "i1": np.array(1, np.int64), "one": np.array(1, np.int64), "ax": ints(0)}
    compare(save(model([*nodes[:3], *chain, head], ["n", 3, 8, 8], constants), tmp_path))


def test_a_row_of_ones_with_the_batch_in_one_place(tmp_path: Path) -> None:
    """gcvit's query, repeated for each window: Tile by OneHot of (off 1, on the number of images)."""
    nodes, constants = conv_head()
    nodes += [
        node("Shape", ["logits"], "sizes"),
        node("Gather", ["sizes", "zero"], "n"),
        node("Concat", ["one", "n"], "off_on", axis=0),
        node("OneHot", ["place", "rank", "off_on"], "code"),
        node("Reshape", ["code", "flat"], "times"),
        node("Tile", ["row", "times"], "rows"),
        node("Add", ["logits", "rows"], "y"),
    ]
    more = {"zero": ints(0), "one": ints(1), "place": ints(-2), "flat": ints(-1)}
    more |= {"rank": np.array(2), "row": rand(1, 4)}
    compare(save(model(nodes, ["n", 3, 8, 8], constants | more), tmp_path))
