"""Command-line shorthand → request bodies."""

from collections.abc import Callable
from pathlib import Path

import click
import pytest

from openapi.attacks import ATTACK_ADAPTER
from service.cli import specs


def test_shorthand_keeps_fractions_numbers_and_booleans() -> None:
    body = specs.spec("pgd:eps=8/255, steps=20,targeted=true,norm=l2,step_size=null")
    assert body == {"name": "pgd", "eps": "8/255", "steps": 20, "targeted": True, "norm": "l2", "step_size": None}
    assert ATTACK_ADAPTER.validate_python(body).eps == 8 / 255  # type: ignore[attr-defined]


def test_a_bare_name_and_a_json_object_are_specs() -> None:
    assert specs.spec("fgsm") == {"name": "fgsm"}
    assert specs.spec('{"name": "fgsm", "eps": 0.1}') == {"name": "fgsm", "eps": 0.1}
    assert specs.spec("sns:lambda=5", "method") == {"method": "sns", "lambda": 5}


@pytest.mark.parametrize("text", ["pgd:steps", '{"name": '])
def test_a_broken_spec_says_what_to_write(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"name=value|JSON"):
        specs.spec(text)


@pytest.mark.parametrize("text", ["pgd:eps=0.1,steps=5,eps=0.2", "pgd:name=fgsm"])
def test_an_option_given_twice_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="given twice"):
        specs.spec(text)


@pytest.mark.parametrize("read", [specs.policy, lambda path: specs.metadata(str(path))])
def test_a_file_of_options_is_read_no_further_than_a_request_could_be(read: Callable[[Path], object]) -> None:
    with pytest.raises(click.BadParameter, match="holds more than"):
        read(Path("/dev/zero"))


@pytest.mark.parametrize(
    ("text", "op", "value"),
    [
        ("clean.accuracy>=0.8", ">=", 0.8),
        ("clean.accuracy=80%", ">=", 0.8),
        ("clean.accuracy 4/5", ">=", 0.8),
        ("clean.accuracy < 0.5", "<", 0.5),
        ("clean.accuracy==1e-1", "==", 0.1),
    ],
)
def test_rules(text: str, op: str, value: float) -> None:
    assert specs.rule(text) == {"metric": "clean.accuracy", "op": op, "value": value}


@pytest.mark.parametrize("text", ["", "clean.accuracy", ">=0.4", "a>=b", "a>=1/0"])
def test_a_broken_rule_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        specs.rule(text)


def test_policy_files_in_json_and_toml(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"rules": ["clean.accuracy>=0.8"]}')
    (tmp_path / "p.toml").write_text('[[rules]]\nmetric = "clean.accuracy"\nop = ">="\nvalue = 0.8\n')
    assert specs.policy(tmp_path / "p.json") == specs.policy(tmp_path / "p.toml")


@pytest.mark.parametrize("text", ['{"rules": []}', "{}", "[]", "nonsense"])
def test_an_empty_policy_is_an_error_not_a_pass(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(click.BadParameter):
        specs.policy(tmp_path / "p.json")


@pytest.mark.parametrize(
    ("text", "metric", "op", "value"),
    [
        ("classes.ankle boot.robust_accuracy>=0.4", "classes.ankle boot.robust_accuracy", ">=", 0.4),
        ("worst_case.linf eps=0.03.robust_accuracy >= 40%", "worst_case.linf eps=0.03.robust_accuracy", ">=", 0.4),
        ("classes.a 1.accuracy 0.5", "classes.a 1.accuracy", ">=", 0.5),
    ],
)
def test_names_in_a_rule_may_hold_spaces_and_signs(text: str, metric: str, op: str, value: float) -> None:
    assert specs.rule(text) == {"metric": metric, "op": op, "value": value}
