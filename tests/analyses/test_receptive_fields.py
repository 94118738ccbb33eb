"""Receptive fields: images and maps against the same net written out, artifacts, exact merging, refusals."""

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from openapi.problems import InvalidField
from tests.analyses.conftest import net
from tests.analyses.in_process import Audited, InProcess
from workers.neurons.field_sheets import field_tile

pytestmark = pytest.mark.slow

FGSM = [{"name": "fgsm", "eps": 0.1}]
LAYERS = ["conv1", "conv2", "conv3"]


def audited(small: InProcess, slice_size: int = 1000, batch_size: int | None = None, **more: Any) -> Audited:
    neurons = {"steps": 3, "eps": 0.05, "receptive_fields": {"neurons": 2, "images": 3, **more}}
    return small.audit(slice_size=slice_size, batch_size=batch_size, attacks=FGSM, neurons=neurons, keep_examples=True)


@pytest.fixture(scope="module")
def found(small: InProcess) -> Audited:
    return audited(small)


@pytest.fixture(scope="module")
def maps(found: Audited) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Layer → pre-activations of all images and of their pairs, by the net itself."""
    with np.load(found.files["pairs"]) as pairs, torch.no_grad():
        x, x_adv = (net().tapped(torch.from_numpy(pairs[name]))[1] for name in ("x", "x_adv"))
    return {name: (x[name], x_adv[name]) for name in LAYERS}


def test_neurons_are_the_most_and_least_sensitive_of_each_layer(found: Audited) -> None:
    section = found.report["neurons"]["receptive_fields"]
    assert [layer["name"] for layer in section["layers"]] == LAYERS
    for layer, ranked in zip(section["layers"], found.report["neurons"]["layers"], strict=False):
        order = [(row["neuron"], row["sensitivity"]) for row in ranked["ranking"]]
        assert [(n["neuron"], n["sensitivity"]) for n in layer["neurons"]] == [*order[:2], *order[:-3:-1]]
        assert [n["group"] for n in layer["neurons"]] == ["top", "top", "bottom", "bottom"]


def test_images_are_those_with_the_largest_activation(
    found: Audited, maps: dict[str, tuple[torch.Tensor, torch.Tensor]]
) -> None:
    section = found.report["neurons"]["receptive_fields"]
    labels = np.load(found.paths[found.steps[0].inputs["y"].sha256])  # type: ignore[union-attr]  # a blob
    assert section["n"] == 21
    for layer in section["layers"]:
        benign, adversarial = (part.flatten(2).amax(2).double().numpy() for part in maps[layer["name"]])
        for neuron in layer["neurons"]:
            m, images = neuron["neuron"], neuron["images"]
            order = np.argsort(-benign[:, m], kind="stable")[:3]
            assert [image["index"] for image in images] == order.tolist()
            assert [image["label"] for image in images] == labels[order].tolist()
            assert [image["activation"] for image in images] == pytest.approx(benign[order, m], abs=1e-6)
            assert [image["activation_adv"] for image in images] == pytest.approx(adversarial[order, m], abs=1e-6)


def test_the_artifact_has_a_row_an_image_of_a_neuron(
    found: Audited, maps: dict[str, tuple[torch.Tensor, torch.Tensor]]
) -> None:
    section = found.report["neurons"]["receptive_fields"]
    with np.load(found.files["receptive_fields"]) as data, np.load(found.files["pairs"]) as pairs:
        kept = {name: data[name] for name in data.files}
        x, x_adv = pairs["x"], pairs["x_adv"]
    assert kept["names"].tolist() == LAYERS
    assert kept["first"].tolist() == [0, 12, 24, 36]
    assert kept["layer"].tolist() == [0] * 12 + [1] * 12 + [2] * 12
    told = [
        (n["neuron"], int(n["group"] == "bottom"), place, i["index"], i["label"], i["activation"], i["activation_adv"])
        for layer in section["layers"]
        for n in layer["neurons"]
        for place, i in enumerate(n["images"])
    ]
    names = ("neuron", "group", "place", "index", "label", "activation", "activation_adv")
    assert list(zip(*(kept[name].tolist() for name in names), strict=True)) == told
    np.testing.assert_array_equal(kept["images"][kept["image"]], kept["index"])
    np.testing.assert_array_equal(kept["x"], x[kept["images"]])
    np.testing.assert_allclose(kept["x_adv"], x_adv[kept["images"]], atol=1e-6)
    for i, name in enumerate(LAYERS):
        rows = slice(kept["first"][i], kept["first"][i + 1])
        at = kept["index"][rows], kept["neuron"][rows]
        for key, values in zip(("map", "map_adv"), maps[name], strict=True):
            np.testing.assert_allclose(kept[f"{key}_{i}"], values[at], atol=1e-6)


def test_a_picture_a_layer_shows_the_fields(found: Audited) -> None:
    with np.load(found.files["receptive_fields"]) as kept:
        first = kept["x"][kept["image"][0]]
        tile = field_tile(first, kept["map_0"][0], 0.25)
    with Image.open(found.files["receptive_fields_0"]) as picture:
        assert picture.format == "PNG"
        shown = np.asarray(picture.convert("RGB")).astype(int)
    height, width = tile.shape[:2]
    assert shown.shape[0] > 4 * height
    assert shown.shape[1] > 6 * width
    # The first pair stands right of the captions, below the words; its colours are those of the palette's nearest.
    windows = np.lib.stride_tricks.sliding_window_view(shown[: height + 30, : width + 100], (height, width, 3))
    assert abs(windows[:, :, 0] - tile).max((2, 3, 4)).min() <= 8
    listed = [(a["kind"], a["format"]) for a in found.report["artifacts"] if a["kind"] == "receptive_fields"]
    assert listed == [("receptive_fields", "npz"), *[("receptive_fields", "png")] * 3]


@pytest.mark.parametrize("slice_size", [7, 3])
def test_slices_and_batches_leave_no_trace(small: InProcess, found: Audited, slice_size: int) -> None:
    small.forget()
    cut = audited(small, slice_size=slice_size, batch_size=4)
    with np.load(cut.files["receptive_fields"]) as a, np.load(found.files["receptive_fields"]) as b:
        assert set(a.files) == set(b.files)
        for name in set(a.files) - {"image", "images", "x", "x_adv"}:
            if a[name].dtype.kind == "f":
                np.testing.assert_allclose(a[name], b[name], atol=1e-5)
            else:
                np.testing.assert_array_equal(a[name], b[name])
        np.testing.assert_allclose(a["x_adv"][a["image"]], b["x_adv"][b["image"]], atol=1e-5)


def test_layers_are_named_as_in_the_paper_or_in_the_file(small: InProcess) -> None:
    some = audited(small, layers=["conv3", "conv1"], max_samples=6)
    section = some.report["neurons"]["receptive_fields"]
    assert ([layer["name"] for layer in section["layers"]], section["n"]) == (["conv1", "conv3"], 6)
    indices = {i["index"] for layer in section["layers"] for n in layer["neurons"] for i in n["images"]}
    assert indices <= set(range(6))


@pytest.mark.parametrize(
    ("layers", "message"),
    [(["conv1", "conv9"], "no layer 'conv9'; it has conv1"), (["conv1", "fc1"], "no activation map")],
)
def test_layers_that_cannot_be_are_refused_where_they_stand(small: InProcess, layers: list[str], message: str) -> None:
    with pytest.raises(InvalidField, match=message) as caught:
        audited(small, layers=layers)
    assert (caught.value.errors or ())[0].pointer == "/neurons/receptive_fields/layers/1"


def test_a_net_without_maps_is_refused(small: InProcess) -> None:
    inspection = small.model.inspection
    flat = inspection.model_copy(update={"layers": tuple(x for x in inspection.layers if x.kind == "linear")})
    model = type(small.model)(small.model.id, small.model.name, small.model.sha256, small.model.size, flat)
    from openapi.analyses.receptive_fields import ReceptiveFieldOptions
    from service.orchestrator.analyses.receptive_fields import check

    with pytest.raises(InvalidField, match="no layer of the model 'net' has an activation map"):
        check(ReceptiveFieldOptions(), None, model, small.data)  # type: ignore[arg-type]  # the request says nothing here


def test_the_page_shows_the_pictures(found: Audited) -> None:
    part = found.html.partition('<section id="neurons-receptive_fields">')[2].partition("</section>")[0]
    assert part.count("data:image/png;base64,") == 3
    assert part.count("<tr>") == 1 + 3
