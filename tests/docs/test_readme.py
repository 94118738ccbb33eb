"""The README is kept true: every attack, preset, setting, command and exit code that exists stands in it."""

from pathlib import Path

import click
import pytest

from openapi.attacks import ATTACKS
from openapi.presets import PRESETS
from openapi.wire.settings import Settings
from service.cli.exits import Exit
from service.cli.main import main

README = (Path(__file__).parents[2] / "README.md").read_text()


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_every_attack_stands_in_the_table_with_its_paper(name: str) -> None:
    assert f"| `{name}` | {ATTACKS[name].summary} | {ATTACKS[name].paper} |" in README


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_every_preset_is_named(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_stands_in_the_table_with_its_description(name: str) -> None:
    rows = [line for line in README.splitlines() if line.startswith(f"| `TREMOR_{name.upper()}` |")]
    assert len(rows) == 1
    assert (Settings.model_fields[name].description or "").replace("|", "/") in rows[0]


def test_every_command_is_named() -> None:
    assert isinstance(main, click.Group)
    with click.Context(main) as context:
        for command in main.list_commands(context):
            assert f"tremor {command}" in README, command


@pytest.mark.parametrize("code", [c for c in Exit if c is not Exit.OK])
def test_every_exit_code_is_explained(code: Exit) -> None:
    assert f"\n| {int(code)} | " in README


def test_every_picture_and_file_that_it_shows_is_there() -> None:
    root = Path(__file__).parents[2]
    shown = [part.split(")")[0] for part in README.split("](")[1:]]
    assert shown
    for link in shown:
        if not link.startswith(("http", "#")):
            assert (root / link).exists(), link
