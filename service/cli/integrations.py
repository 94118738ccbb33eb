"""`tremor integrations`: registries of models whose versions a server audits."""

import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

import click

from openapi.integrations import GenericRequest, HuggingFaceRequest, MLflowRequest, VersionStatus
from openapi.text import visible
from service.cli.client import Client, Json
from service.cli.given import Sources, check
from service.cli.ids import INTEGRATION
from service.cli.of_server import all_of, of_server
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
def list_integrations(*, client: Client, as_json: bool) -> None:
    """List the integrations: id, kind, status, what is pending and audited, and where the registry is."""
    found = list(all_of(client, "/v1/integrations"))
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for one in found:
        where = visible(one.get("tracking_uri") or ", ".join(one["registered_models"]))
        counts = f"{one['pending']} pending  {one['audits']} audits"
        click.echo(f"{one['id']}  {one['kind']}  {one['status']}  {counts}  {where}")


@integrations.command()
@click.argument("integration_id", type=INTEGRATION)
@_of_server
def show(*, client: Client, integration_id: str) -> None:
    """Print the integration INTEGRATION_ID as JSON, without its secrets."""
    click.echo(json.dumps(client.call("GET", f"/v1/integrations/{integration_id}"), indent=2))


@integrations.command()
@click.argument("integration_id", type=INTEGRATION)
@click.option("--status", type=click.Choice(get_args(VersionStatus)), help="Only versions of this one.")
@json_option
@_of_server
def versions(*, client: Client, integration_id: str, status: str | None, as_json: bool) -> None:
    """List the versions that INTEGRATION_ID knows, newest first, and why one is refused or waits."""
    given = {} if status is None else {"status": status}
    found = list(all_of(client, f"/v1/integrations/{integration_id}/versions", **given))
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for one in found:
        why = (one.get("problem") or {}).get("detail") or ""
        named = f"{one['model']} {one['version']}"
        click.echo(f"{one['status']}  {one.get('audit_id') or '-'}  {visible(named)}  {visible(why)}".rstrip())


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
    check(_REQUESTS[kind], body, Sources(**{name: f"{file}: {name}" for name in body}))
    headers = {"Idempotency-Key": str(uuid4())}
    made = client.call("POST", f"/v1/integrations/{kind}", json=body, headers=headers)
    click.echo(json.dumps(made, indent=2) if as_json else f"{made['id']}  {made['events_url']}")


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
    client.call("PATCH", f"/v1/integrations/{integration_id}", json={"paused": True})
    click.echo(f"{integration_id} paused")


@integrations.command()
@click.argument("integration_id", type=INTEGRATION)
@_of_server
def resume(*, client: Client, integration_id: str) -> None:
    """Have INTEGRATION_ID go on after a pause; its registry is looked at at once."""
    client.call("PATCH", f"/v1/integrations/{integration_id}", json={"paused": False})
    click.echo(f"{integration_id} goes on")


@integrations.command()
@click.argument("integration_id", type=INTEGRATION)
@_of_server
def delete(*, client: Client, integration_id: str) -> None:
    """Delete INTEGRATION_ID; audits stay, and so does what stands in the registry."""
    client.remove(f"/v1/integrations/{integration_id}")
    click.echo(f"{integration_id} deleted")
