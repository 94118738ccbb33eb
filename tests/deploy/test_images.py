"""The images' recipe: hadolint has nothing to say, and what it copies and installs exists."""

import json
import re
import tomllib

from tests.deploy.files import COMPOSE, DEPLOY, TOP, run
from workers.sandbox.seccomp import DENIED

RECIPE = DEPLOY / "images" / "Dockerfile"


def test_hadolint_has_nothing_to_say() -> None:
    assert run("hadolint", str(RECIPE)) == ""


def test_everything_copied_is_there_and_let_in() -> None:
    sources = {
        source
        for line in re.findall(r"^COPY (?!--from)(.*)$", RECIPE.read_text(), re.MULTILINE)
        for source in line.split()[:-1]
    }
    ignore = (RECIPE.parent / "Dockerfile.dockerignore").read_text().splitlines()
    assert ignore[1] == "*"
    assert sources == {line[1:] for line in ignore if line.startswith("!")}
    assert all((TOP / source).exists() for source in sources)


def test_only_workers_carry_torch() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    names = [re.split(r"[<>=\[ ]", line)[0] for line in project["dependencies"]]
    assert not {"torch", "numpy", "onnx", "torchvision"} & set(names)
    assert any(line.startswith("torch>") for line in project["optional-dependencies"]["worker"])
    stages = RECIPE.read_text().split("\nFROM ")
    assert [stage.split()[2] for stage in stages if "COPY --from=build-api" in stage] == ["api"]


def test_no_image_runs_as_root() -> None:
    for stage in RECIPE.read_text().split("\nFROM "):
        if "\nCMD" in stage:
            assert "\nUSER 10001:10001\n" in stage


def test_the_workers_seccomp_profile_leaves_the_sandbox_its_calls() -> None:
    """What sets up a job's world must pass, and what no worker needs must not."""
    (rule,) = json.loads((COMPOSE / "seccomp-worker.json").read_text())["syscalls"]
    denied = set(rule["names"])
    assert not denied & {"unshare", "mount", "umount2", "pivot_root", "mount_setattr", "prctl", "seccomp", "clone"}
    assert not denied & {name for name in DENIED if name.startswith(("socket", "connect", "exec", "fork", "bind"))}
    assert {"bpf", "kexec_load", "init_module", "ptrace", "keyctl", "userfaultfd", "setns"} <= denied
    assert denied <= set(DENIED)
