"""`/v1/audits/{id}/layers`, `/neurons`, …: what an audit's analyses found, in slices."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Controller, Response

from openapi.views.analyses import AnalysesView
from openapi.views.clusters import ClustersPage, DendrogramView, EmbeddingView
from openapi.views.images import ImageDetail, ImagesPage, MatrixView
from openapi.views.layers import LayersPage
from openapi.views.neurons import NeuronDetail, NeuronsPage
from service.analyses.arguments import (
    Adversarial,
    AnswerFormat,
    Class,
    Count,
    FieldLayer,
    FieldMode,
    Fooled,
    Height,
    LayerName,
    Method,
    Most,
    Neurons,
    Number,
    Scale,
    Share,
    SheetImages,
    SheetPictures,
    SortImages,
    SortNeurons,
)
from service.analyses.arrow import ARROW, media_type, most
from service.analyses.clusters import clusters, dendrogram, embedding
from service.analyses.columns import Columns
from service.analyses.fields import Field
from service.analyses.images import Choice, image, images, matrix
from service.analyses.layers import layers
from service.analyses.neuron import neuron_detail
from service.analyses.neurons import Scope, neurons
from service.analyses.pictures import picture
from service.analyses.service import NoColumns, columns_of
from service.analyses.sheets import sheet
from service.analyses.there import analyses, none_there
from service.context import Services
from service.http.arguments import Id, Index, Limit, Parts, Place, Req
from service.http.conditional import conditional
from service.http.docs import Doc, get_or_head

_PROBLEMS = ("not-found", "not-ready", "validation")


def view_doc(model: Any, *also: str) -> Doc:
    """What the document says of a call; also: media types beside JSON."""
    return Doc({200: model, 304: None}, _PROBLEMS, headers=("If-None-Match",), also=also)


async def answered(
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

    @get_or_head("/{audit_id:str}/analyses", operation_id="listAuditAnalyses", doc=view_doc(AnalysesView))
    async def analyses(self, audit_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Say which analyses the audit has, and of those that it lacks why, and what in a request asks for them."""
        try:
            return await answered(services, request, audit_id, analyses)
        except NoColumns as error:
            return Response(none_there(error.detail), media_type="application/json")

    @get_or_head("/{audit_id:str}/layers", operation_id="listAuditLayers", doc=view_doc(LayersPage))
    async def layers(
        self, audit_id: Id, request: Req, services: Parts, limit: Limit = 100, cursor: Place = None
    ) -> Response[Any]:
        """List layers with sensitivity and ratio, their course over eps, and their similarity across targets.

        `neurons` in the audit's request asks for it, `neurons.sweep` and `neurons.similarity` for the last two.
        """
        start = int(cursor or 0)
        return await answered(services, request, audit_id, lambda columns: layers(columns, limit, start))

    @get_or_head("/{audit_id:str}/neurons", operation_id="listAuditNeurons", doc=view_doc(NeuronsPage, ARROW))
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
        limit: Most = None,
        cursor: Place = None,
        format: AnswerFormat = "json",
    ) -> Response[Any]:
        """List the neurons of a layer, over all fooled images, a cell of the matrix, or one image.

        Measures other than sensitivity and ratio are of the layer that the last layer reads; `neurons.vulnerability`
        in the audit's request asks for them. `format=arrow` gives columns of numbers, of all neurons unless `limit` is
        given.
        """
        scope, start, count = Scope(label, adversarial, index), int(cursor or 0), most(limit, format)
        return await answered(
            services,
            request,
            audit_id,
            lambda columns: neurons(columns, layer, sort, scope, count, start, format),
            media_type(format),
        )

    @get_or_head(
        "/{audit_id:str}/neurons/{layer:str}/{neuron:int}", operation_id="getAuditNeuron", doc=view_doc(NeuronDetail)
    )
    async def neuron(
        self,
        audit_id: Id,
        layer: Id,
        neuron: Number,
        request: Req,
        services: Parts,
        count: Count = None,
    ) -> Response[Any]:
        """Read one neuron: sensitivity, measures, class bands, the images that excite it most, and its cluster.

        In a layer's name / is written as ~1 and ~ as ~0. `count` is into how many clusters the dendrogram is cut.
        """
        return await answered(
            services, request, audit_id, lambda columns: neuron_detail(columns, audit_id, layer, neuron, count)
        )

    @get_or_head("/{audit_id:str}/matrix", operation_id="getAuditMatrix", doc=view_doc(MatrixView))
    async def matrix(self, audit_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Count images by true and adversarial label; `neurons.vulnerability` in the audit's request asks for it."""
        return await answered(services, request, audit_id, matrix)

    @get_or_head("/{audit_id:str}/images", operation_id="listAuditImages", doc=view_doc(ImagesPage, ARROW))
    async def images(
        self,
        audit_id: Id,
        request: Req,
        services: Parts,
        label: Class = None,
        adversarial: Adversarial = None,
        fooled: Fooled = None,
        sort: SortImages = "index",
        limit: Most = None,
        cursor: Place = None,
        format: AnswerFormat = "json",
    ) -> Response[Any]:
        """List images, benign and under the attack of `neurons.vulnerability`, of the whole set or a cell.

        `format=arrow` gives columns of numbers, of all images unless `limit` is given.
        """
        choice, start, count = Choice(label, adversarial, fooled), int(cursor or 0), most(limit, format)
        return await answered(
            services,
            request,
            audit_id,
            lambda columns: images(columns, audit_id, choice, sort, count, start, format),
            media_type(format),
        )

    @get_or_head("/{audit_id:str}/images/{index:int}", operation_id="getAuditImage", doc=view_doc(ImageDetail, ARROW))
    async def image(
        self, audit_id: Id, index: Number, request: Req, services: Parts, format: AnswerFormat = "json"
    ) -> Response[Any]:
        """Read one image: probabilities, and over the neurons the contributions to both classes with their bands.

        `format=arrow` gives the curves alone, a row a neuron.
        """
        return await answered(
            services, request, audit_id, lambda columns: image(columns, audit_id, index, format), media_type(format)
        )

    @get_or_head(
        "/{audit_id:str}/images/{index:int}/{what:str}",
        operation_id="getAuditPicture",
        doc=Doc({200: "image/png", 304: None}, _PROBLEMS, headers=("If-None-Match",)),
    )
    async def picture(
        self,
        audit_id: Id,
        index: Number,
        what: Id,
        request: Req,
        services: Parts,
        scale: Scale = None,
        layer: FieldLayer = None,
        neurons: Neurons = None,
        mode: FieldMode = "union",
        threshold: Share = 0.25,
        visibility: Share = 0.2,
        opacity: Share = 0.3,
    ) -> Response[Any]:
        """Look at an image: `benign.png`, `adversarial.png`, `difference.png`, or what an analysis has drawn of it.

        Those of `explain` are `explained.png`, `explained-difference.png`, `psr.png`, `refined.png` and
        `cam-benign-true.png` (also -target and cam-adversarial-); that of `regions` is `regions.png`. With a `window`
        vulnerability draws `map-benign.png` and `map-adversarial.png`, and `field-benign.png` and
        `field-adversarial.png` show where `neurons` are excited: from `threshold` of a map's maximum on, the `mode` of
        several; outside `visibility` of the brightness is left, inside yellow covers `opacity`. With `layer` they are
        neurons of that layer, as `receptive_fields` left them. Where pictures are listed in answers they have a text
        alternative.
        """
        field = Field(neurons, layer, mode, threshold, visibility, opacity)
        return await answered(
            services, request, audit_id, lambda columns: picture(columns, index, what, scale, field), "image/png"
        )

    @get_or_head(
        "/{audit_id:str}/sheet.png",
        operation_id="getAuditSheet",
        doc=Doc({200: "image/png", 304: None}, _PROBLEMS, headers=("If-None-Match",)),
    )
    async def sheet(
        self, audit_id: Id, request: Req, services: Parts, images: SheetImages, pictures: SheetPictures
    ) -> Response[Any]:
        """Look at several images at once: a row each, with the pictures that are asked for side by side.

        Each is as it is stored, pixel by pixel; smaller ones are brought to the size of the largest. Names of pictures
        are those of single ones.
        """
        return await answered(
            services, request, audit_id, lambda columns: sheet(columns, images, pictures), "image/png"
        )

    @get_or_head("/{audit_id:str}/clusters", operation_id="listAuditClusters", doc=view_doc(ClustersPage))
    async def clusters(
        self,
        audit_id: Id,
        request: Req,
        services: Parts,
        count: Count = None,
        height: Height = None,
        limit: Limit = 100,
        cursor: Place = None,
    ) -> Response[Any]:
        """List the clusters of neurons of alike roles where their dendrogram is cut at a count or at a height."""
        start = int(cursor or 0)
        return await answered(
            services, request, audit_id, lambda columns: clusters(columns, count, height, limit, start)
        )

    @get_or_head("/{audit_id:str}/dendrogram", operation_id="getAuditDendrogram", doc=view_doc(DendrogramView, ARROW))
    async def dendrogram(
        self, audit_id: Id, request: Req, services: Parts, format: AnswerFormat = "json"
    ) -> Response[Any]:
        """Read the linkage matrix of the neurons, and their order from left to right.

        `format=arrow` gives a row a merge (`a`, `b`, `height`, `neurons`), and the order as metadata of the schema.
        """
        return await answered(
            services, request, audit_id, lambda columns: dendrogram(columns, format), media_type(format)
        )

    @get_or_head("/{audit_id:str}/embedding", operation_id="getAuditEmbedding", doc=view_doc(EmbeddingView, ARROW))
    async def embedding(
        self, audit_id: Id, request: Req, services: Parts, method: Method = "pca", format: AnswerFormat = "json"
    ) -> Response[Any]:
        """Read where benign and adversarial images lie in one plane, by their activations.

        `tsne` is there where `neurons.vulnerability.embedding` asked for it. `format=arrow` gives a row an image.
        """
        return await answered(
            services, request, audit_id, lambda columns: embedding(columns, method, format), media_type(format)
        )
