"""Which registries there are, and what is asked of the versions in each: a TOML file that the settings name."""

import stat
import tomllib
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from openapi.audits import AuditRequest
from openapi.base import Frozen
from openapi.models import ModelMetadata
from openapi.webhooks import WebhookUrl
from service.outgoing import networks
from service.tenants.caller import DEFAULT_TENANT
from service.webhooks.signing import raw

#: In the place of a model that is not there yet.
_SOME_MODEL = "mdl_none"
#: Bytes, as Standard Webhooks wants them.
_SHORTEST_SECRET = 24
#: Bits of a file's mode that let everybody read or write it.
_OTHERS = stat.S_IROTH | stat.S_IWOTH


class WrongRegistries(ValueError):
    """The file cannot be read, or says what cannot be."""


class _Hidden(Frozen):
    """Errors name fields and never repeat what stands in them: it may be a secret."""

    model_config = ConfigDict(hide_input_in_errors=True)


class AuditRule(_Hidden):
    """What is asked of the versions of some models; the first rule that names a model is its."""

    models: tuple[str, ...] = Field(("*",), min_length=1, description="Names of models; * stands for any text")
    request: dict[str, Any] = Field(description="`POST /v1/audits` without `model_id`: at least `dataset_id`")
    metadata: ModelMetadata = Field(ModelMetadata(), description="As beside an upload: `input`, `labels`, `tags`")
    alias: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="What a version is called that has passed its policy (MLflow)"
    )

    @field_validator("request")
    @classmethod
    def _is_an_audit(cls, value: dict[str, Any]) -> dict[str, Any]:
        if "model_id" in value:
            raise ValueError("the model is the version's: leave model_id out")
        try:
            AuditRequest.model_validate({**value, "model_id": _SOME_MODEL})
        except ValidationError as error:
            raise ValueError(_said(error)) from error
        return value

    def applies(self, model: str) -> bool:
        """Whether the rule is of a model of this name."""
        return any(fnmatchcase(model, name.replace("[", "[[]").replace("?", "[?]")) for name in self.models)

    def audit_of(self, model_id: str, labels: dict[str, str]) -> AuditRequest:
        """The audit of a version, under labels that lead back to it."""
        own = self.request.get("labels", {})
        return AuditRequest.model_validate({**self.request, "model_id": model_id, "labels": {**own, **labels}})


class RegistryConfig(_Hidden):
    """One registry, as the file says."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="In `/v1/integrations/NAME/events`")
    kind: Literal["mlflow", "huggingface", "generic"]
    tenant: str = Field(DEFAULT_TENANT, description="Whose the audits are")
    url: WebhookUrl | None = Field(None, description="Of the registry itself; not of a generic one")
    token: SecretStr | None = Field(None, description="Sent as `Authorization: Bearer`")
    username: str | None = None
    password: SecretStr | None = None
    webhook_secret: SecretStr | None = Field(None, description="Signs its events; without one events are refused")
    hosts: tuple[str, ...] = Field((), description="Of a generic one: the hosts that files are fetched from")
    networks: tuple[str, ...] = Field((), description="Of a generic one: networks that are allowed though not public")
    report_url: WebhookUrl | None = Field(None, description="Where people reach this service, for links to reports")
    poll_seconds: float = Field(60.0, ge=1.0, le=86_400.0, description="Between two looks at what is registered")
    since: datetime | None = Field(None, description="Versions registered before are left alone")
    audits: tuple[AuditRule, ...] = Field(min_length=1)

    @field_validator("since")
    @classmethod
    def _has_a_zone(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("write a time with its zone, such as 2026-11-27T00:00:00Z")
        return value

    @field_validator("networks")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        networks(value)
        return value

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind == "mlflow" and self.url is None:
            raise ValueError("an mlflow registry needs the url of its server")
        if self.kind == "generic" and (self.webhook_secret is None or not self.hosts):
            raise ValueError("a generic registry needs webhook_secret (whsec_...) and hosts, which files may come from")
        if self.kind == "generic" and self.webhook_secret is not None:
            _check_secret(self.webhook_secret)
        if self.kind != "generic" and (self.hosts or self.networks):
            raise ValueError("hosts and networks are of generic registries alone")
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password belong together")
        if self.username is not None and self.token is not None:
            raise ValueError("give a token or a username with its password, not both")
        return self

    def rule_for(self, model: str) -> AuditRule | None:
        """What is asked of versions of this model; None: they are none of ours."""
        return next((rule for rule in self.audits if rule.applies(model)), None)


def _check_secret(secret: SecretStr) -> None:
    try:
        right = len(raw(secret.get_secret_value())) >= _SHORTEST_SECRET
    except ValueError:
        right = False
    if not right:
        raise ValueError("webhook_secret is whsec_ and base 64 of 24 bytes or more, as Standard Webhooks has it")


class _File(_Hidden):
    registries: tuple[RegistryConfig, ...] = Field(max_length=100)


def read_registries(path: Path) -> tuple[RegistryConfig, ...]:
    """The registries of the file. Raises `WrongRegistries` with one sentence that names file and field."""
    try:
        if path.stat().st_mode & _OTHERS:
            raise WrongRegistries(f"{path} holds secrets and everybody may read it: chmod o= {path}")
        found = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).registries
    except OSError as error:
        raise WrongRegistries(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongRegistries(f"{path} is no TOML: {error}") from error
    except ValidationError as error:
        raise WrongRegistries(f"{path}: {_said(error)}") from error
    names = [one.name for one in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise WrongRegistries(f"{path}: two registries are called {twice[0]!r}")
    return found


def _said(error: ValidationError) -> str:
    """The first fault as text: where, and what."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(map(str, first["loc"]))
    what = first["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else what
