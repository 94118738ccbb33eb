"""Versions of the report and the digests of their shapes, as `report.versions.json` lists them.

`tremor openapi` enters the present version there and leaves those that are listed as they are, so that a shape
that changes without its version is found (`tests/openapi/test_report_version.py`).
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from openapi.report import SCHEMA_VERSION, Report
from openapi.stages.comparison import AuditHardening, NotHardened, OwnHardening

FILE = Path(__file__).with_name("report.versions.json")
#: What says nothing of the shape: texts, and the version itself, which is a default in the schema.
_TEXTS = {"description", "title", "schema_version"}


def digest() -> str:
    """Of the present shape, with that of the part on hardening, which the report's own schema leaves open."""
    parts = (Report, AuditHardening, OwnHardening, NotHardened)
    schemas = [_shape(TypeAdapter(part).json_schema(mode="serialization")) for part in parts]
    return hashlib.sha256(json.dumps(schemas, sort_keys=True).encode()).hexdigest()[:16]


def _shape(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _shape(value) for key, value in schema.items() if key not in _TEXTS or isinstance(value, bool)}
    return [_shape(one) for one in schema] if isinstance(schema, list) else schema


def listed() -> dict[str, str]:
    """Version → digest, oldest first."""
    found: dict[str, str] = json.loads(FILE.read_bytes())
    return found


def with_present(known: Mapping[str, str]) -> dict[str, str]:
    """The list with the present version, which is added where it is not there."""
    return {**known, SCHEMA_VERSION: known.get(SCHEMA_VERSION, digest())}
