"""The file of registries: what is wrong in it is told at the start, in a sentence without any secret."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli.main import main
from service.integrations.config import WrongRegistries, read_registries

GOOD = """
[[registries]]
name = "team"
kind = "mlflow"
url = "https://mlflow.example"
webhook_secret = "hidden"

[[registries.audits]]
models = ["digits-*"]
request = { dataset_id = "dst_1", preset = "smoke" }
"""


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "registries.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_the_first_rule_that_names_a_model_is_its(tmp_path: Path) -> None:
    more = '[[registries.audits]]\nmodels = ["*"]\nrequest = { dataset_id = "dst_2" }\n'
    (found,) = read_registries(write(tmp_path, GOOD + more))
    assert [rule and rule.request["dataset_id"] for rule in map(found.rule_for, ("digits-a", "cats"))] == [
        "dst_1",
        "dst_2",
    ]
    rule = found.rule_for("digits-a")
    assert rule is not None
    audit = rule.audit_of("mdl_1", {"registry": "team"})
    assert (audit.model_id, audit.preset, audit.labels) == ("mdl_1", "smoke", {"registry": "team"})
    assert "hidden" not in repr(found)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "mlflow"', 'kind = "mlfow"', "0.kind: Input should be 'mlflow', 'huggingface' or 'generic'"),
        ('url = "https://mlflow.example"', "", "needs the url of its server"),
        ("hidden", 'hidden"\ntokn = "hidden', "registries.0.tokn: Extra inputs are not permitted"),
        ("preset", "preset_", "registries.0.audits.0.request: preset_: Extra inputs are not permitted"),
        ('dataset_id = "dst_1", ', "", "registries.0.audits.0.request: dataset_id: Field required"),
        ('dataset_id = "dst_1"', 'dataset_id = "d", model_id = "m"', "leave model_id out"),
        ('name = "team"', 'name = "a team"', "registries.0.name: String should match pattern"),
        ("[[registries]]", "[[registries", "is no TOML"),
        ('kind = "mlflow"', 'kind = "generic"\nhosts = ["a.example"]', "is whsec_ and base 64 of 24 bytes"),
        ('kind = "mlflow"', 'kind = "generic"', "a generic registry needs webhook_secret (whsec_...) and hosts"),
        ('name = "team"', 'name = "team"\nnetworks = ["10.0.0.0/33"]', "'10.0.0.0/33' does not appear to be"),
        ('name = "team"', 'name = "team"\nusername = "u"', "username and password belong together"),
        ('name = "team"', 'name = "team"\nsince = 2026-01-01T00:00:00', "write a time with its zone"),
        ("", GOOD, "two registries are called 'team'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence_and_nothing_is_started(
    old: str, new: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(WrongRegistries) as caught:
        read_registries(path)
    assert said in str(caught.value)
    assert "hidden" not in str(caught.value)
    monkeypatch.setenv("TREMOR_REGISTRIES_FILE", str(path))
    monkeypatch.setenv("TREMOR_DATA_DIR", str(tmp_path / "data"))
    for command in ("api", "serve"):
        done = CliRunner().invoke(main, [command])
        assert done.exit_code == 2
        assert f"TREMOR_REGISTRIES_FILE: {path}" in done.output
    assert not (tmp_path / "data" / "tremor.db").exists()


def test_a_file_that_everybody_may_read_or_nobody_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongRegistries, match="chmod o="):
        read_registries(write(tmp_path, GOOD, 0o644))
    with pytest.raises(WrongRegistries, match="No such file"):
        read_registries(tmp_path / "none")
