"""`GET /audits/{id}/clusters`, `/dendrogram` and `/embedding`."""

from typing import Literal

from pydantic import Field

from openapi.views.base import Listing, View, example


class Cluster(View):
    """Neurons that are joined at or below the height of the cut."""

    model_config = example(cluster=0, neurons=[4, 17], height=0.31, role=[0.2, -0.1, 0.4])

    cluster: int = Field(description="Its number, from left to right in the dendrogram")
    neurons: tuple[int, ...] = Field(description="From left to right")
    height: float = Field(description="At which all of them are joined; 0 for one neuron")
    role: tuple[float, ...] = Field(description="Mean contribution c_i(x, y) to each of `classes`, over its neurons")


class ClustersPage(Listing):
    layer: str
    linkage: str
    count: int = Field(
        description="Clusters of the cut: at most as many as were asked for, fewer where heights are equal"
    )
    height: float | None = Field(description="The height of the cut; null where every neuron is alone")
    classes: tuple[int, ...] = Field(description="Classes with benign images, of which roles are made")
    items: tuple[Cluster, ...]


class DendrogramView(View):
    """The linkage matrix as scipy has it."""

    model_config = example(layer="features.8", linkage="ward", merges=[[0, 1, 0.31, 2]], order=[0, 1])

    layer: str
    linkage: str
    merges: tuple[tuple[int, int, float, int], ...] = Field(
        description="Two clusters each, the height at which they are joined, and their neurons; neurons are the clusters "
        "0 to m - 1, the i-th merge makes the cluster m + i"
    )
    order: tuple[int, ...] = Field(description="The neurons from left to right")


class Plane(View):
    x: tuple[float, ...]
    y: tuple[float, ...]


class EmbeddingView(View):
    """Activations of the layer in one plane, column by column: a place in each array is an image."""

    model_config = example(
        method="pca", layer="features.8", index=[0], label=[3], predicted=[3], adversarial=[5], fooled=[True],
        benign={"x": [0.1], "y": [-2.0]}, attacked={"x": [1.4], "y": [-1.1]},
    )  # fmt: skip

    method: Literal["pca", "tsne"]
    layer: str
    index: tuple[int, ...]
    label: tuple[int, ...]
    predicted: tuple[int, ...]
    adversarial: tuple[int, ...]
    fooled: tuple[bool, ...]
    benign: Plane
    attacked: Plane
