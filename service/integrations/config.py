"""An integration as its registry needs it: what is asked, with its secrets."""

import json
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from pydantic import SecretStr

from openapi.audits import AuditRequest
from openapi.integrations import GenericRequest, HuggingFaceRequest, IntegrationKind, MLflowRequest
from openapi.models import ModelMetadata
from service.db.bases import Json
from service.db.integrations import Integration
from service.vault import Vault

Asked = MLflowRequest | HuggingFaceRequest | GenericRequest

#: What is asked for an integration of a kind.
REQUESTS: dict[IntegrationKind, type[Asked]] = {
    "mlflow": MLflowRequest,
    "huggingface": HuggingFaceRequest,
    "generic": GenericRequest,
}
#: The fields that are stored encrypted and never answered.
SECRETS = ("secret", "token", "username", "password")
#: The fields that become the audit of a version, beside those of `audit`.
OWN = ("dataset_id", "policy_id", "harden")


@dataclass(frozen=True)
class Config:
    """What one integration asks of the versions in its registry."""

    id: str
    kind: IntegrationKind
    tenant: str
    address: str
    asked: Json
    tracking_uri: str | None
    metadata: ModelMetadata
    registered_models: tuple[str, ...]
    excluded_models: tuple[str, ...] = ()
    alias: str | None = None
    since: datetime | None = None
    poll_seconds: float | None = None
    secret: SecretStr | None = None
    token: SecretStr | None = None
    username: str | None = None
    password: SecretStr | None = None

    def applies(self, model: str) -> bool:
        """Whether versions of a model of this name are audited."""
        return _matches(model, self.registered_models) and not _matches(model, self.excluded_models)

    def audit_of(self, model_id: str, labels: dict[str, str]) -> AuditRequest:
        """The audit of a version, under labels that lead back to it."""
        body = audit_body(self.asked, model_id)
        return AuditRequest.model_validate({**body, "labels": {**body.get("labels", {}), **labels}})


def _matches(model: str, names: tuple[str, ...]) -> bool:
    """Whether one of the names is the model's; ``*`` alone stands for other text."""
    return any(fnmatchcase(model, name.replace("[", "[[]").replace("?", "[?]")) for name in names)


def audit_body(asked: Json, model_id: str) -> Json:
    """The body of `POST /v1/audits` for a model, from what is stored of an integration."""
    own = {name: asked[name] for name in OWN if asked.get(name) is not None}
    return {**asked.get("audit", {}), **own, "model_id": model_id}


def config_of(row: Integration, vault: Vault) -> Config:
    """What a row asks. Raises `CannotOpen` where its secrets cannot be decrypted."""
    found = REQUESTS[row.kind].model_validate({**row.asked, **secrets_of(row, vault)})
    names = ("tracking_uri", "alias", "since", "poll_seconds", *SECRETS)
    return Config(
        id=row.id,
        kind=row.kind,
        tenant=row.tenant_id,
        address=row.address,
        asked=row.asked,
        metadata=found.metadata,
        registered_models=found.registered_models,
        excluded_models=found.excluded_models,
        **{name: getattr(found, name, None) for name in names},
    )


def poll_seconds(row: Integration) -> float:
    """How long after a look the next one is."""
    default: float = REQUESTS[row.kind].model_fields["poll_seconds"].default
    found: float = row.asked.get("poll_seconds", default)
    return found


def secrets_of(row: Integration, vault: Vault) -> dict[str, str]:
    """The secrets of a row by their fields' names. Raises `CannotOpen`."""
    found: dict[str, str] = json.loads(vault.open(row.secrets)) if row.secrets is not None else {}
    return found
