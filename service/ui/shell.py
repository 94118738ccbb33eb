"""The document that every address of the page answers: what to load, under a policy that lets nothing else in."""

import base64
import html
import json
from hashlib import sha256

from service.keys.sessions import SessionInfo
from service.ui.files import NAMED, START, Files

_STYLES = ("style/base.css", "style/parts.css", "style/views.css")


def _import_map(files: Files) -> str:
    return json.dumps({"imports": {name: files.address(path) for name, path in NAMED.items()}})


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


def document(files: Files, session: SessionInfo) -> str:
    """The HTML: the same for every address, since the scripts read the address themselves.

    It says who is signed in, and names every module: else the browser would learn of them one import after the other.
    """
    styles = "".join(f'<link rel="stylesheet" href="{files.address(name)}">' for name in _STYLES)
    modules = "".join(f'<link rel="modulepreload" href="{files.address(name)}">' for name in files.modules)
    return (
        f'<!doctype html><html lang="en" data-session="{html.escape(session.model_dump_json())}">'
        '<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><title>Tremor</title>'
        f'<script type="importmap">{_import_map(files)}</script>'
        f'<script type="module" async src="{files.address("ahead.js")}"></script>'
        f'<link rel="icon" type="image/svg+xml" href="{files.address("icon.svg")}">{styles}'
        f'<script defer src="{files.address("vendor/d3.min.js")}"></script>'
        f'<script type="module" src="{files.address(START)}"></script>{modules}</head>'
        '<body><div id="page"><noscript><main><h1>Tremor</h1><p>This page needs JavaScript. Every audit also has a '
        'report without scripts at <code>/v1/audits/ID/report.html</code>; <a href="/schema">/schema</a> lists the '
        "calls.</p></main></noscript></div></body></html>"
    )
