"""What the answers share."""

from typing import Any

from pydantic import ConfigDict, Field

from openapi.base import Frozen

#: Which call needs which analysis: part → the field of the request that asks for it.
NEURONS, VULNERABILITY, EXPLAIN, REGIONS = "neurons", "neurons.vulnerability", "explain", "regions"
RECEPTIVE_FIELDS = "neurons.receptive_fields"
#: And parts of vulnerability: maps of windows, the neurons' activation maps beside them, and the embedding by t-SNE.
MAPS, ACTIVATION_MAPS = "neurons.vulnerability.window", "neurons.vulnerability.activation_maps"
TSNE = "neurons.vulnerability.embedding"


class View(Frozen):
    """An answer, or an item of one."""


class Listing(View):
    """One page of a list: subclasses have `items`."""

    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last one")


class Picture(View):
    """A PNG picture, and what it shows in words."""

    what: str
    href: str
    alt: str = Field(description="Text alternative")


def example(**values: Any) -> ConfigDict:
    """A model's configuration with an example for the document."""
    return ConfigDict(json_schema_extra={"examples": [values]})
