"""The page itself: what a browser loads first, and what a reader without scripts sees."""

from html import escape
from typing import Any

from service.reference.assets import address

#: Scripts and styles come from here and nowhere else, and calls go nowhere else. Swagger UI sets styles of elements.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def render_page(document: dict[str, Any]) -> str:
    """Write the page of an OpenAPI document.

    The browser reads the document again from ``/schema/openapi.json``; written here are the problem types, which
    OpenAPI has no place for, and the list of calls for those who run no scripts.
    """
    info = document["info"]
    calls = "".join(
        f"<li><code>{method.upper()} {escape(path)}</code> {escape(operation['operationId'])}: "
        f"{escape(operation['summary'])}</li>"
        for path, item in document["paths"].items()
        for method, operation in item.items()
    )
    problems = "".join(
        f"<tr><td>{p['status']}</td><td><code>{escape(p['type'])}</code></td><td>{escape(p['title'])}</td></tr>"
        for p in document["x-problem-types"]
    )
    styles = "".join(f'<link rel="stylesheet" href="{address(name)}">' for name in ("swagger-ui.css", "page.css"))
    scripts = "".join(f'<script src="{address(name)}"></script>' for name in ("swagger-ui-bundle.js", "start.js"))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{escape(info["title"])} API</title><link rel="icon" href="data:,">{styles}{scripts}'
        '<div id="reference"></div>'
        f"<noscript><h1>{escape(info['title'])} API {escape(info['version'])}</h1>"
        "<p>With scripts this page lets you try every call. "
        'For machines: <a href="/schema/openapi.json">openapi.json</a></p>'
        f"<ul>{calls}</ul></noscript>"
        f'<section class="problems"><h2>Problem types</h2><table>{problems}</table></section></html>'
    )
