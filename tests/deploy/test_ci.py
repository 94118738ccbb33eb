"""The snippets for pipelines: valid for their systems, and their commands run against a service."""

import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.cli.conftest import settings as settings
from tests.cli.conftest import url as url
from tests.deploy.files import DEPLOY, run
from tests.service.conftest import broker as broker

CI = DEPLOY / "ci"
SCHEMAS = {"github.yaml": "vendor.github-workflows", "gitlab.yaml": "vendor.gitlab-ci"}


def load(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CI / name).read_text())
    return found


def commands(name: str) -> str:
    """What a snippet runs, but for the installation."""
    if name == "github.yaml":
        steps = load(name)["jobs"]["audit"]["steps"]
        lines = [step["run"] for step in steps if "run" in step]
    else:
        job = load(name)["robustness"]
        lines = [*job["before_script"], *job["script"], *job["after_script"]]
    return "\n".join(line for line in lines if not line.startswith("pip install"))


def test_every_snippet_is_tried() -> None:
    assert {path.name for path in CI.iterdir()} == set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_snippet_fulfils_the_schema_of_its_system(name: str) -> None:
    run("check-jsonschema", "--builtin-schema", SCHEMAS[name], str(CI / name))


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_snippet_audits_and_leaves_reports(name: str, url: str, tmp_path: Path) -> None:
    files = {"model.onnx": "a model", "data.npz": "data", "policy.toml": 'rules = ["clean.accuracy>=0.5"]'}
    for file, text in files.items():
        (tmp_path / file).write_text(text)
    found = {
        "PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "TREMOR_SERVER": url,
        "TREMOR_API_KEY": "trm_none",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }

    def bash(script: str) -> subprocess.CompletedProcess[str]:
        command = ["bash", "-euc", script]
        return subprocess.run(
            command, cwd=tmp_path, env=found, capture_output=True, text=True, timeout=600, check=False
        )

    audit, option, after = commands(name).partition("--out robustness\n")
    done = bash(audit + option)
    assert (done.returncode, "policy: fail" in done.stderr) == (1, True), "as the report of the tests' worker says"
    done = bash(after)
    assert done.returncode == 0, done.stderr
    made = {path.name for path in (tmp_path / "robustness").iterdir()}
    assert {"report.json", "report.html", "evidence.zip"} <= made
    if name == "github.yaml":
        assert (tmp_path / "summary.md").read_text().startswith("# Robustness of")
        assert "report.sarif" in made
    else:
        assert ET.parse(tmp_path / "robustness" / "report.junit.xml").getroot().tag == "testsuites"
