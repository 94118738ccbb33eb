"""`GET /audits/{id}/analyses`."""

from pydantic import Field

from openapi.views.base import View, example


class AnalysisThere(View):
    """An analysis, and whether the audit has what the calls about it answer."""

    analysis: str = Field(description="By the field of a request that asks for it")
    there: bool
    detail: str | None = Field(description="Why it is not, and what asks for it")


class AnalysesView(View):
    """Every analysis, so that nobody needs to ask in vain for one that was never made."""

    model_config = example(
        items=[
            {"analysis": "neurons", "there": True, "detail": None},
            {
                "analysis": "regions", "there": False,
                "detail": 'not asked for: `regions` was null; an audit with {"regions": {}} has it',
            },
        ]
    )  # fmt: skip

    items: tuple[AnalysisThere, ...]
