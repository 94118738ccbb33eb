"""`/v1/comparisons`."""

from typing import Annotated, Any

from litestar import Controller, Response
from litestar.params import QueryParameter

from openapi.comparisons import ComparisonReport
from service.comparisons.page import render_comparison
from service.comparisons.service import ComparisonService
from service.http.arguments import Parts, Req
from service.http.bodies import answer
from service.http.content import PAGE_POLICY
from service.http.docs import Doc, get_or_head
from service.http.negotiation import preferred

_Base = Annotated[str, QueryParameter(description="The audit to compare with")]
_Candidate = Annotated[str, QueryParameter(description="The audit that is compared")]
_PROBLEMS = ("not-found", "not-ready", "not-acceptable", "validation")


class ComparisonController(Controller):
    """Two audits of the same samples, sample by sample."""

    path = "/comparisons"
    tags = ["comparisons"]

    @get_or_head(
        operation_id="compareAudits",
        doc=Doc({200: ComparisonReport}, _PROBLEMS, also=("text/html",)),
    )
    async def compare(self, request: Req, services: Parts, base: _Base, candidate: _Candidate) -> Response[Any]:
        """Compare two audits of the same images: which samples were won and lost, by attack, threat model and class.

        Both must have succeeded. Only the samples that both evaluated and the attacks that both ran with the same
        options count, so that numbers may differ from those of the reports. As `Accept` says JSON or a page.
        """
        kind = preferred(request.headers.get("accept"), ("application/json", "text/html"))
        found = await ComparisonService(services).compare(base, candidate)
        headers = {"Vary": "Accept", "Cache-Control": "private, no-cache"}
        if kind == "application/json":
            return answer(found, headers=headers)
        headers |= {"Content-Security-Policy": PAGE_POLICY, "Referrer-Policy": "no-referrer"}
        return Response(render_comparison(found), media_type="text/html", headers=headers)
