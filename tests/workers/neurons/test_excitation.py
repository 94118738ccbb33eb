"""Images that excite a neuron most, whatever the slices; the least and the most sensitive."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.neurons.excitation import TopImages, extremes


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 5))
def test_streamed_is_sorted_at_once(seed: int, slices: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    n, neurons = 17, 4
    benign, adversarial = rng.integers(0, 5, (n, neurons)) / 4, rng.normal(size=(n, neurons))  # ties
    index, label = rng.permutation(100)[:n], rng.integers(0, 3, n)
    merged = TopImages(neurons, count)
    for part in np.array_split(rng.permutation(n), slices):
        one = TopImages(neurons, count)
        one.add(benign[part], adversarial[part], index[part], label[part])
        merged.merge(TopImages.read(one.arrays()))
    for neuron in range(neurons):
        rows = sorted(range(n), key=lambda i: (-benign[i, neuron], index[i]))[:count]
        found = merged.of(neuron)
        assert [e.index for e in found] == index[rows].tolist()
        assert [e.label for e in found] == label[rows].tolist()
        assert [e.activation for e in found] == benign[rows, neuron].tolist()
        assert [e.activation_adv for e in found] == adversarial[rows, neuron].tolist()


def test_fewer_images_than_asked_for() -> None:
    top = TopImages(1, 5)
    top.add(np.array([[1.0], [-2.0]]), np.zeros((2, 1)), np.array([7, 3]), np.array([0, 1]))
    assert [e.index for e in top.of(0)] == [7, 3]


def test_extremes_leave_the_dead_out_and_share_no_neuron() -> None:
    sigma = np.array([0.5, 0.0, 2.0, 0.0, 1.0, 2.0])
    top, bottom = extremes(sigma, np.array([1]), 2)
    assert top.tolist() == [2, 5]
    assert bottom.tolist() == [3, 0]
    top, bottom = extremes(sigma, np.array([1]), 4)
    assert top.tolist() == [2, 5, 4, 0]
    assert bottom.tolist() == [3]
