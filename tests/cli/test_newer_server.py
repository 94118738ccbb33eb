"""Commands against a server that is newer than they: what they do not know is shown as it came, and nothing ends."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

import openapi.client.models as of_client
from openapi.client.models import (
    ApgdTOutput,
    AuditRequestOutput,
    NeuronOptionsOutputImportanceOptions,
    Other,
    PgdOutput,
)
from service.cli.main import main

#: What a server of tomorrow may say in the place of today's words, by field.
TOMORROW = {
    "phase": "dreaming",
    "op": "~",
    "kind": "hologram",
    "format": "gguf",
    "layout": "CHWN",
    "norm": "l7",
}
STATUSES = {"queued": "rehearsing", "running": "rehearsing", "inconclusive": "deferred"}
ATTACK = {"name": "mimicry", "eps": "8/255", "strength": {"of": [1, 2]}}
WORDS = [
    found
    for module in pkgutil.iter_modules(of_client.__path__)
    for found in vars(importlib.import_module(f"{of_client.__name__}.{module.name}")).values()
    if isinstance(found, type) and issubclass(found, StrEnum) and found is not StrEnum
]


def rewritten(value: Any) -> Any:
    """An answer as tomorrow's server gives it: fields and attacks more, and other words in what is known."""
    if isinstance(value, list):
        return [rewritten(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    found = {name: rewritten(inner) for name, inner in value.items()}
    found |= {name: TOMORROW[name] for name in found.keys() & TOMORROW if isinstance(found[name], str)}
    if found.get("status") in STATUSES:
        found["status"] = STATUSES[found["status"]]
    if "model_id" in found and "attacks" in found:
        found["attacks"] = [*found["attacks"], ATTACK]
    return {**found, "tomorrow": {"is": "here"}}


@contextmanager
def tomorrow(url: str) -> Iterator[str]:
    """A server before another one that puts its answers in tomorrow's words."""
    upstream = httpx.Client(base_url=url, timeout=60)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name: text for name, text in self.headers.items() if name.lower() != "host"}
            answer = upstream.request(self.command, self.path, content=body, headers=headers)
            content = answer.content
            if answer.headers.get("content-type") == "application/json":
                content = json.dumps(rewritten(json.loads(content))).encode()
            self.send_response(answer.status_code)
            self.send_header("content-type", answer.headers.get("content-type", "text/plain"))
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _pass  # noqa: N815 - the names that the handler looks for

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, upstream:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.slow
def test_commands_go_on_and_show_what_they_do_not_know(url: str, tmp_path: Path) -> None:
    files = [tmp_path / "model.onnx", tmp_path / "data.npz"]
    for path in files:
        path.write_text(path.name)
    with tomorrow(url) as server:

        def run(*words: str) -> Any:
            return CliRunner().invoke(main, [*words, "--server", server])

        options = ["--attack", "fgsm:eps=0.1", "--neurons", "null", "--samples", "4"]
        told = run("audit", *map(str, files), *options, "--out", str(tmp_path / "o"))
        assert told.exit_code == 1, told.output  # the report of the tests' worker fails its policy
        assert "dreaming" in told.stderr, "the phase, by the word that came"
        assert "pass         clean.n ~ 1 " in told.stderr
        assert "deferred     no.such ~ 1" in told.stderr
        kept = json.loads((tmp_path / "o" / "report.json").read_text())
        assert kept["tomorrow"] == {"is": "here"}, "the report is kept as it came"
        detached = run("audit", *map(str, files), *options, "--detach", "--json")
        assert json.loads(detached.stdout)["request"]["attacks"][-1] == ATTACK
        assert run("follow", json.loads(detached.stdout)["id"], "--out", str(tmp_path / "f")).exit_code == 1
        rules = tmp_path / "rules.toml"
        rules.write_text('rules = ["clean.accuracy>=0.5"]')
        made = run("policies", "create", "release", str(rules)).stdout.strip()
        assert json.loads(run("policies", "show", made).stdout)["rules"][0]["op"] == "~"
        assert made in run("policies", "list").stdout


def test_every_word_that_is_not_known_is_its_own_text() -> None:
    assert len(WORDS) > 100
    for kind in WORDS:
        word = kind("a word of tomorrow")
        assert (word, str(word), word.value) == ("a word of tomorrow",) * 3, kind
        assert json.dumps(word) == '"a word of tomorrow"'
        assert "a word of tomorrow" not in [one.value for one in kind], "what is known is what it was"
        with pytest.raises(ValueError, match="7 is not a valid"):
            kind(7)  # type: ignore[arg-type]


def test_what_an_attack_of_another_version_says_is_kept() -> None:
    known = {"name": "pgd", "eps": "8/255", "norm": "l7", "schedule": "cosine"}
    body = {"model_id": "mdl_x", "dataset_id": "dst_x", "attacks": [known, ATTACK]}
    found = AuditRequestOutput.from_dict(body)
    assert isinstance(found.attacks, list)
    first, second = found.attacks
    assert isinstance(first, PgdOutput)
    assert str(first.norm) == "l7"
    assert isinstance(second, Other)
    assert second["strength"] == {"of": [1, 2]}
    assert json.loads(json.dumps(found.to_dict()))["attacks"][1] == ATTACK


@pytest.mark.parametrize("target", [3, "cat", "runner_up", "fairest"])
def test_a_class_that_is_aimed_at_is_read_however_it_is_named(target: int | str) -> None:
    body = {"name": "apgd_t", "norm": "linf", "eps": "8/255", "target": target}
    assert ApgdTOutput.from_dict(body).to_dict()["target"] == target
    attacks = AuditRequestOutput.from_dict({"model_id": "m", "dataset_id": "d", "attacks": [body]}).attacks
    assert isinstance(attacks, list)
    assert isinstance(attacks[0], ApgdTOutput)


@pytest.mark.parametrize("targets", [[1, 2], "all", "most"])
def test_neurons_of_chosen_classes_are_read(targets: list[int] | str) -> None:
    assert NeuronOptionsOutputImportanceOptions.from_dict({"targets": targets}).to_dict() == {"targets": targets}
