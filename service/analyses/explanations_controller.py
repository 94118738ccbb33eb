"""`/v1/audits/{id}/explanations` and `/regions`: what was found of single images, group by group and pixel by pixel."""

from typing import Any

from litestar import Controller, Response

from openapi.views.explanations import ExplanationDetail, ExplanationsPage, RegionDetail, RegionsPage
from service.analyses.arguments import Class, Number, Target, Vulnerable
from service.analyses.controller import answered, view_doc
from service.analyses.explanations import explanation, explanations, region, regions
from service.http.arguments import Id, Index, Limit, Parts, Place, Req
from service.http.docs import get_or_head


class ExplanationsController(Controller):
    """What an audit's explanations and searches of regions found."""

    path = "/audits"
    tags = ["analyses"]

    @get_or_head("/{audit_id:str}/explanations", operation_id="listAuditExplanations", doc=view_doc(ExplanationsPage))
    async def explanations(
        self,
        audit_id: Id,
        request: Req,
        services: Parts,
        label: Class = None,
        adversarial: Target = None,
        index: Index = None,
        limit: Limit = 100,
        cursor: Place = None,
    ) -> Response[Any]:
        """List explained examples; `explain` in the audit's request asks for them."""
        start = int(cursor or 0)
        return await answered(
            services,
            request,
            audit_id,
            lambda columns: explanations(columns, label, adversarial, index, limit, start),
        )

    @get_or_head(
        "/{audit_id:str}/explanations/{index:int}", operation_id="getAuditExplanation", doc=view_doc(ExplanationDetail)
    )
    async def explanation(self, audit_id: Id, index: Number, request: Req, services: Parts) -> Response[Any]:
        """Read what each group of pixels of one example promotes and suppresses."""
        return await answered(services, request, audit_id, lambda columns: explanation(columns, index))

    @get_or_head("/{audit_id:str}/regions", operation_id="listAuditRegions", doc=view_doc(RegionsPage))
    async def regions(
        self,
        audit_id: Id,
        request: Req,
        services: Parts,
        label: Class = None,
        vulnerable: Vulnerable = None,
        index: Index = None,
        limit: Limit = 100,
        cursor: Place = None,
    ) -> Response[Any]:
        """List images that were searched pixel by pixel; `regions` in the audit's request asks for it."""
        start = int(cursor or 0)
        return await answered(
            services, request, audit_id, lambda columns: regions(columns, label, vulnerable, index, limit, start)
        )

    @get_or_head("/{audit_id:str}/regions/{index:int}", operation_id="getAuditRegions", doc=view_doc(RegionDetail))
    async def region(self, audit_id: Id, index: Number, request: Req, services: Parts) -> Response[Any]:
        """Read the regions of one image, which region each pixel is of, and every single pixel that decides."""
        return await answered(services, request, audit_id, lambda columns: region(columns, index))
