"""A key for evidence that is none is found before a service is started."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli.main import main


@pytest.mark.parametrize("command", ["serve", "api"])
@pytest.mark.parametrize("content", [None, "no key"], ids=["missing", "junk"])
def test_a_wrong_key_file_is_wrong_usage(
    command: str, content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key.pem"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("TREMOR_SIGNING_KEY_FILE", str(path))
    monkeypatch.setenv("TREMOR_DATA_DIR", str(tmp_path / "data"))
    found = CliRunner().invoke(main, [command])
    assert found.exit_code == 2
    assert "TREMOR_SIGNING_KEY_FILE" in found.output
    assert not (tmp_path / "data" / "tremor.db").exists()
