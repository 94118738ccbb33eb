"""Registries of models that tell Tremor of new versions: what one says, and what it is answered."""

from typing import Annotated, Literal

from pydantic import Field

from openapi.base import Frozen
from openapi.models import ModelMetadata
from openapi.problems import Problem
from openapi.webhooks import WebhookUrl

#: `queued`: to be fetched; `auditing`: its audit was started; `done`: what was found is written back; `refused`: it
#: cannot be audited, and `problem` says why.
VersionStatus = Literal["queued", "auditing", "done", "refused"]

_Name = Annotated[str, Field(min_length=1, max_length=200)]


class VersionEvent(Frozen):
    """What a registry of kind `generic` sends: a version of a model, and where its file is."""

    model: _Name
    version: Annotated[str, Field(min_length=1, max_length=100)]
    url: WebhookUrl
    metadata: ModelMetadata = Field(
        ModelMetadata(), description="As beside an uploaded file; without a name `model` is it"
    )
    again: Annotated[str, Field(max_length=200)] = Field(
        "", description="A version is audited once for each text that stands here"
    )


class VersionInfo(Frozen):
    """A version of a registered model, and how far its audit is."""

    id: str
    registry: str
    model: str
    version: str
    status: VersionStatus
    model_id: str | None = None
    audit_id: str | None = None
    problem: Problem | None = Field(None, description="Why it is refused, or what kept the last try from going on")


class EventAnswer(Frozen):
    """What became of an event. The same event again is `known`, and says how far the audit is."""

    outcome: Literal["taken", "known", "ignored"]
    version: VersionInfo | None = Field(None, description="null where the event is of nothing that is audited")
