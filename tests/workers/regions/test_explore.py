"""The search by regions against plain loops, planted pixels and onnxruntime."""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from openapi.problems import InvalidField
from tests.workers.attacks.nets import Linear
from workers.explain.class_maps import ClassMaps
from workers.models.load import load_model
from workers.regions.explore import Explored, Plan, explore
from workers.regions.pixels import GENERATIONS, POPULATION
from workers.regions.summary import success_curve

GRID = Plan(segmentation="grid", segments=4, semantic="entropy")


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def conv_net(channels: int = 3, classes: int = 4, seed: int = 0) -> nn.Module:
    """A net on (channels, 6, 6) images that single pixels do fool."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        first, last = nn.Conv2d(channels, 6, 3), nn.Linear(96, classes)
        net = nn.Sequential(first, nn.ReLU(), nn.Flatten(), last)
        with torch.no_grad():
            last.bias.zero_()
            first.weight.mul_(3)
        return net.eval()


def images(n: int, shape: tuple[int, int, int] = (3, 6, 6), seed: int = 1) -> Tensor:
    return torch.rand(n, *shape, generator=torch.Generator().manual_seed(seed))


def run(model: nn.Module, x: Tensor, plan: Plan = GRID, first: int = 0, **options: object) -> list[Explored]:
    with torch.no_grad():
        y = model(x).argmax(1)
    return list(explore(model, x, y, torch.arange(first, first + len(x)), plan, **options))  # type: ignore[arg-type]


def same(a: Explored, b: Explored) -> None:
    for name in ("segments", "tried", "vulnerable", "hit_pixel", "hit_value", "hit_class"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    assert (a.index, a.queries, a.regions, a.needed, a.few_pixels) == (
        b.index,
        b.queries,
        b.regions,
        b.needed,
        b.few_pixels,
    )


def test_every_pixel_and_corner_as_plain_loops_have_it() -> None:
    model, x = conv_net(), images(3)
    x[0, :, 2, 3] = torch.tensor([1.0, 0.0, 1.0])  # a corner already: seven values are left
    found = run(model, x)
    with torch.no_grad():
        y = model(x).argmax(1)
        for i, one in enumerate(found):
            hits = 0
            for r in range(6):
                for c in range(6):
                    fooled = 0
                    for corner in range(8):
                        value = torch.tensor([corner >> 2 & 1, corner >> 1 & 1, corner & 1]).float()
                        changed = x[i : i + 1].clone()
                        changed[0, :, r, c] = value
                        z = model(changed)[0]
                        fooled += int(z.argmax()) != int(y[i])
                    assert one.vulnerable[r, c] == fooled
                    assert one.tried[r, c] == (7 if (i, r, c) == (0, 2, 3) else 8)
                    hits += fooled
            assert hits == len(one.hit_class) > 0
            assert one.queries == int(one.tried.sum())


def test_sums_over_regions_are_those_of_the_whole_image() -> None:
    model, x = conv_net(), images(4)
    whole = run(model, x, replace(GRID, segments=1))
    for kind in ("grid", "slic", "felzenszwalb"):
        for one, parts in zip(whole, run(model, x, replace(GRID, segmentation=kind, segments=5)), strict=True):
            np.testing.assert_array_equal(one.vulnerable, parts.vulnerable)
            np.testing.assert_array_equal(one.hit_class, parts.hit_class)
            (all_,) = one.regions
            assert all_.pixels == sum(r.pixels for r in parts.regions) == 36
            assert all_.vulnerable == sum(r.vulnerable for r in parts.regions)
            for cls, count in all_.classes.items():
                assert count == sum(r.classes.get(cls, 0) for r in parts.regions)
            rates = sum(r.success_rate * r.pixels for r in parts.regions if r.success_rate is not None)
            assert all_.success_rate == pytest.approx(rates / 36)
            assert {r.first_hit is not None for r in parts.regions if r.vulnerable} <= {True}


def test_every_hit_replays_in_onnxruntime_and_differs_in_exactly_one_pixel(tmp_path: Path) -> None:
    net, x, path = conv_net(seed=3), images(4, seed=5), tmp_path / "net.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        axes = {"x": {0: "n"}}
        torch.onnx.export(net, (x,), path, dynamo=False, opset_version=17, input_names=["x"], dynamic_axes=axes)
    model = load_model(path, "onnx", InputSpec(shape=(3, 6, 6)))
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    hits = 0
    for plan in (GRID, replace(GRID, values="random"), replace(GRID, values="de", budget=0.3)):
        for i, one in enumerate(run(model, x, plan)):
            examples = np.repeat(x[i : i + 1].numpy(), len(one.hit_class), 0)
            rows, columns = one.hit_pixel[:, 0], one.hit_pixel[:, 1]
            examples[np.arange(len(examples)), :, rows, columns] = one.hit_value
            assert (((examples != x[i].numpy()).any(1)).sum((1, 2)) == 1).all()
            if len(examples):
                classes = session.run(None, {"x": examples})[0].argmax(1)
                np.testing.assert_array_equal(classes, one.hit_class)
                assert (classes != one.label).all()
            hits += len(examples)
    assert hits > 100


def test_a_planted_pixel_is_found_in_its_region_only() -> None:
    weight = torch.full((2, 64), 0.01)
    weight[0] = -weight[0]
    weight[:, 8 * 5 + 2] = torch.tensor([3.0, -3.0])  # white keeps class 0, black gives it away
    model = Linear(weight, torch.tensor([1.0, 0.0]))
    x = torch.full((2, 1, 8, 8), 0.9)
    for one in run(model, x):
        assert np.argwhere(one.vulnerable).tolist() == [[5, 2]]
        assert [r.vulnerable for r in one.regions] == [0, 0, 1, 0]
        region = one.regions[2]
        assert (region.density, region.classes) == (1 / 16, {1: 1})
        assert region.success_rate == pytest.approx(1 / 32)
        assert one.hit_value.tolist() == [[0.0]]
        # black comes before white: odd numbers of queries, and as many as its turn in the region says
        assert region.first_hit is not None
        assert region.first_hit % 2 == 1
        assert one.needed is not None
        assert (region.first_hit - 1) / 2 == one.needed * 16


@pytest.mark.slow
def test_slices_and_batches_do_not_matter() -> None:
    model, x = conv_net(), images(7)
    for values in ("corners", "random", "de"):
        plan = replace(GRID, values=values, budget=0.4, pixels=2, seed=5)
        whole = run(model, x, plan, batch_size=32)
        for one, other in zip(
            whole, run(model, x[:2], plan) + run(model, x[2:], plan, first=2, batch_size=5), strict=True
        ):
            same(one, other)


def test_random_values_follow_the_seed() -> None:
    model, x = conv_net(), images(2)
    one, other = (run(model, x, replace(GRID, values="random", seed=s)) for s in (0, 1))
    assert any(not np.array_equal(a.hit_value, b.hit_value) for a, b in zip(one, other, strict=True))


def test_a_smaller_budget_is_a_part_of_a_larger_one_and_the_curve_foretells_it() -> None:
    model, x = conv_net(seed=2), images(30, seed=4)
    full = run(model, x, replace(GRID, segments=2))
    budgets, success = success_curve([one.needed for one in full], 1.0)
    assert success == sorted(success)
    assert success[0] < success[-1]
    for budget in (0.05, 0.2, 0.5):
        part = run(model, x, replace(GRID, segments=2, budget=budget))
        for one, less in zip(full, part, strict=True):
            tried = less.tried > 0
            np.testing.assert_array_equal(less.vulnerable[tried], one.vulnerable[tried])
            assert [r.tried for r in less.regions] == [int(np.ceil(budget * r.pixels)) for r in less.regions]
        found = np.mean([bool(less.vulnerable.any()) for less in part])
        assert found == pytest.approx(success[budgets.index(budget)])


def test_a_model_without_gradients_is_searched_and_cam_is_refused() -> None:
    class Steps(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = conv_net(1, seed=2)

        def forward(self, x: Tensor) -> Tensor:
            with torch.no_grad():
                logits: Tensor = self.net(torch.round(x * 3) / 3)
            return logits

    x = images(40, (1, 6, 6))
    found = run(Steps(), x)
    assert sum(len(one.hit_class) for one in found) > 0
    assert all(int(one.tried.max()) <= 2 for one in found)
    with pytest.raises(InvalidField, match="`cam` needs"):
        run(Steps(), x, replace(GRID, segmentation="cam"))


def test_misclassified_images_are_left_out() -> None:
    model, x = conv_net(), images(4)
    with torch.no_grad():
        y = model(x).argmax(1)
    y[1] = (y[1] + 1) % 4
    found = list(explore(model, x, y, torch.arange(10, 14), GRID))
    assert [one.index for one in found] == [10, 12, 13]


def test_the_search_costs_a_pass_a_candidate_and_one_a_hit() -> None:
    model, x, passed = conv_net(seed=1), images(6), [0]
    model.register_forward_hook(lambda module, inputs, output: passed.__setitem__(0, passed[0] + len(inputs[0])))
    found = run(model, x, batch_size=64)
    candidates, hits = sum(one.queries for one in found), sum(len(one.hit_class) for one in found)
    assert candidates == 6 * 36 * 8
    # beside those: two images tried, clean passes, one example confirmed an image, and what fills last batches up
    assert passed[0] <= candidates + hits + 40


def test_evolution_begins_at_the_corners_and_finds_no_less() -> None:
    model, x = conv_net(seed=2), images(4, seed=3)
    corner, evolved = run(model, x), run(model, x, replace(GRID, values="de"))
    for a, b in zip(corner, evolved, strict=True):
        assert (b.vulnerable >= a.vulnerable).all()
        assert b.queries == 36 * POPULATION * (GENERATIONS + 1)
    assert sum(int(b.vulnerable.sum()) for b in evolved) > sum(int(a.vulnerable.sum()) for a in corner)


def test_semantic_amounts_come_from_the_true_class() -> None:
    conv = nn.Conv2d(3, 2, 1)
    net = nn.Sequential(conv, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with torch.no_grad():
        conv.weight.copy_(torch.tensor([[1.0, 0, 0], [0, 1.0, 0]]).view(2, 3, 1, 1))
        assert conv.bias is not None
        conv.bias.zero_()
    from workers.models.from_module import audit_module

    model = audit_module(net, InputSpec(shape=(3, 8, 8)))
    x = torch.zeros(1, 3, 8, 8)
    x[0, 0, :4, :4] = 0.75  # red in the first quarter, and a little in the last
    x[0, 0, 4:, 4:] = 0.25
    (one,) = run(model, x, replace(GRID, semantic="cam_mass"), maps=ClassMaps(model))
    assert [r.semantic for r in one.regions] == pytest.approx([0.75, 0, 0, 0.25])
    (bands,) = run(model, x, replace(GRID, segmentation="cam", segments=3, semantic="cam_mass"), maps=ClassMaps(model))
    assert bands.segments[0, 0] == bands.segments.max()
    assert [r.semantic for r in bands.regions][-1] == max(r.semantic or 0 for r in bands.regions)


def test_masks_of_the_user_are_the_regions() -> None:
    model, x = conv_net(), images(2)
    masks = np.zeros((2, 2, 6, 6), bool)
    masks[0, 0, :3], masks[0, 1, 2:4] = True, True  # overlap in row 2: the first one's
    masks[1, 1] = True
    one, two = run(model, x, replace(GRID, segmentation="masks"), masks=masks)
    assert [r.pixels for r in one.regions] == [18, 6, 12]
    assert [r.pixels for r in two.regions] == [36]
    with pytest.raises(InvalidField, match="carries masks"):
        run(model, x, replace(GRID, segmentation="masks"))
