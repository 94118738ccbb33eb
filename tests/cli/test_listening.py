"""A service that others could reach asks for keys, or was told not to."""

import pytest
from click.testing import CliRunner

from openapi.wire.settings import Settings
from service.cli.exits import Exit
from service.cli.listening import check_reach
from service.cli.main import main


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
@pytest.mark.parametrize("command", ["serve", "api"])
def test_an_open_door_is_no_accident(command: str, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TREMOR_AUTH", raising=False)
    refused = CliRunner().invoke(main, [command, "--host", host])
    assert refused.exit_code == Exit.USAGE
    for advice in (host, "TREMOR_AUTH=keys", "127.0.0.1", "--open"):
        assert advice in refused.stderr


def test_the_address_may_come_from_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREMOR_HOST", "0.0.0.0")
    refused = CliRunner().invoke(main, ["api"])
    assert refused.exit_code == Exit.USAGE
    assert "--open" in refused.stderr


@pytest.mark.parametrize(
    ("host", "auth", "is_open"),
    [
        ("127.0.0.1", "none", False),
        ("127.8.8.8", "none", False),
        ("localhost", "none", False),
        ("::1", "none", False),
        ("0.0.0.0", "keys", False),
        ("0.0.0.0", "none", True),
    ],
)
def test_what_is_meant_is_done(host: str, auth: str, is_open: bool) -> None:
    check_reach(host, Settings.model_validate({"auth": auth}), is_open)


def test_a_busy_port_of_the_api_is_said() -> None:
    from service.embedded.folder import listen

    with listen("127.0.0.1", 0) as bound:
        said = CliRunner().invoke(main, ["api", "--port", str(bound.getsockname()[1])])
    assert said.exit_code == Exit.USAGE
    assert "is in use by another program" in said.stderr
