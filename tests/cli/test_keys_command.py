"""`tremor keys`: made, listed and revoked in a data folder."""

from pathlib import Path

from click.testing import CliRunner, Result

from service.cli.main import main


def test_keys(tmp_path: Path) -> None:
    def keys(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["keys", "--data", str(tmp_path), *arguments])

    made = keys("create", "ci")
    assert made.stdout.startswith("trm_")
    listed = keys("list").stdout
    identity = listed.split()[0]
    assert "active" in listed
    assert made.stdout.strip() not in listed
    assert keys("revoke", identity).exit_code == 0
    assert "revoked" in keys("list").stdout
    assert "no key key_nix" in keys("revoke", "key_nix").stderr


def test_keys_are_not_looked_for_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    mistyped = tmp_path / "tremor-dta"
    found = CliRunner().invoke(main, ["keys", "--data", str(mistyped), "list"])
    assert found.exit_code == 2
    assert f"no data folder {mistyped}" in found.stderr
    assert not mistyped.exists()
