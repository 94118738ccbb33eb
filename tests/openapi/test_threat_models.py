"""Threat models are values: equal by what they allow, printed once, with eps as a person wrote it."""

import pytest
from pydantic import TypeAdapter, ValidationError

from openapi.attacks import ATTACK_ADAPTER
from openapi.base import AS_WRITTEN, Eps, Radius, Written, as_written
from openapi.threat_models import ThreatModel, families, label_of, threat_label

RADIUS: TypeAdapter[float] = TypeAdapter(Radius)


def threat_of(**options: object) -> ThreatModel:
    return ATTACK_ADAPTER.validate_python(options).threat_model


@pytest.mark.parametrize(
    ("options", "name", "label", "bounded"),
    [
        ({"name": "pgd"}, "linf eps=0.0313725", "L∞, ε\u00a0=\u00a08/255", True),
        ({"name": "pgd", "eps": "0.5/255"}, "linf eps=0.00196078", "L∞, ε\u00a0=\u00a00.5/255", True),
        ({"name": "pgd", "eps": "1/5"}, "linf eps=0.2", "L∞, ε\u00a0=\u00a01/5", True),
        ({"name": "pgd", "eps": 0.2}, "linf eps=0.2", "L∞, ε\u00a0=\u00a00.2", True),
        ({"name": "fgsm", "norm": "l2", "eps": 1.25}, "l2 eps=1.25", "L2, ε\u00a0=\u00a01.25", True),
        (
            {"name": "pgd", "eps": 0.1, "target": "cat"},
            "linf eps=0.1 target=cat",
            "L∞, ε\u00a0=\u00a00.1, towards class cat",
            False,
        ),
        ({"name": "cw"}, "l2 minimal", "L2, unbounded", False),
        ({"name": "fmn", "norm": "l0"}, "l0 minimal", "L0, unbounded", False),
        ({"name": "one_pixel", "pixels": 3}, "l0 pixels=3", "L0, pixels 3", True),
        ({"name": "gaussian_noise"}, "corruption gaussian_noise severity=3", "Gaussian noise, severity 3", False),
        (
            {"name": "corruption", "corruption": "jpeg_compression", "severity": 1},
            "corruption jpeg_compression severity=1",
            "JPEG compression, severity 1",
            False,
        ),
    ],
)
def test_names_stay_and_labels_say_it_as_it_was_written(
    options: dict[str, object], name: str, label: str, bounded: bool
) -> None:
    threat = threat_of(**options)
    assert (str(threat), threat.label, threat.bounded) == (name, label, bounded)
    again = ThreatModel.model_validate_json(threat.model_dump_json())
    assert (again, again.label) == (threat, label), "the JSON of a report holds all of it"
    assert threat_label({"threat_model": name, "threat": threat.model_dump(mode="json")}) == label
    if options.get("eps") not in ("0.5/255", "1/5"):
        assert threat_label({"threat_model": name}) == label, "a report before 1.3 has the name alone"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("linf eps=0.00196078", "L∞, ε\u00a0=\u00a00.00196078"),
        ("l2 eps=0.313725 region=object, eyes", "L2, ε\u00a0=\u00a080/255, inside object, eyes"),
        ("linf eps=0.1 target=7", "L∞, ε\u00a0=\u00a00.1, towards class 7"),
        ("what nobody has printed so", "what nobody has printed so"),
    ],
)
def test_names_alone_are_told_as_they_were_most_likely_written(name: str, label: str) -> None:
    assert label_of(name) == label


def test_one_ball_is_one_family_however_its_eps_was_written() -> None:
    specs = [ATTACK_ADAPTER.validate_python({"name": "pgd", "eps": eps}) for eps in ("8/255", 8 / 255, 0.0313725, 0.03)]
    assert list(families(specs).values()) == [[0, 1, 2], [3]]
    assert ThreatModel(kind="minimal", norm="l2") != "l2 minimal"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("8/255", "8/255"),
        (" 8 / 255 ", "8/255"),
        ("0.5/255", "0.5/255"),
        ("16/510", "16/510"),
        ("0.030", "0.03"),
        (8 / 255, "8/255"),
        (0.2, "0.2"),
        (51 / 255, "0.2"),
        (0.0313725, "0.0313725"),
        (0.1234567, "0.123457"),
    ],
)
def test_a_number_is_told_as_it_was_written(given: object, text: str) -> None:
    number = RADIUS.validate_python(given)
    assert as_written(number) == text
    assert RADIUS.validate_python(number) == number
    assert as_written(RADIUS.validate_python(number)) == text


def test_a_fraction_is_a_number_in_answers_and_itself_where_it_is_kept() -> None:
    spec = ATTACK_ADAPTER.validate_python({"name": "pgd", "eps": "8/255", "step_size": "2/255"})
    assert isinstance(spec.eps, Written)  # type: ignore[attr-defined]
    plain = spec.model_dump(mode="json")
    assert type(plain["eps"]) is float
    assert plain == {**plain, "eps": 8 / 255, "step_size": 2 / 255}
    assert ATTACK_ADAPTER.validate_python(plain) == spec
    kept = spec.model_dump(mode="json", context=AS_WRITTEN)
    assert (kept["eps"], kept["step_size"]) == ("8/255", "2/255")
    assert ATTACK_ADAPTER.validate_python(kept) == spec
    assert spec.model_copy(update={"id": "a"}).threat_model.label == spec.threat_model.label


@pytest.mark.parametrize("wrong", ["9/0", "0/255", "-1/255", "256/255", "8/255/1", "", "nan", float("inf"), 0])
def test_wrong_fractions_are_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Eps).validate_python(wrong)
