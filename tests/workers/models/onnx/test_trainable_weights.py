"""Which tensors of a file become parameters: one each, whatever stands between them and their layers."""

from pathlib import Path

import numpy as np
import pytest
import torch
from onnx import numpy_helper

from tests.workers.models.onnx.files import RGB, compare, conv_head, ints, model, node, rand, save


def test_initialisers_behind_identity_are_one_parameter(tmp_path: Path) -> None:
    nodes = [
        node("Identity", ["w"], "w2"),
        node("Conv", ["x", "w"], "a", pads=[1, 1, 1, 1]),
        node("Relu", ["a"], "b"),
        node("Conv", ["b", "w2"], "c", pads=[1, 1, 1, 1]),
        node("ReduceMean", ["c"], "m", axes=[2, 3], keepdims=0),
        node("Gemm", ["m", "v"], "y"),
    ]
    audited = compare(save(model(nodes, ["n", 3, 6, 6], {"w": rand(3, 3, 3, 3), "v": rand(3, 4)}), tmp_path))
    assert set(audited.trainable_parameters()) == {"w", "v"}
    assert [layer.name for layer in audited.layers] == ["w", "w#2", "v"]


def test_constant_nodes_are_weights_too(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    made = [node("Constant", [], name, value=numpy_helper.from_array(v)) for name, v in constants.items()]
    path = save(model([*made, *nodes, node("Identity", ["logits"], "y")], ["n", 3, 8, 8], {}), tmp_path)
    assert set(compare(path).trainable_parameters()) == set(constants)


def test_scaled_and_transposed_weights_stay_trainable(tmp_path: Path) -> None:
    """Weight standardisation, TensorFlow's HWIO kernels: what stands between weight and layer is computed."""
    nodes = [
        node("Transpose", ["hwio"], "oihw", perm=[3, 2, 0, 1]),
        node("Mul", ["oihw", "gain"], "w"),
        node("Conv", ["x", "w"], "c"),
        node("ReduceMax", ["c"], "m", axes=[2, 3], keepdims=0),
        node("Gemm", ["m", "v"], "y"),
    ]
    constants = {"hwio": rand(3, 3, 3, 6), "gain": rand(6, 1, 1, 1) + 1, "v": rand(6, 4)}
    audited = compare(save(model(nodes, RGB, constants), tmp_path))
    assert set(audited.trainable_parameters()) == {"hwio", "gain", "v"}


def test_a_weight_standardised_by_its_own_statistics_is_trainable(tmp_path: Path) -> None:
    """As torch's default exporter writes BiT: batch normalisation of the kernel, its mean and variance computed."""
    nodes = [
        node("Reshape", ["w", "flat"], "rows"),
        node("ReduceMean", ["rows"], "mean", axes=[0, 2], keepdims=0),
        node("ReduceMean", ["rows"], "column", axes=[0, 2], keepdims=1),
        node("Sub", ["rows", "column"], "centred"),
        node("Mul", ["centred", "centred"], "squares"),
        node("ReduceMean", ["squares"], "var", axes=[0, 2], keepdims=0),
        node("BatchNormalization", ["rows", "ones", "zeros", "mean", "var"], "standard", epsilon=1e-8),
        node("Reshape", ["standard", "kernel"], "k"),
        node("Conv", ["x", "k"], "c"),
        node("ReduceMax", ["c"], "m", axes=[2, 3], keepdims=0),
        node("Gemm", ["m", "v"], "y"),
    ]
    constants = {"w": rand(6, 3, 3, 3), "v": rand(6, 4), "ones": np.ones(6, np.float32), "flat": ints(1, 6, -1)}
    constants |= {"zeros": np.zeros(6, np.float32), "kernel": ints(6, 3, 3, 3)}
    audited = compare(save(model(nodes, RGB, constants), tmp_path))
    x = torch.rand(2, 3, 8, 8)
    (found,) = torch.autograd.grad(audited(x).square().sum(), audited.trainable_parameters()["w"])
    w = torch.from_numpy(constants["w"]).requires_grad_()
    var, mean = torch.var_mean(w, (1, 2, 3), correction=0, keepdim=True)
    pooled = torch.conv2d(x, (w - mean) / torch.sqrt(var + 1e-8)).amax((2, 3))
    (expected,) = torch.autograd.grad((pooled @ torch.from_numpy(constants["v"])).square().sum(), w)
    assert torch.allclose(found, expected, rtol=1e-4, atol=1e-5 * float(expected.abs().max()))


@pytest.mark.parametrize("identity", [True, False])
def test_equal_tensors_that_an_exporter_merged_are_parted(tmp_path: Path, identity: bool) -> None:
    """The scales and running variances of an untrained network are all ones: exporters store them once."""
    names = {"scale": "ones", "bias": "zeros", "mean": "zeros", "var": "ones"}
    nodes, current = [], "x"
    for i in range(3):
        if identity:
            nodes += [node("Identity", [names[k]], f"norm{i}.{k}") for k in names if i or k in ("mean", "var")]
        given = [f"norm{i}.{k}" if identity and (i or k in ("mean", "var")) else names[k] for k in names]
        nodes += [node("BatchNormalization", [current, *given], f"n{i}"), node("Conv", [f"n{i}", f"w{i}"], f"c{i}")]
        current = f"c{i}"
    nodes += [node("GlobalMaxPool", [current], "p"), node("Flatten", ["p"], "f"), node("Gemm", ["f", "v"], "y")]
    constants = {f"w{i}": rand(3, 3, 1, 1, seed=i) for i in range(3)} | {"v": rand(3, 4)}
    constants |= {"ones": np.ones(3, np.float32), "zeros": np.zeros(3, np.float32)}
    audited = compare(save(model(nodes, RGB, constants), tmp_path))
    assert len(audited.trainable_parameters()) == 3 + 1 + 3 * 2
    if identity:
        assert {"norm1.scale", "norm2.scale", "norm1.bias", "norm2.bias"} < set(audited.trainable_parameters())
    audited.set_batch_norm(True)
    audited(torch.rand(8, 3, 8, 8))
    statistics = {name: b for name, b in audited.graph.named_buffers() if b.shape == (3,)}
    assert len(statistics) == 6
    assert len({b.data_ptr() for b in statistics.values()}) == 6
    assert len({round(float(b.sum()), 5) for b in statistics.values()} - {0.0, 3.0}) >= 3  # each learnt its own
