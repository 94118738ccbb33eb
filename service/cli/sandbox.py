"""What is looked at before anything is started: settings, the machine's sandbox, the key for evidence, traces."""

import subprocess
import sys
from typing import Any

import click
from pydantic import ValidationError

from openapi.wire.settings import Settings
from openapi.wire.traces import TracesMissing, check_traces
from service.cli.exits import CommandFailed, Exit


def load_settings(**given: Any) -> Settings:
    """The settings, those given before those of the environment; a wrong one is a usage error that names it."""
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = [
            f"TREMOR_{str((*entry['loc'], '*')[0]).upper()}: {entry['msg'].removeprefix('Value error, ')}"
            for entry in error.errors(include_url=False, include_input=False)
        ]
        raise click.UsageError("a setting of the environment or of .env is wrong:\n" + "\n".join(wrong)) from error


def require_signing_key(settings: Settings) -> None:
    """Raise a usage error where the file of the key for evidence holds none: not when somebody asks for evidence."""
    if settings.signing_key_file is None:
        return
    from service.evidence.keys import WrongKey, signer

    try:
        signer(settings)
    except (WrongKey, OSError) as error:
        raise click.UsageError(f"TREMOR_SIGNING_KEY_FILE: {error}") from error


def require_traces() -> None:
    """Raise a usage error where a collector of traces is named and nothing here can talk to it."""
    try:
        check_traces()
    except TracesMissing as error:
        raise click.UsageError(str(error)) from error


def require_sandbox(settings: Settings) -> None:
    """Raise `CommandFailed`, naming the missing layers, where `TREMOR_SANDBOX=required` cannot be had."""
    if settings.sandbox != "required":
        return
    # The service knows nothing of the workers but their names; and what confines itself must be a process of its own.
    probe = subprocess.run(
        [sys.executable, "-P", "-m", "workers.sandbox.probe"], capture_output=True, text=True, check=False
    )
    if probe.returncode != 0:
        raise CommandFailed(Exit.SANDBOX_MISSING, probe.stderr.strip() or f"the probe ended with {probe.returncode}")
