"""`/v1/policies`."""

from typing import Annotated, Any

from litestar import Controller, Response, delete, patch, post
from litestar.params import QueryParameter

from openapi.policies import PolicyChange, PolicyInfo, PolicyRequest
from service.http.arguments import Id, Limit, Parts, Req, after
from service.http.bodies import answer, read_json
from service.http.docs import Doc, get_or_head
from service.pages import Page
from service.policies.service import PolicyService

_BODY_PROBLEMS = ("malformed-request", "validation", "too-large", "unsupported-media-type", "conflict")
_EXAMPLE = {
    "name": "release",
    "rules": [
        {"metric": "clean.accuracy", "op": ">=", "value": 0.9},
        {"metric": "worst_case.robust_accuracy", "relative_to": "aud_01k9zq3v8c4f0t7m2e5r6y1a9b", "drop": 0.02},
    ],
    "applies_to": {"names": ["digits-*"], "tags": {"stage": "production"}},
}
_Named = Annotated[
    str | None,
    QueryParameter(min_length=1, max_length=200, pattern=r"^[^\x00]*$", description="Only the policy of this name"),
]


class PolicyController(Controller):
    """Rules under a name, which audits of certain models must fulfil."""

    path = "/policies"
    tags = ["policies"]

    @post(
        "/",
        operation_id="createPolicy",
        status_code=201,
        opt=Doc({201: PolicyInfo}, _BODY_PROBLEMS, body=PolicyRequest, examples={"body": _EXAMPLE}).opt(),
    )
    async def create(self, request: Req, services: Parts) -> Response[Any]:
        """Make a policy. Audits that name it, or whose model it is bound to, are judged by its rules from then on."""
        made = await PolicyService(services).create(await read_json(request, PolicyRequest))
        return answer(made, status=201, headers={"Location": f"/v1/policies/{made.id}"})

    @get_or_head("/", operation_id="listPolicies", doc=Doc({200: Page[PolicyInfo]}, ("validation",)))
    async def listing(
        self,
        services: Parts,
        limit: Limit = 50,
        cursor: after("pol") = None,  # type: ignore[valid-type]
        name: _Named = None,
    ) -> Response[Any]:
        """List policies, newest first."""
        return answer(await PolicyService(services).listing(limit, cursor, name))

    @get_or_head("/{policy_id:str}", operation_id="getPolicy", doc=Doc({200: PolicyInfo}, ("not-found",)))
    async def read(self, policy_id: Id, services: Parts) -> Response[Any]:
        """Read a policy."""
        return answer(await PolicyService(services).get(policy_id))

    @patch(
        "/{policy_id:str}",
        operation_id="changePolicy",
        opt=Doc({200: PolicyInfo}, (*_BODY_PROBLEMS, "not-found"), body=PolicyChange).opt(),
    )
    async def change(self, policy_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Change a policy. Audits that are there keep the rules that they were started with."""
        service = PolicyService(services)
        await service.get(policy_id)  # who may not know of it is not told what is wrong with the body
        return answer(await service.change(policy_id, await read_json(request, PolicyChange)))

    @delete(
        "/{policy_id:str}",
        operation_id="deletePolicy",
        opt=Doc({204: None}, ("not-found", "conflict")).opt(),
        status_code=204,
    )
    async def remove(self, policy_id: Id, services: Parts) -> None:
        """Delete a policy. Audits keep the rules that they were started with."""
        await PolicyService(services).delete(policy_id)
