"""The OpenAPI document as one readable page: plain HTML, nothing loaded from elsewhere, no script."""

import json
from html import escape
from typing import Any

_STYLE = """
:root{color-scheme:light dark;--ink:#1c2530;--soft:#5b6875;--line:#d9dfe5;--page:#fbfcfd;--code:#f0f3f6;--mark:#0b6e6e}
@media(prefers-color-scheme:dark){:root{--ink:#dfe6ec;--soft:#94a3b0;--line:#303a44;--page:#14191e;--code:#1d252c;--mark:#5cc8c0}}
body{margin:0 auto;max-width:62rem;padding:2rem 1.2rem 6rem;background:var(--page);color:var(--ink);
font:16px/1.55 system-ui,sans-serif}
h1{font-size:1.7rem}h2{margin-top:3rem;border-bottom:1px solid var(--line)}
code,pre{font-family:ui-monospace,monospace;font-size:.86em;background:var(--code);border-radius:4px}
code{padding:.1em .3em}pre{padding:.8em 1em;overflow:auto}
details{border:1px solid var(--line);border-radius:8px;margin:.6rem 0;padding:.5rem .9rem}
summary{cursor:pointer}summary b{display:inline-block;min-width:4.2rem;color:var(--mark)}
summary span{color:var(--soft)}table{border-collapse:collapse;width:100%;font-size:.92em}
td,th{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line)}
.soft{color:var(--soft)}
"""


def _type(schema: dict[str, Any]) -> str:
    """A short name of a schema, as HTML; references are links."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return f'<a href="#{escape(name)}">{escape(name)}</a>'
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(v))}</code>" for v in schema["enum"])
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " | ".join(_type(part) for part in schema[key])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}" if "items" in schema else "list"
    return escape(str(schema.get("type", "anything")))


def _rows(rows: list[tuple[str, str, str]]) -> str:
    body = "".join(f"<tr><td><code>{escape(a)}</code></td><td>{b}</td><td>{c}</td></tr>" for a, b, c in rows)
    return f"<table>{body}</table>" if rows else ""


def _limits(schema: dict[str, Any]) -> str:
    """Default and bounds of a field, in words."""
    names = {
        "minimum": "≥",
        "exclusiveMinimum": "&gt;",
        "maximum": "≤",
        "exclusiveMaximum": "&lt;",
        "maxLength": "length ≤",
    }
    parts = [f"{sign} {escape(str(schema[key]))}" for key, sign in names.items() if key in schema]
    if "default" in schema:
        parts.append(f"default <code>{escape(str(schema['default']))}</code>")
    return "; ".join(parts)


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    parameters = [
        (p["name"], f"{p['in']}, {_type(p.get('schema', {}))}", escape(p.get("description", "")))
        for p in operation.get("parameters", [])
    ]
    answers = []
    for status, answer in operation["responses"].items():
        kinds = [f"{escape(k)}: {_type(v.get('schema', {}))}" for k, v in answer.get("content", {}).items()]
        answers.append((status, "<br>".join(kinds), escape(answer["description"])))
    body = operation.get("requestBody", {}).get("content", {})
    sends = "".join(
        f"<p>Body, <code>{escape(kind)}</code>: {_body(media)}</p>{_example(media)}" for kind, media in body.items()
    )
    text = "".join(f"<p>{escape(part)}</p>" for part in operation["description"].split("\n\n"))
    return (
        f'<details id="{escape(operation["operationId"])}"><summary>'
        f"<b>{method.upper()}</b> <code>{escape(path)}</code> "
        f"<span>{escape(operation['summary'])}</span></summary>{text}{_rows(parameters)}{sends}{_rows(answers)}</details>"
    )


def _body(media: dict[str, Any]) -> str:
    schema = media["schema"]
    if "properties" not in schema:
        return _type(schema)
    return ", ".join(f"<code>{escape(name)}</code> {_type(part)}" for name, part in schema["properties"].items())


def _example(media: dict[str, Any]) -> str:
    return f"<pre>{escape(json.dumps(media['example'], indent=1))}</pre>" if "example" in media else ""


def _component(name: str, schema: dict[str, Any]) -> str:
    required = set(schema.get("required", ()))
    rows = [
        (
            field + ("" if field in required else "?"),
            _type(part),
            "; ".join(filter(None, (escape(part.get("description", "")), _limits(part)))),
        )
        for field, part in schema.get("properties", {}).items()
    ]
    about = f"<p>{escape(schema.get('description', ''))}</p>"
    return f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>{about}{_rows(rows)}</details>'


def render_page(document: dict[str, Any]) -> str:
    """Write the whole document as HTML."""
    groups: dict[str, list[str]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            group = (operation.get("tags") or ["other"])[0]
            groups.setdefault(group, []).append(_operation(method, path, operation))
    calls = "".join(f"<h2>{escape(group)}</h2>{''.join(parts)}" for group, parts in groups.items())
    schemas = "".join(_component(name, schema) for name, schema in document["components"]["schemas"].items())
    problems = _rows([(p["type"], str(p["status"]), escape(p["title"])) for p in document["x-problem-types"]])
    info = document["info"]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style><h1>{escape(info['title'])} API</h1>"
        f"<p>{escape(info.get('description') or '')}</p>"
        f'<p class="soft">Version {escape(info["version"])}. For machines: '
        '<a href="/schema/openapi.json">openapi.json</a></p>'
        f"{calls}<h2>Problem types</h2>{problems}<h2>Schemas</h2>{schemas}</html>"
    )
