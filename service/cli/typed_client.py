"""The package of the typed client, made of the API's document by openapi-python-client.

What the generator does not read is put otherwise first: it names classes by titles, which what is sent and what is
answered share; it knows no defaults that are objects; texts are no objects to it; a null among words is a class of its
own. Of what it writes three things are put otherwise: a class is imported when it is asked for, files that are sent get
a boundary of their own, and what a newer server answers is read: words that this client does not know as texts, and
attacks as `Other`.
"""

import json
import subprocess
import sys
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import TemporaryDirectory
from typing import Any

#: What both the service's distribution (as `openapi.client`) and `tremor-client` ship.
PACKAGE = "tremor_client"

_FILES = ("image/png", "application/zip", "application/offset+octet-stream", "application/vnd.apache.arrow.stream")
_TEXTS = ("application/xml", "text/csv", "text/markdown", "text/event-stream")
_JSON = ("application/sarif+json", "application/vnd.dev.sigstore.bundle.v0.3+json")
#: A file may hold any line; httpx draws a boundary that none does.
_BOUNDARY = '        headers["Content-Type"] = "multipart/form-data; boundary=+++"\n'

#: Importing five hundred classes takes half a second: each is imported when it is asked for.
_MODELS = '''\
"""Every class that is sent or answered, imported when it is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
{% for import in imports | sort %}
    {{ import }}
{% endfor %}

_MODULES = {
{% for import in imports | sort %}
    "{{ import.split()[3] }}": "{{ import.split()[1] }}",
{% endfor %}
}

__all__ = (
{% for all in alls | sort %}
    "{{ all }}",
{% endfor %}
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name], __name__), name)
'''


#: A word that came after this client is a member that holds its text.
_WORDS = '''\
from enum import StrEnum


class {{ enum.class_info.name }}(StrEnum):
    {% for key, value in enum.values|dictsort(true) %}
    {{ key }} = "{{ value }}"
    {% endfor %}

    @classmethod
    def _missing_(cls, value: object) -> "{{ enum.class_info.name }} | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)
'''
#: The name tells attacks apart. Other fixed words are texts to the reader: a newer server may have more of them.
_FIXED = """\
{% macro check_type_for_construct(property, source) %}isinstance({{ source }}, str){% endmacro %}

{% macro construct(property, source) %}
{{ property.python_name }} = cast({{ property.get_type_string() | as_unembedded_code }} , {{ source }})
{% if property.name == "name" %}
if {{ property.python_name }} != {{ property.value.python_code | as_unembedded_code }}:
    raise ValueError("of another name")
{% endif %}
{%- endmacro %}

{% macro multipart(property, source, name) %}
files.append(({{ name }}, (None, {{ source }}, "text/plain")))
{% endmacro %}
"""
_OTHER = {
    "type": "object",
    "description": "What a newer server knows by a name that this client does not.",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": True,
}


def readable(document: dict[str, Any]) -> dict[str, Any]:
    """The document in the generator's words."""
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        schema.pop("title", None)
    _walk(document)
    schemas["Other"] = _OTHER
    return document


def _walk(value: Any) -> None:
    if isinstance(value, list):
        for inner in value:
            _walk(inner)
    if not isinstance(value, dict):
        return
    if "default" in value and (_refers(value) or isinstance(value["default"], dict | list)):
        del value["default"]
    for kind in _TEXTS:
        if isinstance(value.get(kind), dict):
            value[kind]["schema"] = {"type": "string"}
    if isinstance(value.get("operationId"), str):
        value["operationId"] = value["operationId"].replace("MLflow", "Mlflow")
    if value.get("discriminator", {}).get("propertyName") == "name":
        del value["discriminator"]
        value["oneOf"].append({"$ref": "#/components/schemas/Other"})
    if value.get("in") == "query":
        _without_null(value["schema"])
    for inner in value.values():
        _walk(inner)


def _without_null(schema: dict[str, Any]) -> None:
    """A query's parameter that is null is one that is not there."""
    if isinstance(schema.get("type"), list) and None in schema.get("enum", ()):
        (schema["type"],) = set(schema["type"]) - {"null"}
        schema["enum"] = [word for word in schema["enum"] if word is not None]


def _refers(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    return "$ref" in schema or any(_refers(inner) for name in ("anyOf", "oneOf") for inner in schema.get(name, ()))


def write_client(document: dict[str, Any], package: Path) -> None:
    """Write the package of a document; what was in the folder goes. Needs openapi-python-client and ruff."""
    with TemporaryDirectory(prefix="tremor-client-") as place:
        made = _generated(readable(document), Path(place))
        rmtree(package, ignore_errors=True)
        copytree(made, package)


def _generated(document: dict[str, Any], folder: Path) -> Path:
    given, config, templates, made = (folder / name for name in ("openapi.json", "config.json", "templates", PACKAGE))
    (templates / "property_templates").mkdir(parents=True)
    (templates / "models_init.py.jinja").write_text(_MODELS)
    (templates / "str_enum.py.jinja").write_text(_WORDS)
    (templates / "property_templates" / "const_property.py.jinja").write_text(_FIXED)
    given.write_text(json.dumps(document))
    kinds = dict.fromkeys(_FILES, "application/octet-stream") | dict.fromkeys(_TEXTS, "text/plain")
    options = {
        "project_name_override": "tremor-client",
        "package_name_override": PACKAGE,
        "content_type_overrides": kinds | dict.fromkeys(_JSON, "application/json"),
        "post_hooks": [],
    }
    config.write_text(json.dumps(options))
    command = [sys.executable, "-c", "from openapi_python_client.cli import app; app()", "generate"]
    more = ["--path", str(given), "--config", str(config), "--custom-template-path", str(templates)]
    _run(*command, *more, "--meta", "none", "--fail-on-warning", "--output-path", str(made))
    for path in made.rglob("*.py"):
        path.write_text(path.read_text().replace(_BOUNDARY, ""))
    (made / "py.typed").touch()
    ruff = [sys.executable, "-m", "ruff"]
    _run(*ruff, "check", "--isolated", "--quiet", "--no-cache", "--fix", "--select", "F401,I", str(made))
    _run(*ruff, "format", "--isolated", "--quiet", "--no-cache", "--line-length", "120", str(made))
    return made


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.PIPE)
