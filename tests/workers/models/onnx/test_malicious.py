"""Files that were made to hurt: each is refused with the right type, quickly, and nothing outside is touched."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openapi.models import InputSpec
from openapi.problems import ModelMalformed, ModelNumerics, ModelRejected, ModelUnsafe, UnsupportedOperator
from tests.corpus.onnx_models import (
    deep_net,
    expanded_twice,
    external_attribute,
    external_data,
    four_terabytes,
    lying_tensor,
    many_empty_messages,
    many_tiles,
    nan_weights,
    negative_dims,
    nested_functions,
    recursive_function,
    tiny,
    wide_range,
)
from tests.workers.models.onnx.files import model, node, rand, save
from workers.models.onnx.admission import count_nodes, read_model
from workers.models.onnx.limits import MAX_NODES
from workers.models.onnx.load import load_onnx
from workers.models.onnx.wire import check_messages

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (four_terabytes, UnsupportedOperator),
        (expanded_twice, ModelUnsafe),
        (wide_range, UnsupportedOperator),
        (many_tiles, UnsupportedOperator),
        (nested_functions, ModelUnsafe),
        (recursive_function, ModelUnsafe),
        (lambda: external_data("../../etc/passwd"), ModelUnsafe),
        (lambda: external_data("/etc/passwd"), ModelUnsafe),
        (lambda: external_data("weights.bin"), ModelUnsafe),
        (external_attribute, ModelUnsafe),
        (lying_tensor, ModelMalformed),
        (negative_dims, ModelMalformed),
        (deep_net, ModelUnsafe),
        (many_empty_messages, ModelUnsafe),
        (nan_weights, ModelNumerics),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_refused(tmp_path: Path, make: Callable[[], onnx.ModelProto], error: type[ModelRejected]) -> None:
    (tmp_path / "weights.bin").write_bytes(b"\0" * 72)
    path = save(make(), tmp_path)
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(error) as caught:
        load_onnx(path, InputSpec())
    assert caught.value.detail
    assert str(tmp_path) not in caught.value.detail
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_deepest_allowed_nesting_is_counted_without_expanding() -> None:
    assert 2**9 <= count_nodes(nested_functions(10)) <= 2**11  # calls count as well
    with pytest.raises(ModelUnsafe, match=f"{MAX_NODES:,}"):
        count_nodes(nested_functions(60))


def test_local_functions_of_sane_size_are_inlined(tmp_path: Path) -> None:
    assert [n.op_type for n in read_model(save(nested_functions(3), tmp_path)).graph.node] == ["Relu"] * 4


@pytest.mark.parametrize("cut", [0, 1, 7, 60, 200, -1])
def test_truncated(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(tiny().SerializeToString()[:cut])
    with pytest.raises(ModelRejected):
        load_onnx(path, InputSpec())


@given(st.binary(max_size=2000))
@settings(max_examples=100, deadline=None)
def test_random_bytes(data: bytes) -> None:
    with contextlib.suppress(ModelMalformed, ModelUnsafe):
        assert 0 <= check_messages(data) <= len(data)


_FOLDER: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    _FOLDER.append(tmp_path_factory.mktemp("flipped"))


@given(st.integers(0, 2**20), st.integers(0, 7))
@settings(max_examples=25, deadline=None)
def test_flipped_bit_is_read_or_refused(at: int, bit: int) -> None:
    data = bytearray(tiny().SerializeToString())
    data[at % len(data)] ^= 1 << bit
    path = _FOLDER[0] / "flipped.onnx"
    path.write_bytes(bytes(data))
    with contextlib.suppress(ModelRejected):
        assert load_onnx(path, InputSpec()).num_classes > 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: setattr(m, "ir_version", 99), "IR version 99"),
        (lambda m: setattr(m, "ir_version", 2), "IR version 2"),
        (lambda m: setattr(m.opset_import[0], "version", 6), "operator set 6"),
        (lambda m: setattr(m.opset_import[0], "version", 999), "operator set 999"),
        (lambda m: setattr(m.graph.node[0], "domain", "acme"), "acme"),
        (lambda m: setattr(m.graph.node[0], "op_type", "Wobble"), "Wobble"),
        (lambda m: m.graph.node[0].attribute.add(name="wobble", type=2, i=3), "wobble"),
        (lambda m: m.graph.sparse_initializer.add(), "sparse"),
    ],
)
def test_what_is_not_supported_is_named(
    tmp_path: Path, change: Callable[[onnx.ModelProto], object], words: str
) -> None:
    proto = tiny()
    change(proto)
    with pytest.raises(UnsupportedOperator, match=words):
        load_onnx(save(proto, tmp_path), InputSpec())


def test_unknown_operator_says_node_version_and_what_to_do(tmp_path: Path) -> None:
    proto = tiny()
    proto.graph.node[1].op_type = "Unique"
    with pytest.raises(UnsupportedOperator) as caught:
        load_onnx(save(proto, tmp_path), InputSpec())
    assert caught.value.extra == {"operator": "Unique", "domain": "ai.onnx", "version": 17, "node": "Flatten_f"}
    assert "Export" in caught.value.detail


def test_value_that_nothing_makes(tmp_path: Path) -> None:
    proto = tiny()
    proto.graph.node[1].input[0] = "nowhere"
    with pytest.raises(ModelRejected, match="nowhere"):
        load_onnx(save(proto, tmp_path), InputSpec())


def test_wrong_shapes_name_the_node(tmp_path: Path) -> None:
    proto = model([node("Flatten", ["x"], "f"), node("Gemm", ["f", "v"], "y")], ["n", 1, 4, 4], {"v": rand(9, 3)})
    with pytest.raises(ModelRejected, match="Gemm_y"):
        load_onnx(save(proto, tmp_path), InputSpec())
