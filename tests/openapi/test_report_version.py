"""The report's schema has a version of its own: whoever changes the one raises the other."""

import hashlib
import json
from typing import Any

from pydantic import TypeAdapter

from openapi.report import SCHEMA_VERSION, Report
from openapi.stages.comparison import AuditHardening, NotHardened, OwnHardening

#: The version, and the digest of what it stands for. Where the digest differs: raise `SCHEMA_VERSION`, and pin both.
VERSION = "1.6"
DIGEST = "63087535d1329a9b"


def shape(schema: Any) -> Any:
    """A schema without its words, and without the version that stands in it as a default."""
    if isinstance(schema, dict):
        words = {"description", "title", "schema_version"}
        return {key: shape(value) for key, value in schema.items() if key not in words or isinstance(value, bool)}
    return [shape(one) for one in schema] if isinstance(schema, list) else schema


def test_the_shape_of_a_report_is_that_of_its_version() -> None:
    """Its part on hardening too, which the report's own schema leaves open."""
    parts = (Report, AuditHardening, OwnHardening, NotHardened)
    schemas = [shape(TypeAdapter(part).json_schema(mode="serialization")) for part in parts]
    digest = hashlib.sha256(json.dumps(schemas, sort_keys=True).encode()).hexdigest()[:16]
    assert (SCHEMA_VERSION, digest) == (VERSION, DIGEST), "raise SCHEMA_VERSION, and pin both here"
