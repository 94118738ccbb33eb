"""Neurons of any layer: the images that `receptive_fields` found for them, where they look, and the papers' names."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from openapi.problems import InvalidField, NotFound
from openapi.views.neurons import NeuronDetail
from openapi.wire.blobs import BlobStore
from openapi.wire.columns import ColumnsIndex
from service.analyses.columns import Columns, ColumnsCache
from service.analyses.layers import find_layer
from tests.analyses.in_process import InProcess
from tests.service.analyses.conftest import ATTACK, REQUEST, Explored, Place
from workers.neurons.embedding import embed
from workers.neurons.fields import cut, overlay, receptive_field


@pytest.fixture(scope="module")
def fielded(place: Place, tiny: InProcess) -> Explored:
    """An audit with receptive fields, and an embedding by t-SNE."""
    fields = {"neurons": 2, "images": 3}
    neurons = {"steps": 3, "receptive_fields": fields, "vulnerability": {"attack": ATTACK, "embedding": "tsne"}}
    audited = tiny.audit(slice_size=8, attacks=REQUEST["attacks"], neurons=neurons, explain=None, regions=None)
    identity = place.start()
    place.leave(identity, audited)
    return Explored(place, identity, audited)


def test_images_are_those_of_the_report(fielded: Explored) -> None:
    with_fields = {image["index"]: image["fields"] for image in fielded.every("images")}
    for layer in fielded.report["neurons"]["receptive_fields"]["layers"]:
        if layer["name"] == "conv3":  # the layer that vulnerability looks at has images of its own
            continue
        known = {neuron["neuron"]: neuron["images"] for neuron in layer["neurons"]}
        assert len(known) == 4
        for number in range(8):
            answer = fielded.ask(f"neurons/{layer['name']}/{number}")
            images = NeuronDetail.model_validate_json(answer.content).images
            if number not in known:
                assert images is None
                continue
            assert images is not None
            assert images.adversarial is None
            shown = [image.model_dump(exclude={"pictures", "fields"}) for image in images.benign]
            assert shown == known[number]
            assert [image.fields for image in images.benign] == [with_fields[image.index] for image in images.benign]
            assert [[picture.what for picture in image.pictures] for image in images.benign] == [
                ["field-benign", "field-adversarial"]
            ] * 3


def pixels(fielded: Explored, href: str) -> Any:
    answer = fielded.place.api.get(href)
    assert answer.status_code == 200, answer.text
    with Image.open(io.BytesIO(answer.content)) as opened:
        opened.load()
        return np.asarray(opened).astype(int)


def test_pictures_show_the_maps_that_the_audit_keeps(fielded: Explored) -> None:
    kept = fielded.arrays("receptive_fields")
    for position, layer in enumerate(kept["names"].tolist()[:2]):
        begin = kept["first"][position]
        row = int(begin) + 4
        neuron, image = int(kept["neuron"][row]), int(kept["image"][row])
        found = fielded.get(f"neurons/{layer}/{neuron}")["images"]["benign"]
        (shown,) = [one for one in found if one["index"] == kept["images"][image]]
        for picture, x, maps in zip(shown["pictures"], ("x", "x_adv"), ("map", "map_adv"), strict=True):
            field = receptive_field(kept[f"{maps}_{position}"][row - begin][None], 8, 8)
            expected = overlay(kept[x][image], cut(field, 0.25), visibility=0.2, opacity=0.3)
            border = np.abs(field[0] - 0.25) < 1e-5  # there rounding decides
            there = pixels(fielded, f"{picture['href']}&scale=1")
            np.testing.assert_allclose(there[~border], expected.astype(int)[~border], atol=1)
            assert str(shown["index"]) in picture["alt"]


def test_wrong_questions_about_fields_say_what_there_is(fielded: Explored, explored: Explored) -> None:
    kept = fielded.arrays("receptive_fields")
    neuron = int(kept["neuron"][0])
    own = {int(kept["images"][kept["image"][row]]) for row in np.flatnonzero(kept["neuron"][:12] == neuron)}
    other = next(index for index in range(21) if index not in own)
    for index, params, status, words in (
        (other, {"layer": "conv1", "neurons": neuron}, 404, "its images are"),
        (min(own), {"layer": "head", "neurons": 0}, 422, "conv1, conv2, conv3"),
        (min(own), {"layer": "conv9", "neurons": 0}, 422, "did you mean"),
        (min(own), {"layer": "conv1", "neurons": 8}, 422, "0 to 7"),
        (min(own), {"layer": "conv1"}, 422, "neurons=3,17"),
    ):
        answer = fielded.ask(f"images/{index}/field-benign.png", params=params)
        assert (answer.status_code, words in answer.text) == (status, True), answer.text
    answer = fielded.ask(f"images/{other}/benign.png", params={"layer": "conv1"})
    assert answer.json()["errors"][0]["pointer"] == "layer"
    answer = explored.ask("images/0/field-benign.png", params={"layer": "conv1", "neurons": 0})
    assert answer.status_code == 404
    assert '"receptive_fields": {}' in answer.json()["detail"]


def test_layers_may_be_called_as_in_the_papers(fielded: Explored) -> None:
    assert [layer["paper_name"] for layer in fielded.get("layers")["items"]] == ["conv1", "conv2", "conv3", "fc1"]
    assert fielded.get("neurons", layer="fc1") == fielded.get("neurons", layer="head")
    assert fielded.get("neurons/fc1/2") == fielded.get("neurons/head/2")
    answer = fielded.ask("neurons", params={"layer": "fc2"})
    assert "did you mean 'fc1'" in answer.json()["errors"][0]["detail"]


def test_a_papers_name_of_several_layers_is_told_apart(place: Place) -> None:
    layers = {"layer1.0.conv1": [0, 8], "layer1.0.conv2": [8, 8]}
    aliases = {"l1b1c1": ["layer1.0.conv1"], "l1b1": list(layers)}
    facts = {"layers": layers, "penultimate": None, "aliases": aliases}
    blobs: BlobStore = place.worker.blobs
    columns = Columns(blobs, "0" * 64, ColumnsIndex(facts=facts), ColumnsCache())
    assert find_layer(columns, "l1b1c1").name == "layer1.0.conv1"
    with pytest.raises(InvalidField, match=r"several layers; name one of layer1\.0\.conv1, layer1\.0\.conv2"):
        find_layer(columns, "l1b1")
    with pytest.raises(NotFound, match="several layers"):
        find_layer(columns, "l1b1", missing=NotFound)


def test_the_embedding_by_tsne_is_scikit_learns(fielded: Explored) -> None:
    kept = fielded.arrays("activations")
    found = fielded.get("embedding", method="tsne")
    expected = embed(kept["benign"], kept["attacked"], "tsne", 0)
    for name, places in zip(("benign", "attacked"), expected, strict=True):
        np.testing.assert_allclose(np.array([found[name]["x"], found[name]["y"]]).T, places, rtol=1e-5)
    assert (found["method"], found["index"]) == ("tsne", kept["index"].tolist())
    by_components = fielded.get("embedding")
    assert by_components["method"] == "pca"
    assert by_components["benign"] != found["benign"]


def test_without_tsne_it_is_said_how_to_ask(explored: Explored) -> None:
    answer = explored.ask("embedding", params={"method": "tsne"})
    assert answer.status_code == 404
    assert '"embedding": "tsne"' in answer.json()["detail"]
    assert explored.ask("embedding", params={"method": "umap"}).status_code == 422


def test_maps_that_are_missing_since_nothing_was_fooled_say_so(place: Place, tiny: InProcess) -> None:
    nothing = {"name": "fgsm", "eps": 1e-7}
    neurons = {"steps": 3, "vulnerability": {"attack": nothing, "window": 2}}
    audited = tiny.audit(attacks=REQUEST["attacks"], neurons=neurons, explain=None, regions=None)
    identity = place.start()
    place.leave(identity, audited)
    for what in ("map-benign", "field-adversarial"):
        params = {"neurons": "1"} if what.startswith("field") else {}
        answer = place.api.get(f"/v1/audits/{identity}/images/0/{what}.png", params=params)
        assert answer.status_code == 404
        assert "the attack fooled none of the first 21 images" in answer.json()["detail"]
        assert "asked for" not in answer.json()["detail"]
