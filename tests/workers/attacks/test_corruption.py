"""The common corruptions: known answers, severities, sizes, and randomness by sample alone."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from openapi.attacks import ATTACKS
from openapi.attacks.corruptions import Corruption, GaussianNoise
from tests.workers.attacks.nets import attack, problem, small_cnn
from workers.attacks.corruptions import blur, digital, fields, noise, weather
from workers.attacks.corruptions.apply import CORRUPTIONS, corrupt
from workers.attacks.corruptions.tables import SEVERITIES, scale_of

RNG = np.random.default_rng


def picture(channels: int = 3, h: int = 32, w: int = 32) -> np.ndarray:
    """A smooth picture with an edge, on 8-bit levels."""
    rows, columns = np.mgrid[0:h, 0:w] / max(h, w)
    base = 0.3 + 0.4 * rows + 0.2 * np.sin(9 * columns) * (columns > 0.4)
    out = np.stack([np.roll(base, 3 * c, axis=1) for c in range(channels)])
    on_levels: np.ndarray = (np.rint(np.clip(out, 0, 1) * 255) / 255).astype(np.float32)
    return on_levels


def test_all_fifteen_are_offered() -> None:
    assert len(CORRUPTIONS) == 15
    assert ATTACKS["corruption"].model_fields["corruption"].annotation.__args__ == CORRUPTIONS  # type: ignore[union-attr]
    assert all(len(SEVERITIES[s][c]) == 5 for s in ("cifar", "imagenet") for c in CORRUPTIONS)


@pytest.mark.parametrize("name", CORRUPTIONS)
@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 28, 28), (3, 96, 80), (4, 17, 33)])
def test_every_size_and_channel_count(name: str, shape: tuple[int, int, int]) -> None:
    x = picture(*shape)
    for severity in (1, 5):
        out = corrupt(x, name, severity, key=11)
        assert out.shape == x.shape
        assert out.dtype == np.float32
        assert 0 <= out.min() <= out.max() <= 1
        assert np.abs(out * 255 - np.rint(out * 255)).max() < 1e-4  # 8-bit levels
        assert (out != x).any()
        assert (out == corrupt(x, name, severity, key=11)).all()


@pytest.mark.parametrize(
    "name", [c for c in CORRUPTIONS if c not in ("glass_blur", "elastic_transform", "frost", "snow")]
)
def test_severity_grows(name: str) -> None:
    """Glass, elastic, frost and snow change their kind with severity in the published tables: no order to check."""
    x = picture()
    far = [np.mean([np.abs(corrupt(x, name, s, key=k) - x).mean() for k in range(4)]) for s in range(1, 6)]
    assert far == sorted(far)
    assert far[4] > 1.2 * far[0]


def test_scales() -> None:
    assert (scale_of(28, 28), scale_of(32, 32), scale_of(64, 99), scale_of(224, 224)) == (*["cifar"] * 3, "imagenet")
    grey = np.full((1, 400, 400), 0.5, np.float32)
    assert np.std(corrupt(grey, "gaussian_noise", 1, 0)) == pytest.approx(0.08, rel=0.02)
    assert np.std(corrupt(grey[:, :64, :64], "gaussian_noise", 3, 0)) == pytest.approx(0.08, rel=0.05)


def test_noise_statistics() -> None:
    x = np.full((200, 200, 1), 0.4)
    shot = noise.shot_noise(x, 50, RNG(0))
    assert shot.mean() == pytest.approx(0.4, rel=0.01)
    assert shot.var() == pytest.approx(0.4 / 50, rel=0.03)
    hit = noise.impulse_noise(x, 0.07, RNG(0))
    assert (hit == 1).mean() == pytest.approx(0.035, rel=0.1)
    assert (hit == 0).mean() == pytest.approx(0.035, rel=0.1)


def test_contrast_and_brightness_by_hand() -> None:
    x = np.array([[[0.2], [0.6]]])
    np.testing.assert_allclose(digital.contrast(x, 0.5, RNG(0)), [[[0.3], [0.5]]])
    rgb = np.array([[[0.8, 0.4, 0.0], [0.0, 0.0, 0.0]]])
    np.testing.assert_allclose(weather.brightness(rgb, 0.1, RNG(0)), [[[0.9, 0.45, 0.0], [0.1, 0.1, 0.1]]])
    np.testing.assert_allclose(weather.brightness(rgb, 0.5, RNG(0))[0, 0], [1.0, 0.5, 0.0])


def test_motion_blur_of_a_point_is_its_kernel() -> None:
    x = np.zeros((9, 9, 1))
    x[4, 4] = 1
    out = fields.motion(x, radius=1, sigma=1.0, angle=0.0)[:, :, 0]
    k = np.exp(-np.array([0, 1, 4]) / 2)
    expected = np.zeros((9, 9))
    expected[4, [4, 3, 2]] = k / k.sum()  # out[p] takes from p + i: the point smears towards smaller columns
    np.testing.assert_allclose(out, expected)
    down = fields.motion(x, radius=1, sigma=1.0, angle=90.0)[:, :, 0]
    np.testing.assert_allclose(down, expected.T)


def test_blurs_keep_a_flat_picture_and_the_mean() -> None:
    flat = np.full((32, 32, 3), 0.3)
    for blurred in (
        blur.defocus_blur(flat, (1.5, 0.1), RNG(0)),
        blur.motion_blur(flat, (9, 2.5), RNG(0)),
        blur.zoom_blur(flat, (0.01, 26), RNG(0)),
    ):
        np.testing.assert_allclose(blurred, flat, atol=1e-12)
    kernel = fields.disk(3, 0.1)
    assert kernel.shape == (9, 9)  # the softened edge reaches one pixel further
    assert kernel.sum() == pytest.approx(1)
    assert (kernel > 0.01).sum() == 29  # integer points in a disk of radius 3


def test_zoom_keeps_the_middle() -> None:
    x = np.zeros((33, 33, 1))
    x[16, 16] = 1
    zoomed = fields.clipped_zoom(x, 1.5)
    assert zoomed.shape == x.shape
    row, column, _ = np.unravel_index(zoomed.argmax(), zoomed.shape)
    assert max(abs(row - 16), abs(column - 16)) <= 1
    assert (zoomed > 0.2).sum() > (x > 0.2).sum()


def test_plasma_is_rough_as_its_decay_says() -> None:
    smooth, rough = (fields.plasma(32, 32, d, RNG(1)) for d in (3.0, 1.4))
    assert (smooth.min(), smooth.max()) == (0, 1)
    assert np.abs(np.diff(rough)).mean() > 2 * np.abs(np.diff(smooth)).mean()


def test_glass_copies_from_the_neighbourhood() -> None:
    x = np.repeat(np.arange(10.0)[:, None] * 25, 10, axis=1)[:, :, None] / 255
    out = blur.glass_blur(x, (1e-3, 1, 1), RNG(0))
    moved = np.rint((x - out)[:, :, 0] * 255 / 25)
    assert set(np.unique(moved)) <= {0.0, 1.0}  # a value from the same row or the one above
    assert 0.3 < moved[2:, 2:].mean() < 0.7


def test_jpeg_and_pixelate_are_pillows() -> None:
    x = picture()
    image = Image.fromarray((x.transpose(1, 2, 0) * 255).round().astype(np.uint8))
    memory = io.BytesIO()
    image.save(memory, "JPEG", quality=65)
    with Image.open(memory) as read:
        expected = np.asarray(read).transpose(2, 0, 1)
    np.testing.assert_array_equal(np.rint(corrupt(x, "jpeg_compression", 2, 0) * 255), expected)
    box = Image.Resampling.BOX
    expected = np.asarray(image.resize((20, 20), box).resize((32, 32), box)).transpose(2, 0, 1)
    np.testing.assert_array_equal(np.rint(corrupt(x, "pixelate", 5, 0) * 255), expected)


def test_elastic_of_nothing_is_nothing() -> None:
    x = picture().transpose(1, 2, 0).astype(np.float64)
    np.testing.assert_allclose(digital.elastic_transform(x, (0, 0, 0), RNG(0)), x, atol=1e-9)


def test_as_attacks() -> None:
    model = small_cnn(2)
    x, y = problem(model, 40)
    noisy = attack(model, GaussianNoise(severity=5), x, y)
    same = attack(model, Corruption(corruption="gaussian_noise", severity=5), x, y)
    assert torch.equal(noisy.x_adv, same.x_adv)
    assert (noisy.queries == 1).all()
    assert torch.equal(attack(model, GaussianNoise(severity=5), x[7:9], y[7:9]).x_adv, x[7:9]) is False
    strong = attack(model, Corruption(corruption="contrast", severity=5), x, y)
    weak = attack(model, Corruption(corruption="contrast", severity=1), x, y)
    assert strong.success.sum() >= weak.success.sum()
    assert GaussianNoise().threat_model == Corruption(corruption="gaussian_noise").threat_model
    assert GaussianNoise().threat_model != GaussianNoise(severity=4).threat_model


def test_randomness_is_the_samples_own() -> None:
    from workers.attacks.engine.suite import run_attack

    model = small_cnn(2)
    x, y = problem(model, 8)
    index = torch.arange(8)
    whole = run_attack(model, GaussianNoise(), x, y, index, seed=3)
    part = run_attack(model, GaussianNoise(), x[5:6], y[5:6], index[5:6], seed=3)
    assert torch.equal(part.x_adv[0], whole.x_adv[5])
    other = run_attack(model, GaussianNoise(), x[5:6], y[5:6], index[4:5], seed=3)
    assert not torch.equal(other.x_adv[0], whole.x_adv[5])
