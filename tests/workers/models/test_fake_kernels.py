"""Shapes that `torch.export` is told at once are those of torch's own decompositions, strides and dtypes too."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch._dynamo.source import ConstantSource
from torch._subclasses import FakeTensorMode
from torch.fx.experimental.symbolic_shapes import DimDynamic, ShapeEnv, StatelessSymbolicContext

from workers.models import fake_kernels
from workers.models.fake_kernels import quick_shapes

aten = torch.ops.aten
NORM = [torch.rand(6) for _ in range(4)]
#: Operator → its other arguments, for an input (n, 6, 5, 4).
OPERATORS: dict[Any, list[tuple[Any, ...]]] = {
    aten._native_batch_norm_legit_no_training.default: [(*NORM, 0.1, 1e-5), (None, None, *NORM[:2], 0.1, 1e-5)],
    aten.native_layer_norm.default: [([4], *NORM[:2], 1e-5), ([5, 4], None, None, 1e-5)],
    aten.gelu.default: [()],
    aten.hardswish.default: [()],
    aten.hardswish_.default: [()],
    aten.hardsigmoid.default: [()],
    aten.silu_.default: [()],
    aten.sigmoid_.default: [()],
    aten.leaky_relu.default: [(0.2,)],
    aten.elu.default: [()],
    aten.mul.Tensor: [(0.5,), (2,), (torch.tensor(3.0),), (torch.rand(6, 5, 4),)],
    aten.div.Tensor: [(0.5,), (2,), (torch.rand(4),)],
}
OPERATORS[aten.native_layer_norm.default][0] = ([4], torch.rand(4), torch.rand(4), 1e-5)
FORMS: dict[str, Tensor] = {
    "in order": torch.rand(2, 6, 5, 4),
    "channels last": torch.rand(2, 5, 4, 6).permute(0, 3, 1, 2),
    "every other": torch.rand(2, 6, 5, 8)[..., ::2],
    "every other, permuted": torch.rand(2, 5, 8, 6)[:, :, ::2].permute(0, 3, 1, 2),
    "double": torch.rand(2, 6, 5, 4, dtype=torch.float64),
}


def faked(op: Callable[..., Any], x: Tensor, *rest: Any) -> list[tuple[list[str], list[str], torch.dtype]]:
    """Shapes, strides and dtypes of an operator's results on an x whose batch is a symbol."""
    mode = FakeTensorMode(shape_env=ShapeEnv(), allow_non_fake_inputs=True)
    free: Any = StatelessSymbolicContext([DimDynamic.DYNAMIC, *[DimDynamic.STATIC] * (x.ndim - 1)])
    with mode:
        given = mode.from_tensor(x, source=ConstantSource("x"), symbolic_context=free)
        assert isinstance(given.shape[0], torch.SymInt)
        found = op(given, *[arg.to(x.dtype) if isinstance(arg, Tensor) else arg for arg in rest])
    results = found if isinstance(found, tuple) else (found,)
    return [([str(s) for s in y.shape], [str(s) for s in y.stride()], y.dtype) for y in results]


def cases() -> list[Any]:
    found = []
    for op, options in OPERATORS.items():
        for form, x in FORMS.items():
            for i, rest in enumerate(options):
                found.append(pytest.param(op, x, rest, id=f"{op} {i}, {form}"))
    return found


@pytest.mark.parametrize(("op", "x", "rest"), cases())
def test_as_the_decompositions_say(op: Any, x: Tensor, rest: tuple[Any, ...]) -> None:
    expected = faked(op, x, *rest)
    with quick_shapes():
        assert faked(op, x, *rest) == expected
    assert faked(op, x, *rest) == expected  # and the rules are gone again


def test_a_product_with_a_bias() -> None:
    x, weight, bias = torch.rand(3, 4), torch.rand(4, 5), torch.rand(5)
    with quick_shapes():
        ((shape, strides, dtype),) = faked(lambda given: aten.addmm.default(bias, given, weight), x)
    assert (shape[1], strides, dtype) == ("5", ["5", "1"], torch.float32)


@pytest.mark.parametrize(
    ("op", "x", "rest"),
    [
        (lambda x: aten.addmm.default(torch.rand(4), x, torch.rand(77, 4)), torch.rand(2, 12), ()),
        (lambda x: aten.addmm.default(torch.rand(3), x, torch.rand(12, 4)), torch.rand(2, 12), ()),
        (aten.native_layer_norm.default, torch.rand(2, 6, 5, 4), ([5], torch.rand(5), torch.rand(5), 1e-5)),
        (aten.native_layer_norm.default, torch.rand(2, 6, 5, 4), ([4], torch.rand(5), torch.rand(5), 1e-5)),
        (
            aten._native_batch_norm_legit_no_training.default,
            torch.rand(2, 5, 5, 4),
            (*NORM, 0.1, 1e-5),
        ),
    ],
    ids=["features of a product", "bias", "normalised dimensions", "weights of a layer norm", "channels"],
)
def test_what_does_not_fit_is_refused_as_ever(op: Any, x: Tensor, rest: tuple[Any, ...]) -> None:
    with pytest.raises((RuntimeError, ValueError)) as usual:
        faked(op, x, *rest)
    with quick_shapes(), pytest.raises(type(usual.value)) as quick:
        faked(op, x, *rest)
    assert str(quick.value) == str(usual.value)


#: What a view of (n, 6, 5, 4), a part of an image's numbers or several images in a row, asks for.
VIEWS: dict[str, Callable[[Any], list[Any]]] = {
    "flat": lambda n: [n, 120],
    "flat, found": lambda n: [-1, 120],
    "found behind": lambda n: [n, -1],
    "found in the middle": lambda n: [n, 6, -1, 2],
    "folded": lambda n: [n * 6, 20],
    "folded, found": lambda n: [-1, 5, 4],
    "ones": lambda n: [1, n, 1, 6, 5, 4],
    "in another place": lambda n: [6, n, 20],
    "all": lambda n: [-1],
    "too much": lambda n: [n, 121],
    "cannot be found": lambda n: [-1, 7],
    "itself": lambda n: [n, 6, 5, 4],
    "itself, left alone": lambda n: [-1, -1, -1, -1],
    "one more": lambda n: [2, n, 6, 5, 4],
}


@pytest.mark.parametrize("op", [aten.view.default, aten._unsafe_view.default, aten.expand.default], ids=str)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("wanted", VIEWS)
def test_views_are_those_of_torch(op: Any, form: str, wanted: str) -> None:
    """Or are refused by both."""

    def told() -> Any:
        try:
            return faked(lambda x: op(x, VIEWS[wanted](x.shape[0])), FORMS[form])
        except (RuntimeError, ValueError):
            return "refused"

    expected = told()
    with quick_shapes():
        assert told() == expected


def test_views_of_folded_images_are_unfolded() -> None:
    """(n·2, 3, 5, 4) → (n, 120) and back: lengths that are the same number of symbols, written otherwise."""

    def there_and_back(x: Tensor) -> Any:
        folded = aten.view.default(x, [x.shape[0] * 2, 3, 5, 4])
        return aten.view.default(aten.view.default(folded, [x.shape[0], 120]), [-1, 6, 5, 4])

    expected = faked(there_and_back, FORMS["in order"])
    with quick_shapes():
        assert faked(there_and_back, FORMS["in order"]) == expected


def test_a_view_shares_its_memory() -> None:
    def same(x: Tensor) -> Any:
        assert aten.view.default(x, [-1, 120]).untyped_storage()._cdata == x.untyped_storage()._cdata
        return x

    with quick_shapes():
        faked(same, FORMS["in order"])


def test_every_rule_is_looked_at() -> None:
    assert set(fake_kernels._KERNELS) == {*OPERATORS, aten.addmm.default, *fake_kernels._VIEWS}


def test_mixed_types_go_the_usual_way() -> None:
    def mixed(given: Tensor) -> Any:
        return aten.native_layer_norm.default(given, [4], torch.rand(4), torch.rand(4), 1e-5)

    x = torch.rand(2, 6, 5, 4, dtype=torch.bfloat16)
    expected = faked(mixed, x)
    with quick_shapes():
        assert faked(mixed, x) == expected
