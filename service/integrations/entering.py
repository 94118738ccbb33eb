"""Requests and rows of integrations: how one is entered, changed, and answered."""

import json
from dataclasses import dataclass

from pydantic import SecretStr

from openapi.base import AS_WRITTEN
from openapi.integrations import IntegrationChange, IntegrationInfo
from openapi.problems import Problem
from service.db.bases import Json
from service.db.integrations import Integration
from service.integrations.config import REQUESTS, SECRETS, Asked


@dataclass(frozen=True)
class Counts:
    """Versions of an integration that are not done with, and audits that it has started."""

    pending: int = 0
    audits: int = 0


def parts(asked: Asked) -> tuple[Json, dict[str, str]]:
    """A request without its secrets, as it was written, and its secrets."""
    plain = written(asked)
    secrets = {name: plain.pop(name) for name in SECRETS if plain.get(name) is not None}
    return {name: plain[name] for name in plain if name not in SECRETS}, secrets


def written(asked: Asked | IntegrationChange) -> Json:
    """A request as it was written, its secrets as well."""
    found: Json = asked.model_dump(
        mode="json", by_alias=True, exclude_unset=True, exclude=set(SECRETS), context=AS_WRITTEN
    )
    for name in SECRETS:
        if name in asked.model_fields_set:
            value = getattr(asked, name)
            found[name] = value.get_secret_value() if isinstance(value, SecretStr) else value
    return found


def packed(secrets: dict[str, str]) -> str | None:
    """Secrets as one text."""
    return json.dumps(secrets, sort_keys=True) if secrets else None


def integration_info(row: Integration, signed_with: dict[str, str], counts: Counts) -> IntegrationInfo:
    """An integration as the API answers it; `signed_with`: its secrets, of which only their presence is told."""
    asked = REQUESTS[row.kind].model_validate({**row.asked, **signed_with})
    failing = "failing" if row.problem is not None else "active"
    return IntegrationInfo(
        id=row.id,
        kind=row.kind,
        status="paused" if row.paused_at is not None else failing,
        problem=Problem.model_validate(row.problem) if row.problem else None,
        events_url=f"{row.address}/v1/integrations/{row.id}/events",
        tracking_uri=getattr(asked, "tracking_uri", None),
        registered_models=asked.registered_models,
        excluded_models=asked.excluded_models,
        dataset_id=asked.dataset_id,
        policy_id=asked.policy_id,
        audit=asked.audit,
        harden=asked.harden,
        metadata=asked.metadata,
        alias=getattr(asked, "alias", None),
        poll_seconds=getattr(asked, "poll_seconds", None),
        since=getattr(asked, "since", None),
        is_signed="secret" in signed_with,
        credentials="token" if "token" in signed_with else "password" if "password" in signed_with else None,
        last_event_at=row.last_event_at,
        last_poll_at=row.last_poll_at,
        pending=counts.pending,
        audits=counts.audits,
        created_at=row.created_at,
    )
