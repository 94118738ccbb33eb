"""`/v1/audits/{id}/layers`, `/neurons`, …: what an audit's analyses found, in slices."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from litestar import Controller, Response
from litestar.params import QueryParameter

from openapi.views.layers import LayersPage
from openapi.views.neurons import NeuronSort, NeuronsPage
from service.analyses.columns import Columns
from service.analyses.layers import layers
from service.analyses.neurons import Scope, neurons
from service.analyses.service import columns_of
from service.context import Services
from service.http.arguments import Id, Limit, Parts, Place, Req
from service.http.conditional import conditional
from service.http.docs import Doc, get_or_head

_PROBLEMS = ("not-found", "not-ready", "validation")

Class = Annotated[int | None, QueryParameter(ge=0, le=1_000_000, description="Only images of this true class")]
Adversarial = Annotated[
    int | None, QueryParameter(ge=0, le=1_000_000, description="Only images that are taken for this class under attack")
]
Index = Annotated[int | None, QueryParameter(ge=0, lt=2**53, description="One image, by its number in the data set")]
LayerName = Annotated[
    str | None,
    QueryParameter(max_length=1000, description="A layer's name; without it the one that the last layer reads"),
]
SortNeurons = Annotated[
    NeuronSort | None, QueryParameter(description="The largest first; `neuron` and `benign_delta` the least")
]


def _doc(model: Any) -> Doc:
    return Doc({200: model, 304: None}, _PROBLEMS, headers=("If-None-Match",))


async def _answered(
    services: Services,
    request: Req,
    audit_id: str,
    render: Callable[[Columns], Awaitable[bytes]],
    media_type: str = "application/json",
) -> Response[Any]:
    """What is made of the audit's columns."""
    columns = await columns_of(services, audit_id)
    return await conditional(request, columns.sha256, lambda: render(columns), media_type)


class AnalysesController(Controller):
    """What an audit's analyses found."""

    path = "/audits"
    tags = ["analyses"]

    @get_or_head("/{audit_id:str}/layers", operation_id="listAuditLayers", doc=_doc(LayersPage))
    async def layers(
        self, audit_id: Id, request: Req, services: Parts, limit: Limit = 100, cursor: Place = None
    ) -> Response[Any]:
        """List layers with sensitivity and ratio, their course over eps, and their similarity across targets.

        `neurons` in the audit's request asks for it, `neurons.sweep` and `neurons.similarity` for the last two.
        """
        start = int(cursor or 0)
        return await _answered(services, request, audit_id, lambda columns: layers(columns, limit, start))

    @get_or_head("/{audit_id:str}/neurons", operation_id="listAuditNeurons", doc=_doc(NeuronsPage))
    async def neurons(
        self,
        audit_id: Id,
        request: Req,
        services: Parts,
        layer: LayerName = None,
        sort: SortNeurons = None,
        label: Class = None,
        adversarial: Adversarial = None,
        index: Index = None,
        limit: Limit = 100,
        cursor: Place = None,
    ) -> Response[Any]:
        """List the neurons of a layer, over all fooled images, a cell of the matrix, or one image.

        Measures other than sensitivity and ratio are of the layer that the last layer reads; `neurons.vulnerability`
        in the audit's request asks for them.
        """
        scope, start = Scope(label, adversarial, index), int(cursor or 0)
        return await _answered(
            services, request, audit_id, lambda columns: neurons(columns, layer, sort, scope, limit, start)
        )
