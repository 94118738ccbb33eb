"""`tremor integrations`: registries of models whose versions a server audits."""

import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

import click

from openapi.client.api.integrations import (
    change_integration,
    create_generic_integration,
    create_hugging_face_integration,
    create_mlflow_integration,
    delete_integration,
    get_integration,
    list_integrations,
    list_registry_versions,
)
from openapi.client.models import generic_request, hugging_face_request, m_lflow_request
from openapi.client.models.integration_change import IntegrationChange
from openapi.client.models.integration_info import IntegrationInfo
from openapi.client.models.list_registry_versions_status import ListRegistryVersionsStatus
from openapi.client.types import UNSET
from openapi.integrations import GenericRequest, HuggingFaceRequest, MLflowRequest, VersionStatus
from openapi.text import counted, visible
from service.cli.client import Ask, Client, Json
from service.cli.given import Sources, check
from service.cli.ids import INTEGRATION
from service.cli.of_server import of_server
from service.cli.options import EXISTING, json_option

_REQUESTS: dict[str, type[MLflowRequest | HuggingFaceRequest | GenericRequest]] = {
    "mlflow": MLflowRequest,
    "huggingface": HuggingFaceRequest,
    "generic": GenericRequest,
}

_of_server = of_server("integrations")


@click.group()
def integrations() -> None:
    """List, make, pause and delete integrations with registries of models.

    What is registered there is audited, and what was found is written there. Keys need the scope `admin`.
    """


@integrations.command(name="list")
@json_option
@_of_server
def list_all(*, client: Client, as_json: bool) -> None:
    """List the integrations: id, kind, status, what is pending and audited, and where the registry is."""
    found = list(client.all_of(lambda api, cursor: list_integrations.sync_detailed(client=api, cursor=cursor)))
    if as_json:
        click.echo(json.dumps([one.body for one in found], indent=2))
        return
    for one in (one.value for one in found):
        where = visible(one.tracking_uri or ", ".join(one.registered_models))
        click.echo(
            f"{one.id}  {one.kind}  {one.status}  {one.pending} pending  {counted(one.audits, 'audit')}  {where}"
        )


@integrations.command()
@click.argument("integration_id", type=INTEGRATION)
@_of_server
def show(*, client: Client, integration_id: str) -> None:
    """Print the integration INTEGRATION_ID as JSON, without its secrets."""
    found = client.call(lambda api: get_integration.sync_detailed(integration_id, client=api))
    click.echo(json.dumps(found.body, indent=2))


@integrations.command()
@click.argument("integration_id", type=INTEGRATION)
@click.option("--status", type=click.Choice(get_args(VersionStatus)), help="Only versions of this one.")
@json_option
@_of_server
def versions(*, client: Client, integration_id: str, status: str | None, as_json: bool) -> None:
    """List the versions that INTEGRATION_ID knows, newest first, and why one is refused or waits."""
    wanted = UNSET if status is None else ListRegistryVersionsStatus(status)
    found = list(
        client.all_of(
            lambda api, cursor: list_registry_versions.sync_detailed(
                integration_id, client=api, cursor=cursor, status=wanted
            )
        )
    )
    if as_json:
        click.echo(json.dumps([one.body for one in found], indent=2))
        return
    for one in (one.value for one in found):
        why = (one.problem.detail if one.problem else "") or ""
        named = f"{one.model} {one.version}"
        click.echo(f"{one.status}  {one.audit_id or '-'}  {visible(named)}  {visible(why)}".rstrip())


@integrations.command()
@click.argument("kind", type=click.Choice(list(_REQUESTS)))
@click.argument("file", type=EXISTING)
@json_option
@_of_server
def create(*, client: Client, kind: str, file: Path, as_json: bool) -> None:
    """Make an integration of the fields in FILE: JSON or TOML, as in `POST /v1/integrations/KIND`.

    FILE holds secrets: keep it from others. Printed are its id and the address that the registry's events go to.
    """
    body = _read(file)
    kind_of = _REQUESTS[kind]
    check(kind_of, body, Sources(**{name: f"{file}: {name}" for name in (*body, *kind_of.model_fields)}))
    made = client.call(_making(kind, body))
    click.echo(json.dumps(made.body, indent=2) if as_json else f"{made.value.id}  {made.value.events_url}")


def _making(kind: str, body: Json) -> Ask[IntegrationInfo]:
    key = str(uuid4())
    if kind == "mlflow":
        mlflow = m_lflow_request.MLflowRequest.from_dict(body)
        return lambda api: create_mlflow_integration.sync_detailed(client=api, body=mlflow, idempotency_key=key)
    if kind == "huggingface":
        hub = hugging_face_request.HuggingFaceRequest.from_dict(body)
        return lambda api: create_hugging_face_integration.sync_detailed(client=api, body=hub, idempotency_key=key)
    other = generic_request.GenericRequest.from_dict(body)
    return lambda api: create_generic_integration.sync_detailed(client=api, body=other, idempotency_key=key)


def _read(file: Path) -> Json:
    try:
        text = file.read_text(encoding="utf-8")
        found = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except (ValueError, OSError, RecursionError) as error:
        raise click.BadParameter(f"{file}: {error}") from error
    if not isinstance(found, dict):
        raise click.BadParameter(f"{file}: expected an object")
    return {name: _plain(value) for name, value in found.items()}


def _plain(value: Any) -> Any:
    """A time of TOML as JSON has it."""
    return value.isoformat() if isinstance(value, datetime) else value


@integrations.command()
@click.argument("integration_id", type=INTEGRATION)
@_of_server
def pause(*, client: Client, integration_id: str) -> None:
    """Have INTEGRATION_ID ask and fetch nothing; events are kept for later."""
    change = IntegrationChange(paused=True)
    client.call(lambda api: change_integration.sync_detailed(integration_id, client=api, body=change))
    click.echo(f"{integration_id} paused")


@integrations.command()
@click.argument("integration_id", type=INTEGRATION)
@_of_server
def resume(*, client: Client, integration_id: str) -> None:
    """Have INTEGRATION_ID go on after a pause; its registry is looked at at once."""
    change = IntegrationChange(paused=False)
    client.call(lambda api: change_integration.sync_detailed(integration_id, client=api, body=change))
    click.echo(f"{integration_id} goes on")


@integrations.command()
@click.argument("integration_id", type=INTEGRATION)
@_of_server
def delete(*, client: Client, integration_id: str) -> None:
    """Delete INTEGRATION_ID; audits stay, and so does what stands in the registry."""
    client.call(lambda api: delete_integration.sync_detailed(integration_id, client=api))
    click.echo(f"{integration_id} deleted")
