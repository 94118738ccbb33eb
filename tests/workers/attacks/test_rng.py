"""Random numbers of a sample depend on seed, index, stream and step alone."""

import torch

from workers.attacks.engine.rng import SampleRng


def test_numbers_depend_on_seed_index_stream_step_alone() -> None:
    index = torch.tensor([3, 11, 2**40, 7])
    whole, part = SampleRng(9, index, "a"), SampleRng(9, index[2:3], "a")
    for shape in ((5,), (3, 8, 8)):  # the hashed and the generated road
        a, b = whole.uniform(torch.arange(4), shape, step=6), part.uniform(torch.tensor([0]), shape, step=6)
        assert torch.equal(a[2], b[0])
        assert not torch.equal(a[2], a[1])
        assert not torch.equal(a, whole.uniform(torch.arange(4), shape, step=7))
        assert not torch.equal(a, SampleRng(10, index, "a").uniform(torch.arange(4), shape, step=6))
        assert not torch.equal(a, SampleRng(9, index, "b").uniform(torch.arange(4), shape, step=6))
    assert torch.equal(whole.normal(torch.tensor([1]), (4,)), whole.normal(torch.tensor([1, 2]), (4,))[:1])


def test_the_global_generator_is_left_alone() -> None:
    before = torch.random.get_rng_state()
    rng = SampleRng(0, torch.arange(3))
    rng.uniform(torch.arange(3), (100,))
    rng.normal(torch.arange(3), (100,))
    rng.generator(1)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_distributions() -> None:
    rng, rows = SampleRng(1, torch.arange(5000)), torch.arange(5000)
    for shape in ((4,), (70,)):
        u = rng.uniform(rows, shape)
        assert float(u.min()) >= 0
        assert float(u.max()) < 1
        assert abs(float(u.mean()) - 0.5) < 0.01
        assert abs(float(u.var()) - 1 / 12) < 0.003
        columns = torch.corrcoef(u[:, :4].T)
        assert float((columns - torch.eye(4)).abs().max()) < 0.06
    rows_correlation = torch.corrcoef(rng.uniform(torch.arange(6), (60,)))
    assert float((rows_correlation - torch.eye(6)).abs().max()) < 0.5
    s = rng.signs(rows, (4,))
    assert set(s.unique().tolist()) == {-1.0, 1.0}
    assert abs(float(s.mean())) < 0.03
    k = rng.integers(rows, 7, (2,))
    assert torch.bincount(k.flatten(), minlength=7).min() > 1200
    assert int(k.max()) == 6


def test_a_block_of_steps_is_the_same_as_single_steps() -> None:
    rng, rows = SampleRng(1, torch.arange(50)), torch.tensor([4, 9, 30])
    block = rng.uniform_block(rows, range(64, 128), 7)
    assert block.shape == (3, 64, 7)
    for step in (64, 100, 127):
        assert torch.equal(block[:, step - 64], rng.uniform(rows, (7,), step=step))
