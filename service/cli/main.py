"""The command `tremor`. Each subcommand is imported only when it is run, so that `tremor --help` is quick."""

import importlib
import sys
from collections.abc import Sequence
from typing import Any, ClassVar

import click

from service.cli.last_resort import ended


class LazyGroup(click.Group):
    """A group that knows its commands by module name and one line of help."""

    commands_by_name: ClassVar[dict[str, tuple[str, str]]] = {
        "serve": ("service.cli.serve:serve", "Everything in one command: API, worker, broker, database, one folder."),
        "audit": ("service.cli.audit:audit", "Audit a model on a data set and write the report."),
        "study": ("service.cli.study:study", "Audit with every analysis and write all of it as one folder."),
        "harden": ("service.cli.harden:harden", "Harden a model and write its checkpoints."),
        "follow": ("service.cli.follow:follow", "Wait for a job of a server and write its results."),
        "compare": ("service.cli.compare:compare", "Compare two audits of a server, sample by sample."),
        "policies": ("service.cli.policies:policies", "List, make and delete the policies of a server."),
        "integrations": ("service.cli.integrations:integrations", "Have versions in registries of models audited."),
        "evidence": ("service.cli.evidence:evidence", "Download the signed evidence of an audit or hardening."),
        "api": ("service.cli.api:api", "The HTTP API alone, configured by TREMOR_* (production)."),
        "worker": ("service.cli.worker:worker", "One worker alone, configured by TREMOR_* (production)."),
        "keys": ("service.cli.keys:keys", "Create, list and revoke API keys."),
        "tenants": ("service.cli.tenants:tenants", "Create and list tenants, whose things are kept apart."),
        "db": ("service.cli.db:db", "Bring the database to another schema, or say which it has."),
        "doctor": ("service.cli.doctor:doctor", "Compare the database with the blobs, and say what to do."),
        "reproduce": ("service.cli.reproduce:reproduce", "Make tables and figures of the SNS paper anew."),
        "openapi": ("service.cli.openapi_cmd:openapi", "Write openapi.json, report.schema.json and the typed client."),
    }

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and leave the process with an exit code that says what happened; never with a traceback."""

        def run() -> Any:
            return super(LazyGroup, self).main(args, prog_name, complete_var, standalone_mode=False, **extra)

        if standalone_mode:
            sys.exit(ended(run))
        return run()

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of their use."""
        return list(self.commands_by_name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.commands_by_name:
            return None
        module, _, attribute = self.commands_by_name[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self.commands_by_name.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="tremor", prog_name="tremor")
def main() -> None:
    """Audit image classifiers for adversarial robustness, see which neurons tremble, and harden them.

    Begin with `tremor serve`, or with `tremor audit MODEL DATA`, which brings its own service.
    """


if __name__ == "__main__":
    main(prog_name="tremor")
