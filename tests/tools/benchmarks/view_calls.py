"""The calls about an audit's analyses, as the benchmark asks them: another slice each time where there is a choice."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.tools.synthetic_audit import LAYER, Size

#: Most neurons whose fields one picture shows.
_MANY = 64


@dataclass(frozen=True)
class Known:
    """Numbers of images with maps, explained and searched ones; excited: (layer, neuron, image) of each field."""

    mapped: list[int]
    explained: list[int]
    searched: list[int]
    excited: list[tuple[str, int, int]]


def known(http: httpx.Client, audit: str) -> Known:
    """Ask the service what there is."""
    base = f"/v1/audits/{audit}"

    def items(call: str) -> list[Any]:
        return list(http.get(f"{base}/{call}").raise_for_status().json()["items"])

    fields = http.get(f"{base}/report").raise_for_status().json()["neurons"]["receptive_fields"]
    return Known(
        mapped=[one["index"] for one in items("images?limit=1000") if one["fields"]],
        explained=[one["index"] for one in items("explanations?limit=1000")],
        searched=[one["index"] for one in items("regions?limit=1000")],
        excited=[
            (layer["name"], neuron["neuron"], image["index"])
            for layer in fields["layers"]
            for neuron in layer["neurons"]
            for image in neuron["images"]
        ],
    )


def calls(size: Size, there: Known, seed: int) -> dict[str, Callable[[], str]]:
    """Name → an address of that call."""
    draw = random.Random(seed)
    return {**_of_images_and_neurons(size, draw), **_of_maps(size, there, draw), **_of_findings(size, there, draw)}


def _of_images_and_neurons(size: Size, draw: random.Random) -> dict[str, Callable[[], str]]:
    def image() -> int:
        return draw.randrange(size.images)

    def label() -> int:
        return draw.randrange(size.classes)

    return {
        "layers": lambda: "layers",
        "neurons, all images, 100": lambda: f"neurons?cursor={draw.randrange(size.neurons - 100)}",
        "neurons, all images, 1,000": lambda: f"neurons?limit=1000&cursor={draw.randrange(size.neurons - 1000)}",
        "neurons, all images, all in Arrow": lambda: "neurons?format=arrow",
        "neurons of a cell, 100": lambda: f"neurons?label={label()}&sort=adversarial_rise",
        "neurons in an image, 100": lambda: f"neurons?index={image()}",
        "one neuron": lambda: f"neurons/{LAYER}/{draw.randrange(size.neurons)}",
        "matrix": lambda: "matrix",
        "images, 100": lambda: f"images?cursor={draw.randrange(size.images - 100)}",
        "images of a cell by l2, 100": lambda: f"images?label={label()}&adversarial={label()}&sort=l2",
        "images, all in Arrow": lambda: "images?format=arrow",
        "one image with its curves": lambda: f"images/{image()}",
        "a picture": lambda: f"images/{image()}/{draw.choice(('benign', 'adversarial', 'difference'))}.png",
        "clusters, 8": lambda: "clusters?count=8",
        "clusters, 200 of 1,000": lambda: f"clusters?count=1000&limit=200&cursor={draw.randrange(800)}",
        "dendrogram": lambda: "dendrogram",
        "dendrogram in Arrow": lambda: "dendrogram?format=arrow",
        "embedding": lambda: "embedding",
        "embedding in Arrow": lambda: "embedding?format=arrow",
    }


def _of_maps(size: Size, there: Known, draw: random.Random) -> dict[str, Callable[[], str]]:
    def field(neurons: int, more: str = "") -> str:
        chosen = ",".join(map(str, draw.sample(range(size.neurons), neurons)))
        return f"images/{draw.choice(there.mapped)}/field-{_side(draw)}.png?neurons={chosen}{more}"

    def of_layer() -> str:
        layer, neuron, image = draw.choice(there.excited)
        return f"images/{image}/field-{_side(draw)}.png?layer={layer}&neurons={neuron}"

    def neuron_of_layer() -> str:
        layer, neuron, _ = draw.choice(there.excited)
        return f"neurons/{layer}/{neuron}"

    measures = ("map_benign", "map_adversarial")
    return {
        "neurons by a map's score, 100": lambda: f"neurons?sort={draw.choice(measures)}",
        "neurons by it in an image, 100": lambda: (
            f"neurons?index={draw.choice(there.mapped)}&sort={draw.choice(measures)}"
        ),
        "a window map": lambda: f"images/{draw.choice(there.mapped)}/map-{_side(draw)}.png",
        "a field": lambda: field(1),
        f"fields of {_MANY} neurons, joined": lambda: field(_MANY),
        f"what {_MANY} fields share": lambda: field(_MANY, "&mode=intersection"),
        "a neuron of any layer, its images": neuron_of_layer,
        "a field of any layer": of_layer,
    }


def _side(draw: random.Random) -> str:
    return draw.choice(("benign", "adversarial"))


def _of_findings(size: Size, there: Known, draw: random.Random) -> dict[str, Callable[[], str]]:
    drawn = ("explained", "explained-difference", "psr", "refined", "cam-benign-true", "cam-adversarial-target")
    return {
        "explanations, 100": lambda: "explanations",
        "explanations of a class": lambda: f"explanations?label={draw.randrange(size.classes)}",
        "one explanation": lambda: f"explanations/{draw.choice(there.explained)}",
        "a picture of an explanation": lambda: f"images/{draw.choice(there.explained)}/{draw.choice(drawn)}.png",
        "regions, 100": lambda: "regions",
        "regions with a pixel that decides": lambda: "regions?vulnerable=true",
        "the regions of one image": lambda: f"regions/{draw.choice(there.searched)}",
        "a picture of regions": lambda: f"images/{draw.choice(there.searched)}/regions.png",
    }
