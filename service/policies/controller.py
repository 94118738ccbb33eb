"""`/v1/policies`."""

from typing import Annotated, Any

from litestar import Controller, Response, post
from litestar.di import Provide
from litestar.params import QueryParameter

from openapi.policies import PolicyChange, PolicyInfo, PolicyRequest
from service.http.arguments import Id, Limit, Parts, Req, after
from service.http.bodies import answer, read_json
from service.http.docs import JSON_BODY, Doc, get_or_head
from service.http.entries import Entries, change_call, read_call, remove_call
from service.pages import Page
from service.policies.service import PolicyService

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
_POLICIES = Entries("policy", PolicyService, PolicyInfo, PolicyChange)


def _identity(policy_id: Id) -> str:
    return policy_id


class PolicyController(Controller):
    """Rules under a name, which audits of certain models must fulfil."""

    path = "/policies"
    tags = ["policies"]
    dependencies = {"identity": Provide(_identity, sync_to_thread=False)}

    @post(
        "/",
        operation_id="createPolicy",
        status_code=201,
        opt=Doc({201: PolicyInfo}, (*JSON_BODY, "conflict"), body=PolicyRequest, examples={"body": _EXAMPLE}).opt(),
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

    read = read_call(_POLICIES, "Read a policy.")
    change = change_call(
        _POLICIES, "Change a policy. Audits that are there keep the rules that they were started with.", "conflict"
    )
    remove = remove_call(_POLICIES, "Delete a policy. Audits keep the rules that they were started with.", "conflict")
