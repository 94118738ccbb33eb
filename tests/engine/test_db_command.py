"""`tremor db`, and a database that a newer version has made."""

import sqlite3
from pathlib import Path

from click.testing import CliRunner, Result

from service.cli.main import main


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["db", "--data", str(folder), *arguments])


def test_up_and_down(tmp_path: Path) -> None:
    empty = run(tmp_path, "check")
    assert (empty.exit_code, list(tmp_path.iterdir())) == (2, []), "looking makes nothing"
    assert f"{tmp_path} holds no database" in empty.output
    mistyped = run(tmp_path / "none", "check")
    assert (mistyped.exit_code, (tmp_path / "none").exists()) == (2, False)
    assert "there is no data folder" in mistyped.output
    said = run(tmp_path, "upgrade")
    assert said.exit_code == 0, said.output
    assert "up to date" in run(tmp_path, "check").output
    assert run(tmp_path, "downgrade", "0001").exit_code == 0
    stale = run(tmp_path, "check")
    assert stale.exit_code == 3
    assert "schema 0001" in stale.output
    assert run(tmp_path, "downgrade", "nonsense").exit_code == 2
    assert run(tmp_path, "upgrade").exit_code == 0
    assert run(tmp_path, "check").exit_code == 0


def test_a_newer_database_is_refused_in_one_sentence(tmp_path: Path) -> None:
    run(tmp_path, "upgrade")
    with sqlite3.connect(tmp_path / "tremor.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    for command in (["db", "--data", str(tmp_path), "check"], ["api", "--port", "0"]):
        said = CliRunner(env={"TREMOR_DATA_DIR": str(tmp_path)}).invoke(main, command)
        assert said.exit_code == 2
        assert "schema 9999 and was made by a newer Tremor" in said.output
        assert "Traceback" not in said.output


def test_a_key_of_a_new_database_says_so(tmp_path: Path) -> None:
    """In the wrong folder a key is made that no service knows: it is not made in silence."""
    first, second = (
        CliRunner().invoke(main, ["keys", "--data", str(tmp_path), "create", name]) for name in ("one", "two")
    )
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert f"there was no database in {tmp_path}: a new one has begun there" in first.stderr
    assert "database" not in second.stderr
    assert first.stdout.startswith("trm_")
