"""The guide's table of families is made anew in pieces: a run for some families leaves the rows of the others."""

from pathlib import Path

from tests.tools.coverage_table import GUIDE, into_guide

TITLE, RULE = "| family | script | pt2 |", "|---|---|---|"
OLD = f"{TITLE}\n{RULE}\n| swin | a | b |\n| vit | c | torch cannot |\n\n- vit, pt2: torch cannot write it\n"


def page(folder: Path, table: str) -> Path:
    path = folder / "files.md"
    path.write_text(f"before\n<!-- coverage:begin -->\n{table}<!-- coverage:end -->\nafter\n")
    return path


def test_rows_of_other_families_stay(tmp_path: Path) -> None:
    path = page(tmp_path, OLD)
    into_guide(f"{TITLE}\n{RULE}\n| vit | d | e |\n| vgg | f | g |\n\nNo failures.\n", path)
    rows = f"{TITLE}\n{RULE}\n| swin | a | b |\n| vit | d | e |\n| vgg | f | g |\n\nNo failures.\n"
    assert path.read_text() == f"before\n<!-- coverage:begin -->\n{rows}<!-- coverage:end -->\nafter\n"


def test_notes_of_other_families_stay(tmp_path: Path) -> None:
    path = page(tmp_path, OLD)
    into_guide(f"{TITLE}\n{RULE}\n| swin | d | refused |\n\n- swin, pt2: why\n", path)
    assert "- vit, pt2: torch cannot write it\n- swin, pt2: why\n<!--" in path.read_text()


def test_another_table_takes_its_place(tmp_path: Path) -> None:
    path = page(tmp_path, OLD)
    into_guide("| family | trace |\n|---|---|\n| vit | d |\n\nNo failures.\n", path)
    assert "swin" not in path.read_text()


def test_the_guide_itself_is_such_a_page(tmp_path: Path) -> None:
    path = tmp_path / "files.md"
    path.write_text(GUIDE.read_text())
    head = next(line for line in GUIDE.read_text().splitlines() if line.startswith("| family"))
    into_guide(f"{head}\n| none | x |\n\nNo failures.\n", path)
    kept = [line for line in path.read_text().splitlines() if line not in GUIDE.read_text().splitlines()]
    assert kept == ["| none | x |"]
