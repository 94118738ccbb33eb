"""`/layers`: what the report says of each layer."""

import pytest

from openapi.views.layers import LayersPage
from tests.service.analyses.conftest import Explored


def test_layers_say_what_the_report_says(explored: Explored) -> None:
    page = LayersPage.model_validate_json(explored.ask("layers").content)
    neurons = explored.report["neurons"]
    assert [layer.name for layer in page.items] == [layer["name"] for layer in neurons["layers"]]
    for view, layer in zip(page.items, neurons["layers"], strict=True):
        assert (view.kind, view.neurons, view.depth, view.tap) == tuple(
            layer[name] for name in ("kind", "neurons", "depth", "tap")
        )
        assert view.sensitivity == layer["sensitivity"]
        assert view.ratio is not None
        assert {name: view.ratio[name] for name in ("mean", "mean_top", "of_means")} == {
            name: layer["ratio"][name] for name in ("mean", "mean_top", "of_means")
        }
        ratios = [neuron["ratio"] for neuron in layer["ranking"] if neuron["ratio"] is not None]
        assert view.ratio["max"] == max(ratios)
        assert (list(view.omega or ()), list(view.dead or ())) == (layer["top"], layer["dead"])
        assert view.sweep is not None
        assert [tap.model_dump(mode="json") for tap in view.sweep.taps] == [
            swept for swept in neurons["sweep"]["layers"] if swept["name"] == view.name
        ]
        assert view.similarity is not None
        assert view.similarity.model_dump() in neurons["similarity"]["layers"]


def test_the_layer_with_measures_says_so(explored: Explored) -> None:
    measured = {layer["name"]: layer["measures"] for layer in explored.get("layers")["items"] if layer["measures"]}
    section = explored.report["neurons"]["vulnerability"]
    assert measured == {section["layer"]: section["measures"]}


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_join_to_the_whole(explored: Explored, limit: int) -> None:
    assert explored.every("layers", limit=limit) == explored.get("layers")["items"]


def test_what_was_not_measured_is_null(plain: Explored) -> None:
    layers = plain.get("layers")["items"]
    assert layers
    assert all(layer["sweep"] is layer["similarity"] is None and layer["measures"] == [] for layer in layers)
