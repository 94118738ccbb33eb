"""Registries of models whose versions are audited: how one is entered, what it says, and what it is answered."""

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from openapi.addresses import WEB_ADDRESS
from openapi.base import Frozen, Id, JsonObject, Timestamp
from openapi.hardening_options import HardenOptions
from openapi.models import ModelMetadata
from openapi.patterns import pattern
from openapi.problems import Problem
from openapi.webhooks import WebhookUrl

IntegrationKind = Literal["mlflow", "huggingface", "generic"]
#: `failing`: it could not be asked the last time, and `problem` says why.
IntegrationStatus = Literal["active", "paused", "failing"]
#: `queued`: to be fetched; `auditing`: its audit was started; `done`: what was found is written back; `refused`: it
#: cannot be audited, and `problem` says why.
VersionStatus = Literal["queued", "auditing", "done", "refused"]

_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Names = Annotated[tuple[_Name, ...], Field(max_length=100)]
#: Headers and credentials hold no control characters (RFC 9110, section 5.5; RFC 7617, section 2), and no blanks around
#: a header's value reach its reader. The service looks at it (`service.integrations.checking`).
_ONE_LINE = pattern(
    r"^[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?$", "write one line without blanks around it"
)
_NO_COLON = pattern(r"^[^\x00-\x1f\x7f:]+$", "write one line without a colon")
_Secret = Annotated[SecretStr, Field(min_length=1, max_length=2000, json_schema_extra={"pattern": _ONE_LINE})]
_User = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"pattern": _NO_COLON})]
_Address = Annotated[
    str,
    Field(
        max_length=2000,
        pattern=WEB_ADDRESS,
        description="http or https, without a user. Addresses that are not public are refused unless the service "
        "allows them",
    ),
]


class _Asked(Frozen):
    """What is asked of the versions of an integration, whatever its kind."""

    registered_models: _Names = Field(
        ("*",), min_length=1, description="Whose versions are audited; * stands for any text"
    )
    excluded_models: _Names = Field((), description="Of those the ones that are left alone")
    dataset_id: Id
    policy_id: Id | None = Field(None, description="The policy that decides the verdict, and with it the alias")
    audit: JsonObject = Field(
        default_factory=dict,
        description="The other fields of `POST /v1/audits`, such as `preset`, `attacks` and `max_samples`",
    )
    harden: HardenOptions | None = Field(None, description="Harden each version as well, as in `POST /v1/audits`")
    metadata: ModelMetadata = Field(
        ModelMetadata(), description="As beside an uploaded file; the name is the registered model's"
    )


class MLflowRequest(_Asked):
    """The body of `POST /v1/integrations/mlflow`."""

    tracking_uri: _Address = Field(description="Of the server, as MLFLOW_TRACKING_URI")
    alias: _Name | None = Field(None, description="Leads to the newest version whose verdict is `pass`; null: none")
    secret: _Secret | None = Field(None, description="Signs the webhook's events; without one events are refused")
    token: _Secret | None = Field(None, description="Sent as `Authorization: Bearer`")
    username: _User | None = None
    password: _Secret | None = None
    poll_seconds: float = Field(60.0, ge=1.0, le=86_400.0, description="Between two looks at what is registered")
    since: Timestamp | None = Field(None, description="Versions registered before are left alone unless asked for")

    @model_validator(mode="after")
    def _is_asked_in_one_way(self) -> Self:
        if (self.password is None) != (self.username is None):
            raise PydanticCustomError("credentials", "username and password belong together", {"field": "password"})
        if self.password is not None and self.token is not None:
            raise PydanticCustomError(
                "credentials", "give a token, or a username with its password", {"field": "password"}
            )
        return self


class HuggingFaceRequest(_Asked):
    """The body of `POST /v1/integrations/huggingface`."""

    tracking_uri: _Address = Field("https://huggingface.co", description="Of the Hub")
    registered_models: _Names = Field(
        min_length=1, description="Repositories; those named in full are looked at every `poll_seconds` as well"
    )
    secret: _Secret | None = Field(None, description="The webhook's secret; without one events are refused")
    token: _Secret | None = Field(None, description="Reads private repositories")
    poll_seconds: float = Field(60.0, ge=1.0, le=86_400.0, description="Between two looks at the repositories")


class GenericRequest(_Asked):
    """The body of `POST /v1/integrations/generic`."""

    secret: _Secret | None = Field(
        None,
        description="Signs events by Standard Webhooks: `whsec_` and base64 of 24 bytes or more. Without one only keys "
        "of scope `submit` tell of versions (`POST /v1/integrations/generic/events`)",
    )


class IntegrationChange(Frozen):
    """What is to change; what is left out stays, and null takes back. `tracking_uri` stays: its secrets are its own."""

    paused: bool | None = Field(None, description="true: ask nothing, fetch nothing; events are kept for later")
    registered_models: _Names | None = None
    excluded_models: _Names | None = None
    dataset_id: Id | None = None
    policy_id: Id | None = None
    audit: JsonObject | None = None
    harden: HardenOptions | None = None
    metadata: ModelMetadata | None = None
    alias: _Name | None = None
    secret: _Secret | None = None
    token: _Secret | None = None
    username: _User | None = None
    password: _Secret | None = None
    poll_seconds: float | None = Field(None, ge=1.0, le=86_400.0)
    since: Timestamp | None = None


class IntegrationInfo(Frozen):
    """An integration without its secrets. What is null is not of its kind, or not set."""

    id: str
    kind: IntegrationKind
    status: IntegrationStatus
    problem: Problem | None = Field(None, description="Why it could not be asked the last time")
    events_url: str = Field(description="Where the registry sends its events")
    tracking_uri: str | None = None
    registered_models: tuple[str, ...]
    excluded_models: tuple[str, ...]
    dataset_id: str
    policy_id: str | None = None
    audit: JsonObject
    harden: HardenOptions | None = None
    metadata: ModelMetadata
    alias: str | None = None
    poll_seconds: float | None = None
    since: Timestamp | None = None
    is_signed: bool = Field(description="Whether there is a secret for events")
    credentials: Literal["token", "password"] | None = Field(None, description="What the registry is asked with")
    last_event_at: Timestamp | None = None
    last_poll_at: Timestamp | None = None
    pending: int = Field(description="Versions that are to be fetched, audited or told of")
    audits: int = Field(description="Audits that it has started")
    created_at: Timestamp


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


class KeyedVersionEvent(VersionEvent):
    """The same of somebody with an API key."""

    integration_id: Id | None = Field(None, description="Needed where the tenant has several of kind `generic`")


class VersionInfo(Frozen):
    """A version of a registered model, and how far its audit is."""

    id: str
    integration_id: str
    model: str
    version: str
    status: VersionStatus
    model_id: str | None = None
    audit_id: str | None = None
    problem: Problem | None = Field(None, description="Why it is refused, or what kept the last try from going on")
    created_at: Timestamp


class EventAnswer(Frozen):
    """What became of an event. The same event again is `known`, and says how far the audit is."""

    outcome: Literal["taken", "known", "ignored"]
    version: VersionInfo | None = Field(None, description="null where the event is of nothing that is audited")
