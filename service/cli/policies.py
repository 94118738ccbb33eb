"""`tremor policies`: named policies of a server."""

import json
from pathlib import Path

import click

from openapi.client.api.policies import create_policy, delete_policy, get_policy, list_policies
from openapi.client.models import policy_request
from openapi.client.models.applies_to import AppliesTo
from openapi.client.models.policy_info import PolicyInfo
from openapi.policies import PolicyRequest
from openapi.text import counted, visible
from service.cli import specs
from service.cli.client import Answer, Client
from service.cli.exits import CommandFailed, Exit
from service.cli.given import Sources, check
from service.cli.ids import POLICY
from service.cli.of_server import of_server
from service.cli.options import EXISTING, json_option


@click.group()
def policies() -> None:
    """List, make and delete the policies of a server.

    A policy is a list of rules under a name. `tremor audit --policy-id ID` asks for one; audits of models that it is
    bound to (by --model or --tag) are judged by it unasked.
    """


_of_server = of_server("policies")


@policies.command(name="list")
@json_option
@_of_server
def list_all(*, client: Client, as_json: bool) -> None:
    """List the policies: id, number of rules, what they are bound to, and name."""
    found = list(client.all_of(lambda api, cursor: list_policies.sync_detailed(client=api, cursor=cursor)))
    if as_json:
        click.echo(json.dumps([policy.body for policy in found], indent=2))
        return
    for policy in (policy.value for policy in found):
        click.echo(
            f"{policy.id}  {counted(len(policy.rules), 'rule')}  {visible(_bound(policy.applies_to))}  "
            f"{visible(policy.name)}"
        )


def _bound(wanted: AppliesTo) -> str:
    tags = wanted.tags.additional_properties if wanted.tags else {}
    named = [*(wanted.names or ()), *(f"{key}={value}" for key, value in tags.items())]
    return f"for {', '.join(named)}" if named else "for whoever names it"


@policies.command()
@click.argument("policy")
@_of_server
def show(*, client: Client, policy: str) -> None:
    """Print the policy POLICY, its name or its id, as JSON."""
    click.echo(json.dumps(_named(client, policy).body, indent=2))


def _named(client: Client, policy: str) -> Answer[PolicyInfo]:
    """The policy of this id, else of this name. Raises `CommandFailed`."""
    if not policy.strip():
        raise click.UsageError("name the policy, or give its id (pol_…)")
    if POLICY.matches(policy):
        return client.call(lambda api: get_policy.sync_detailed(policy, client=api))
    found = client.all_of(lambda api, cursor: list_policies.sync_detailed(client=api, name=policy, cursor=cursor))
    if (only := next(found, None)) is None:
        raise CommandFailed(
            Exit.USAGE, f"There is no policy called {visible(policy)!r}; `tremor policies list` has all"
        )
    return only


def _tag(context: click.Context, option: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in value:
        key, equals, tag = text.partition("=")
        if not equals or not key:
            raise click.BadParameter(f"{text!r}: write KEY=VALUE")
        found[key] = tag
    return found


@policies.command()
@click.argument("name")
@click.argument("file", type=EXISTING)
@click.option("--description", default="")
@click.option(
    "--model", "names", multiple=True, metavar="NAME", help="Bind it to models of this name; * stands for any text."
)
@click.option(
    "--tag", "tags", multiple=True, metavar="KEY=VALUE", callback=_tag, help="Bind it to models with all of these tags."
)
@click.option(
    "--by",
    type=click.Choice(["intervals", "values"]),
    default="intervals",
    show_default=True,
    help="Whether a rule holds by the whole 95 % interval of a proportion, or by its value.",
)
@json_option
@_of_server
def create(
    *,
    client: Client,
    name: str,
    file: Path,
    description: str,
    names: tuple[str, ...],
    tags: dict[str, str],
    by: str,
    as_json: bool,
) -> None:
    """Make the policy NAME of the rules in FILE: JSON or TOML, as for `tremor audit --policy`."""
    body = {
        "name": name,
        "description": description,
        "rules": specs.policy(file),
        "intervals": by == "intervals",
        "applies_to": {"names": list(names), "tags": tags},
    }
    check(PolicyRequest, body, Sources(name="NAME", rules=str(file), description="--description"))
    request = policy_request.PolicyRequest.from_dict(body)
    made = client.call(lambda api: create_policy.sync_detailed(client=api, body=request))
    click.echo(json.dumps(made.body, indent=2) if as_json else made.value.id)


@policies.command()
@click.argument("policy")
@_of_server
def delete(*, client: Client, policy: str) -> None:
    """Delete the policy POLICY, its name or its id; audits keep the rules that they were started with."""
    identity = policy if POLICY.matches(policy) else _named(client, policy).value.id
    client.call(lambda api: delete_policy.sync_detailed(identity, client=api))
    click.echo(f"{identity} deleted")
