"""Where the files of a deployment lie, the programs that look at them, and how compose fills in its variables."""

import re
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

TOP = Path(__file__).parents[2]
DEPLOY = TOP / "deploy"
COMPOSE = DEPLOY / "compose"
CHART = DEPLOY / "chart"

Yaml = dict[str, Any]


def run(program: str, *arguments: str) -> str:
    """Run a program that was installed beside this Python; its output, or a failure with what it said."""
    path = Path(sysconfig.get_path("scripts")) / program
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment_file(path: Path) -> dict[str, str]:
    """The variables of an environment file."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def filled_in(value: Any, variables: Mapping[str, str]) -> Any:
    """A part of the compose file with ``${NAME}``, ``${NAME:-default}``, ``${NAME:?why}`` and ``$$`` replaced."""
    if isinstance(value, dict):
        return {key: filled_in(inner, variables) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled_in(inner, variables) for inner in value]
    if not isinstance(value, str):
        return value

    def found(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        given = variables.get(match["name"], "")
        if not given and match["kind"] == "?":
            raise KeyError(match["name"])
        return given or (match["rest"] if match["kind"] == "-" else "")

    return re.sub(r"(?P<dollar>\$\$)|\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}", found, value)


def compose(variables: Mapping[str, str]) -> Yaml:
    """The compose file's services, filled in."""
    services: Yaml = filled_in(yaml.safe_load((COMPOSE / "compose.yaml").read_text()), variables)["services"]
    return services


def environment(service: Yaml) -> dict[str, str]:
    """What a service of the compose file finds in its environment: its file's variables, then its own."""
    own = {name: str(value) for name, value in service.get("environment", {}).items()}
    return (environment_file(COMPOSE / service["env_file"]) if "env_file" in service else {}) | own
