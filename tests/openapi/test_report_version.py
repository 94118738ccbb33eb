"""The report's schema has a version of its own: whoever changes the one raises the other."""

from openapi.report import SCHEMA_VERSION
from openapi.report_versions import digest, listed, with_present


def test_the_shape_of_a_report_is_that_of_its_version() -> None:
    assert listed().get(SCHEMA_VERSION) == digest(), "raise SCHEMA_VERSION in openapi/report.py, then `make openapi`"
    assert list(listed())[-1] == SCHEMA_VERSION, "the list ends with the present version"


def test_a_version_keeps_its_shape_and_a_new_one_is_entered_last() -> None:
    assert with_present({"0.1": "a", SCHEMA_VERSION: "b"}) == {"0.1": "a", SCHEMA_VERSION: "b"}
    assert list(with_present({"0.1": "a"}).items()) == [("0.1", "a"), (SCHEMA_VERSION, digest())]
