"""Clusters of neurons: a dendrogram, cut at a count or at a height."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from openapi.problems import InvalidField, NotFound
from openapi.views.base import TSNE, VULNERABILITY
from service.analyses.arrow import Format, stream
from service.analyses.columns import Columns, Numbers
from service.analyses.service import require, written

#: Clusters where nothing else is asked for.
USUAL = 8


@dataclass(frozen=True)
class Tree:
    """The linkage of m neurons as scipy has it, (m − 1, 4) numbers, and the neurons from left to right."""

    linkage: Numbers
    order: Numbers

    @property
    def neurons(self) -> int:
        """m."""
        return len(self.order)

    def height(self, node: int) -> float:
        """At which a cluster's neurons are joined; 0 for a neuron."""
        return float(self.linkage[4 * (node - self.neurons) + 2]) if node >= self.neurons else 0.0

    def cut(self, height: float | None) -> list[tuple[int, list[int]]]:
        """(cluster, its neurons) from left to right: all that is joined at or below a height; None: nothing is."""
        found, place = [], 0
        waiting = [2 * self.neurons - 2]
        while waiting:
            node = waiting.pop()
            at = 4 * (node - self.neurons)
            if node < self.neurons or (height is not None and self.linkage[at + 2] <= height):
                size = 1 if node < self.neurons else int(self.linkage[at + 3])
                found.append((node, self.order[place : place + size].tolist()))
                place += size
            else:
                waiting += [int(self.linkage[at + 1]), int(self.linkage[at])]
        return found

    def height_of(self, count: int | None) -> float | None:
        """The lowest height at which at most so many clusters are left. Raises `InvalidField` for more than neurons."""
        if count is not None and count > self.neurons:
            raise InvalidField("count", f"there are {self.neurons} neurons, and no more clusters than that")
        joined = self.neurons - (count or USUAL)
        return sorted(self.linkage[2::4])[joined - 1] if joined > 0 else None


async def tree_of(columns: Columns) -> Tree:
    """The dendrogram. Raises `NotFound`."""
    require(columns, VULNERABILITY, "The audit has no clusters")
    if "clusters.linkage" not in columns:
        raise NotFound("The audit has no clusters: they need two neurons at least")
    return Tree(await columns.whole("clusters.linkage"), await columns.whole("clusters.order"))


async def clusters(columns: Columns, count: int | None, height: float | None, limit: int, start: int) -> bytes:
    """A page of the clusters of a cut, with their mean roles."""
    if count is not None and height is not None:
        raise InvalidField("height", "a dendrogram is cut either at a count or at a height")
    tree = await tree_of(columns)
    at = tree.height_of(count) if height is None else height
    found = tree.cut(at)
    shown = found[start : start + limit]
    roles = await columns.rows("clusters.roles", [node for node, _ in shown])
    items: list[dict[str, Any]] = [
        {"cluster": start + i, "neurons": neurons, "height": tree.height(node), "role": role.tolist()}
        for i, ((node, neurons), role) in enumerate(zip(shown, roles, strict=True))
    ]
    end, facts = start + len(shown), columns.facts["clusters"]
    rest = {"layer": columns.facts["penultimate"], "count": len(found), "height": at, **facts}
    return written({"items": items, **rest, "next_cursor": str(end) if end < len(found) else None})


async def dendrogram(columns: Columns, format: Format) -> bytes:
    """The linkage matrix."""
    tree = await tree_of(columns)
    if format == "json":
        return await columns.text("dendrogram")
    return await asyncio.to_thread(_merges, tree, columns.facts["penultimate"], columns.facts["clusters"]["linkage"])


def _merges(tree: Tree, layer: str, linkage: str) -> bytes:
    """A row a merge; the order of the neurons stands beside them, as JSON."""
    a, b, height, size = (tree.linkage[i::4] for i in range(4))
    shown = {name: Numbers("i", map(int, values)) for name, values in (("a", a), ("b", b), ("neurons", size))}
    order = json.dumps(tree.order.tolist())
    return stream({**shown, "height": height}, layer=layer, linkage=linkage, order=order)


async def embedding(columns: Columns, method: str, format: Format) -> bytes:
    """The plane of activations, by `pca` or `tsne`."""
    require(columns, VULNERABILITY, "The audit has no embedding")
    name = "embedding"
    if method == "tsne":
        require(columns, TSNE, "The audit has no embedding by t-SNE")
        name = "embedding.tsne"
    if name not in columns.index.texts:
        raise NotFound("This audit was made before there was an embedding by t-SNE; start it again", analysis=TSNE)
    text = await columns.text(name)
    return text if format == "json" else await asyncio.to_thread(_plane, text)


def _plane(text: bytes) -> bytes:
    """A row an image."""
    view = json.loads(text)
    types = {"index": "q", "label": "i", "predicted": "i", "adversarial": "i"}
    shown: dict[str, Numbers | list[bool]] = {name: Numbers(type, view[name]) for name, type in types.items()}
    shown["fooled"] = view["fooled"]
    for which in ("benign", "attacked"):
        shown |= {f"{which}_{axis}": Numbers("d", view[which][axis]) for axis in ("x", "y")}
    return stream(shown, method=view["method"], layer=view["layer"])


async def own_cluster(columns: Columns, neuron: int, count: int | None) -> dict[str, Any] | None:
    """The cluster of a neuron where the dendrogram is cut into so many."""
    if "clusters.linkage" not in columns:
        return None
    tree = await tree_of(columns)
    found = tree.cut(tree.height_of(count))
    at, neurons = next((i, neurons) for i, (_, neurons) in enumerate(found) if neuron in neurons)
    return {"count": len(found), "cluster": at, "neurons": neurons}
