"""Every command against a real service: that none is left out is looked at, too."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner, Result

from openapi.wire.settings import Settings
from service.app import create_app
from service.cli.main import main
from tests.cli.conftest import BusyWorker
from tests.service.conftest import Served

#: What runs a service, trains or wants whole reports, and where it is tried.
ELSEWHERE = {
    "serve": "tests/engine/test_serve.py",
    "api": "tests/engine/test_serve.py",
    "worker": "tests/engine/test_serve.py",
    "study": "tests/e2e/test_command.py",
    "harden": "tests/e2e/test_command.py",
    "compare": "tests/service/test_comparisons.py",
    "reproduce": "tests/cli/test_endings.py",
    "openapi": "tests/deploy/test_client.py",
}
TESTS = Path(__file__).parents[2]


def leaves(group: click.Group, before: str = "") -> Iterator[str]:
    """The names of all commands that are no groups."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from leaves(found, f"{before}{name} ")
        else:
            yield f"{before}{name}"


class Shell:
    """Runs commands; `server`: where those of a server find theirs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.server, self.ran = folder, "", set[str]()

    def __call__(self, name: str, *words: str, code: int = 0) -> Result:
        """Run a command on the server."""
        return self._run(name, [*name.split(), *words, "--server", self.server], code)

    def here(self, name: str, *words: str, code: int = 0) -> Result:
        """Run a command on the data folder."""
        first, *rest = name.split()
        return self._run(name, [first, "--data", str(self.folder), *rest, *words], code)

    def _run(self, name: str, words: list[str], code: int) -> Result:
        self.ran.add(name)
        result = CliRunner().invoke(main, words)
        assert result.exit_code == code, (words, result.output)
        return result


@pytest.fixture
def shell(settings: Settings) -> Iterator[Shell]:
    found = Shell(settings.data_dir)
    service = settings.model_copy(update={"registry_networks": ("127.0.0.0/8",)})
    with BusyWorker(service), Served(create_app(service), settings=service) as url:
        found.server = url
        yield found


def test_every_command_does_what_it_says(shell: Shell, tmp_path: Path) -> None:
    dataset = jobs(shell, tmp_path)
    policies(shell, tmp_path)
    integrations(shell, tmp_path, dataset)
    database(shell)
    assert shell.ran | set(ELSEWHERE) == set(leaves(main)), "a command that comes is tried here or stands in ELSEWHERE"
    assert not shell.ran & set(ELSEWHERE)


@pytest.mark.parametrize(("name", "place"), ELSEWHERE.items())
def test_the_others_are_tried_elsewhere(name: str, place: str) -> None:
    text = (TESTS / place).read_text()
    assert f'"{name}"' in text or f"from service.cli.{name} import" in text


def jobs(shell: Shell, folder: Path) -> str:
    """Audit, and look at what came of it; the data set. The report of the tests' worker fails its policy."""
    files = [folder / "model.onnx", folder / "data.npz"]
    for path in files:
        path.write_text(path.name)
    options = ["--attack", "fgsm:eps=0.1", "--neurons", "null", "--samples", "4"]
    given = [*map(str, files), *options, "--out", str(folder / "out")]
    audit = json.loads(shell("audit", *given, "--json", code=1).stdout)["id"]
    assert {"report.json", "report.html"} <= {path.name for path in (folder / "out").iterdir()}
    told = shell("follow", audit, "--out", str(folder / "again"), code=1).stderr
    assert "accuracy" in told
    assert (folder / "again" / "report.json").read_bytes() == (folder / "out" / "report.json").read_bytes()
    shell("evidence", audit, "--out", str(folder / "evidence.zip"))
    assert "report.json" in zipfile.ZipFile(folder / "evidence.zip").namelist()
    dataset = httpx.get(f"{shell.server}/v1/datasets").json()["items"][0]["id"]
    return str(dataset)


def policies(shell: Shell, folder: Path) -> None:
    rules = folder / "release.toml"
    rules.write_text('rules = ["clean.accuracy>=0.5"]')
    bound = ["--model", "digits-*", "--tag", "stage=canary"]
    made = shell("policies create", "release", str(rules), *bound).stdout.strip()
    assert shell("policies list").stdout == f"{made}  1 rule  for digits-*, stage=canary  release\n"
    assert json.loads(shell("policies show", made).stdout)["applies_to"]["tags"] == {"stage": "canary"}
    assert shell("policies show", "release").stdout == shell("policies show", made).stdout, "by its name too"
    for other in ("releases", f"../policies/{made}", "#", "."):  # asked for as names, never as addresses
        assert f"no policy called '{other}'" in shell("policies show", other, code=2).output
        assert f"no policy called '{other}'" in shell("policies delete", other, code=2).output
    assert [policy["id"] for policy in json.loads(shell("policies list", "--json").stdout)] == [made]
    shell("policies delete", made)
    assert shell("policies list").stdout == ""
    assert "There is no policy" in shell("policies delete", made, code=2).output
    again = shell("policies create", "release", str(rules)).stdout.strip()
    assert shell("policies delete", "release").stdout == f"{again} deleted\n"


def integrations(shell: Shell, folder: Path, dataset: str) -> None:
    mlflow, generic = folder / "mlflow.toml", folder / "generic.json"
    mlflow.write_text(
        f'tracking_uri = "http://127.0.0.1:9"\nregistered_models = ["digits-*"]\ndataset_id = "{dataset}"\n'
        "since = 2026-01-01T00:00:00Z\n[audit]\nattacks = [{name = 'fgsm', eps = '8/255'}]\n"
    )
    generic.write_text(json.dumps({"registered_models": ["*"], "dataset_id": dataset, "audit": {"max_samples": 4}}))
    first, address = shell("integrations create", "mlflow", str(mlflow)).stdout.split()
    assert address.endswith(f"/v1/integrations/{first}/events")
    second = json.loads(shell("integrations create", "generic", str(generic), "--json").stdout)
    listed = shell("integrations list").stdout.splitlines()
    assert [line.split()[:2] for line in listed] == [[second["id"], "generic"], [first, "mlflow"]]
    assert listed[1].endswith("0 pending  0 audits  http://127.0.0.1:9")
    shown = json.loads(shell("integrations show", first).stdout)
    assert (shown["since"], shown["audit"]["attacks"]) == (
        "2026-01-01T00:00:00.000Z",
        [{"name": "fgsm", "eps": "8/255"}],
    )
    assert shell("integrations pause", first).stdout == f"{first} paused\n"
    assert [one["status"] for one in json.loads(shell("integrations list", "--json").stdout)] == ["active", "paused"]
    assert shell("integrations resume", first).stdout == f"{first} goes on\n"
    versions(shell, second["id"])
    shell("integrations delete", first)
    assert "There is no integration" in shell("integrations show", first, code=2).output
    mlflow.write_text('tracking_uri = "http://127.0.0.1:9"\n')
    assert "mlflow.toml: dataset_id" in shell("integrations create", "mlflow", str(mlflow), code=2).output


def versions(shell: Shell, integration: str) -> None:
    assert shell("integrations versions", integration).stdout == ""
    event = {"model": "digits", "version": "7", "url": "https://no-host-of-ours.example/model.onnx"}
    answer = httpx.post(f"{shell.server}/v1/integrations/generic/events", json=event)
    assert answer.is_success, answer.text
    while not (told := shell("integrations versions", integration, "--status", "refused").stdout):
        pass
    assert told.startswith("refused  -  digits 7  ")
    (version,) = json.loads(shell("integrations versions", integration, "--json").stdout)
    assert version["version"] == "7"


def database(shell: Shell) -> None:
    assert shell.here("db check").output.startswith("up to date: schema ")
    shell.here("db upgrade")
    assert "all is well" in shell.here("doctor").output
    shell.here("tenants create", "vision", "--max-bytes", "1GiB")
    shell.here("tenants set", "vision", "--max-queued", "3")
    assert "vision" in shell.here("tenants list").output
    made = shell.here("keys create", "pipeline", "--tenant", "vision")
    identity = made.stderr.split()[0]
    fresh = shell.here("keys rotate", identity).stderr.split()[0]
    shell.here("keys revoke", fresh)
    assert {identity, fresh} <= set(shell.here("keys list").output.split())
    assert "is no schema" in shell.here("db downgrade", "9999", code=2).output
