"""The files of the page. Swagger UI is by SmartBear, under the Apache License 2.0 (`LICENSE.txt`, `NOTICE.txt`)."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

MEDIA_TYPES = {
    "swagger-ui.css": "text/css",
    "page.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "start.js": "text/javascript",
}


@cache
def content(name: str) -> bytes:
    """The bytes of one of `MEDIA_TYPES`."""
    return files(__name__).joinpath(name).read_bytes()


@cache
def address(name: str) -> str:
    """Where the page finds a file; another content has another address, so that a browser may keep it for good."""
    return f"/schema/assets/{sha256(content(name)).hexdigest()[:12]}/{name}"
