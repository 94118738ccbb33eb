"""`/clusters`, `/dendrogram`, `/embedding` and one neuron, against scipy and the arrays that the audit keeps."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, leaves_list, linkage

from openapi.views.clusters import ClustersPage, DendrogramView, EmbeddingView
from openapi.views.neurons import NeuronDetail
from service.analyses.clusters import Tree
from service.analyses.columns import numbers
from tests.service.analyses.conftest import Explored


def tree_of(matrix: Any) -> Tree:
    order = leaves_list(matrix).astype("<i4")
    return Tree(numbers("f8", matrix.astype("<f8").tobytes()), numbers("i4", order.tobytes()))


def partition(clusters: list[Any]) -> set[frozenset[int]]:
    return {frozenset(neurons) for neurons in clusters}


def by_scipy(labels: Any) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == c).tolist()) for c in np.unique(labels)}


@given(st.integers(2, 30), st.integers(0, 10**6), st.sampled_from(["ward", "average"]), st.booleans())
def test_cuts_are_those_of_scipy(m: int, seed: int, method: str, ties: bool) -> None:
    points = np.random.default_rng(seed).normal(size=(m, 3))
    matrix = linkage(np.rint(points) if ties else points, method)
    tree = tree_of(matrix)
    for count in range(1, m + 1):
        found = [neurons for _, neurons in tree.cut(tree.height_of(count))]
        assert len(found) <= count
        if matrix[0, 2] > 0:  # scipy joins what is equal even where nothing need be
            assert partition(found) == by_scipy(fcluster(matrix, count, "maxclust"))
    for height in (*matrix[:, 2], matrix[-1, 2] / 2):
        found = [neurons for _, neurons in tree.cut(height)]
        assert partition(found) == by_scipy(fcluster(matrix, height, "distance"))
        assert [*itertools.chain(*found)] == tree.order.tolist()


@pytest.mark.parametrize("count", [1, 2, 5, 16])
def test_clusters_have_the_mean_role_of_their_neurons(explored: Explored, count: int) -> None:
    kept = explored.arrays("clusters")
    page = ClustersPage.model_validate_json(explored.ask("clusters", params={"count": count}).content)
    labels = fcluster(kept["linkage"], count, "maxclust")
    assert partition([c.neurons for c in page.items]) == by_scipy(labels)
    assert page.count == len(page.items)
    assert page.layer == explored.report["neurons"]["vulnerability"]["layer"]
    for i, cluster in enumerate(page.items):
        assert cluster.cluster == i
        np.testing.assert_allclose(cluster.role, kept["roles"][list(cluster.neurons)].mean(0), atol=1e-9)
    assert explored.every("clusters", count=count, limit=2) == explored.get("clusters", count=count)["items"]


def test_a_cut_at_a_height(explored: Explored) -> None:
    matrix = explored.arrays("clusters")["linkage"]
    page = explored.get("clusters", height=float(matrix[7, 2]))
    assert partition([c["neurons"] for c in page["items"]]) == by_scipy(fcluster(matrix, matrix[7, 2], "distance"))
    assert max(c["height"] for c in page["items"]) <= matrix[7, 2] == page["height"]


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("clusters", {"count": 17}, "count"),
        ("clusters", {"count": 9999}, "count"),
        ("neurons/conv3/0", {"count": 17}, "count"),
        ("clusters", {"height": -1}, "height"),
        ("clusters", {"count": 2, "height": 1}, "height"),
    ],
)
def test_cuts_that_are_none_are_refused(explored: Explored, path: str, query: dict[str, float], name: str) -> None:
    answer = explored.ask(path, params=query)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [name]


def test_the_dendrogram_is_the_linkage(explored: Explored) -> None:
    found = DendrogramView.model_validate_json(explored.ask("dendrogram").content)
    kept = explored.arrays("clusters")
    np.testing.assert_array_equal(found.merges, kept["linkage"])
    assert list(found.order) == kept["order"].tolist()


def test_the_plane_is_that_of_the_first_two_components(explored: Explored) -> None:
    found = EmbeddingView.model_validate_json(explored.ask("embedding").content)
    kept = explored.arrays("activations")
    for name in ("index", "label", "predicted", "adversarial", "fooled"):
        assert list(getattr(found, name)) == kept[name].tolist()
    rows = np.concatenate([kept["benign"], kept["attacked"]]).astype(float)
    centred = rows - rows.mean(0)
    _, singular, directions = np.linalg.svd(centred, full_matrices=False)
    assert singular[1] > singular[2] * (1 + 1e-6)
    for axis, name in enumerate("xy"):
        shown = np.array([*getattr(found.benign, name), *getattr(found.attacked, name)])
        expected = centred @ directions[axis]
        np.testing.assert_allclose(np.abs(shown), np.abs(expected), atol=1e-4)  # the sign of a component is free


def test_one_neuron(explored: Explored) -> None:
    section, kept = explored.report["neurons"]["vulnerability"], explored.arrays("activations")
    layer = section["layer"]
    listed = {row["neuron"]: row for row in explored.get("neurons", sort="neuron")["items"]}
    for number in (0, 5, 15):
        answer = explored.ask(f"neurons/{layer}/{number}", params={"count": 4})
        found = NeuronDetail.model_validate_json(answer.content)
        assert {name: answer.json()[name] for name in listed[number]} == listed[number]
        for band in found.bands or ():
            own = kept["contribution"][kept["predicted"] == band.label, number].astype(float)
            assert band.n == len(own)
            half = 1.959963984540054 * (own.std(ddof=1) if len(own) > 1 else 0.0)
            expected = [own.mean(), own.mean() - half, own.mean() + half]
            np.testing.assert_allclose([band.mean, band.low, band.high], expected, atol=1e-5)
        assert {band.label for band in found.bands or ()} == set(kept["predicted"].tolist())
        assert found.cluster is not None
        assert number in found.cluster.neurons
        clusters = explored.get("clusters", count=4)["items"]
        assert list(found.cluster.neurons) == clusters[found.cluster.cluster]["neurons"]
        exciting(found, kept, number)


def exciting(found: NeuronDetail, kept: dict[str, Any], number: int) -> None:
    """Compare with the largest of the numbers that the last layer reads of the neuron."""
    own = kept["neuron_of"] == number
    benign, attacked = (kept[name][:, own].max(1) for name in ("benign", "attacked"))
    assert found.images is not None
    assert found.images.adversarial is not None
    for shown, values in ((found.images.benign, benign), (found.images.adversarial, attacked)):
        order = np.lexsort((np.arange(len(values)), -values))[:10]
        assert [image.index for image in shown] == kept["index"][order].tolist()
        for image, row in zip(shown, order, strict=True):
            assert image.label == kept["label"][row]
            np.testing.assert_allclose(
                [image.activation, image.activation_adv], [benign[row], attacked[row]], atol=1e-6
            )
            assert {picture.what for picture in image.pictures} >= {"benign", "adversarial", "difference"}


def test_a_neuron_of_another_layer_has_its_sensitivity(explored: Explored) -> None:
    layer = explored.report["neurons"]["layers"][0]
    for row in layer["ranking"]:
        found = explored.get(f"neurons/{layer['name']}/{row['neuron']}")
        assert (found["sensitivity"], found["rank"]) == (row["sensitivity"], row["rank"])
        assert found["measures"] is found["bands"] is found["images"] is found["cluster"] is None


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("neurons/conv3/16", 404, "0 to 15"),
        ("neurons/conv3/-1", 404, ""),
        ("neurons/conv9/0", 404, "did you mean 'conv"),
        ("neurons/a~1b~0/0", 404, "'a/b~'"),
        ("neurons/conv3/99999999999999999999999", 404, "0 to 15"),
        ("clusters?count=2&height=1", 422, "either at a count or at a height"),
        ("clusters?count=0", 422, ""),
        ("clusters?height=nan", 422, ""),
    ],
)
def test_wrong_questions(explored: Explored, path: str, status: int, words: str) -> None:
    answer = explored.place.api.get(f"/v1/audits/{explored.id}/{path}")
    assert answer.status_code == status, answer.text
    assert words in answer.json()["detail"]


@pytest.mark.parametrize("path", ["clusters", "dendrogram", "embedding"])
def test_without_vulnerability_it_is_said_how_to_ask(plain: Explored, path: str) -> None:
    answer = plain.ask(path)
    assert answer.status_code == 404
    assert '"neurons": {"vulnerability": {}}' in answer.json()["detail"]
