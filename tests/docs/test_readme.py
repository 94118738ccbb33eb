"""README and guide are kept true: every attack, preset, setting, command and exit code that exists stands in them."""

import re
from pathlib import Path

import click
import pytest

from openapi.attacks import ATTACKS
from openapi.presets import PRESETS
from openapi.wire.settings import Settings
from service.cli.exits import Exit
from service.cli.main import main
from tests.docs.pages import GUIDE, PAGES, README, TEXT


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_every_attack_stands_in_the_table_with_its_paper(name: str) -> None:
    assert f"| `{name}` | {ATTACKS[name].summary} | {ATTACKS[name].paper} |" in README.read_text()


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_every_preset_is_named(name: str) -> None:
    assert f"`{name}`" in README.read_text()


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_stands_in_the_table_with_its_description(name: str) -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith(f"| `TREMOR_{name.upper()}` |")]
    assert len(rows) == 1
    assert (Settings.model_fields[name].description or "").replace("|", "/") in rows[0]


def test_every_command_is_named() -> None:
    assert isinstance(main, click.Group)
    with click.Context(main) as context:
        for command in main.list_commands(context):
            assert f"tremor {command}" in TEXT, command


@pytest.mark.parametrize("code", [c for c in Exit if c is not Exit.OK])
def test_every_exit_code_is_explained(code: Exit) -> None:
    assert f"\n| {int(code)} | " in README.read_text()


def anchors(page: Path) -> set[str]:
    """What `#…` may follow in links to a page: its headings, spelt as forges of Git do."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_it_links_to_is_there(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if link.startswith("http"):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_readme_leads_to_every_page_of_the_guide() -> None:
    for page in GUIDE.glob("*.md"):
        assert f"](deploy/guide/{page.name})" in README.read_text(), page.name


def test_the_coverage_table_is_complete_and_nothing_that_torch_can_write_is_refused() -> None:
    from tests.tools.coverage_table import BEGIN, END, FULL
    from tests.tools.exporters import COLUMNS
    from tests.workers.models.onnx.nets import NETS

    table, _, below = TEXT.partition(BEGIN)[2].partition(END)[0].strip().partition("\n\n")
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    assert head == ["family", *COLUMNS]
    assert {row[0] for row in rows} == set(NETS) == set(FULL)
    for family, *cells in rows:
        for column, cell in zip(COLUMNS, cells, strict=True):
            if cell == "torch cannot":
                assert f"- {family}, {column}: torch cannot write it" in below
            else:
                numbers, _, written = cell.partition(", ")
                assert written == "4 of 4", (family, column)
                logits, gradient = (float(number) for number in numbers.split(" / "))
                assert logits < 1e-4, (family, column)
                assert gradient < 1e-3, (family, column)
