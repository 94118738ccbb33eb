"""The document that every address of the page answers: what to load, under a policy that lets nothing else in."""

import base64
import json
from hashlib import sha256

from service.ui.files import Files

#: How modules call the vendored ones → the file.
_NAMED = {"preact": "vendor/preact.js", "preact/hooks": "vendor/hooks.js", "htm": "vendor/htm.js"}
_STYLES = ("style/base.css", "style/parts.css", "style/views.css")


def _import_map(files: Files) -> str:
    return json.dumps({"imports": {name: files.address(path) for name, path in _NAMED.items()}})


def policy(files: Files) -> str:
    """The Content-Security-Policy: scripts, styles and calls of this origin alone, and the map of names by its hash.

    Pictures that are being saved are drawn from ``blob:`` addresses, and what lies in them from ``data:`` ones. No text
    is ever taken for markup or for a script.
    """
    digest = base64.b64encode(sha256(_import_map(files).encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def document(files: Files) -> str:
    """The HTML: the same for every address, since the scripts read the address themselves."""
    styles = "".join(f'<link rel="stylesheet" href="{files.address(name)}">' for name in _STYLES)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><title>Tremor</title>'
        f'<link rel="icon" type="image/svg+xml" href="{files.address("icon.svg")}">{styles}'
        f'<script type="importmap">{_import_map(files)}</script>'
        f'<script defer src="{files.address("vendor/d3.min.js")}"></script>'
        f'<script type="module" src="{files.address("start.js")}"></script></head>'
        '<body><div id="page"><noscript><main><h1>Tremor</h1><p>This page needs JavaScript. Every audit also has a '
        'report without scripts at <code>/v1/audits/ID/report.html</code>; <a href="/schema">/schema</a> lists the '
        "calls.</p></main></noscript></div></body></html>"
    )
