"""Receptive fields as pictures."""

import numpy as np
import pytest
from PIL import Image

from workers.neurons.fields import cut, overlay, receptive_field


def test_a_field_is_upsampled_and_divided_by_its_maximum() -> None:
    field = receptive_field(np.array([[0.0, 4.0], [-3.0, 2.0]]), 2, 2)
    np.testing.assert_array_equal(field, [[0, 1], [0, 0.5]])
    large = receptive_field(np.array([[[0.0, 4.0], [-3.0, 2.0]]]), 6, 6)
    assert large.shape == (1, 6, 6)
    assert large.max() == 1
    # the same interpolation as Pillow's, which does not know edges either
    theirs = np.array(Image.fromarray(np.array([[0, 4], [0, 2]], np.float32)).resize((6, 6), Image.Resampling.BILINEAR))
    np.testing.assert_allclose(large[0], theirs / theirs.max(), atol=1e-6)


def test_a_silent_neuron_sees_nothing() -> None:
    field = receptive_field(np.full((2, 2), -1.0), 4, 4)
    assert not field.any()
    assert not cut(field[None], 0.0).any()


@pytest.mark.parametrize(("mode", "expected"), [("union", [1, 1, 1, 0]), ("intersection", [0, 1, 0, 0])])
def test_union_and_intersection(mode: str, expected: list[int]) -> None:
    fields = np.array([[[1.0, 0.5, 0.1, 0.0]], [[0.0, 0.3, 0.9, 0.2]]], np.float32)
    assert cut(fields, 0.25, mode)[0].astype(int).tolist() == expected  # type: ignore[arg-type]


def test_overlay_dims_the_rest() -> None:
    inside = np.array([[True, False]])
    shown = overlay(np.ones((1, 1, 2)), inside, visibility=0.2, opacity=0.0)
    assert shown.dtype == np.uint8
    assert shown.tolist() == [[[255, 255, 255], [51, 51, 51]]]
    tinted = overlay(np.zeros((3, 1, 2)), inside, opacity=1.0)
    assert tinted[0, 0].tolist() == [255, 217, 26]
    assert tinted[0, 1].tolist() == [0, 0, 0]
