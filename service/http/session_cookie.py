"""The cookie of the page's sessions: read from a request, written into an answer."""

from http.cookies import SimpleCookie
from typing import Any

from litestar.connection import ASGIConnection

from openapi.problems import Unauthorized

COOKIE = "tremor_session"

Connection = ASGIConnection[Any, Any, Any, Any]


def token_of(connection: Connection) -> str | None:
    """The token that the request's cookie holds."""
    return connection.cookies.get(COOKIE) or None


def cookie(connection: Connection, token: str | None) -> str:
    """`Set-Cookie` for a token, or one that takes the cookie away. Over HTTPS it is for HTTPS alone."""
    jar: SimpleCookie = SimpleCookie()
    jar[COOKIE] = token or ""
    morsel = jar[COOKIE]
    morsel["path"], morsel["httponly"], morsel["samesite"] = "/", True, "Strict"
    if connection.url.scheme == "https":
        morsel["secure"] = True
    if token is None:
        morsel["max-age"] = 0
    return morsel.OutputString()


def require_own_page(connection: Connection) -> None:
    """Raise `Unauthorized` for a change that comes with the cookie alone and does not say from which page.

    Whatever a browser sends to change something says so (`Origin`), and `refuse_foreign` has looked at what it says.
    """
    if "origin" not in connection.headers and "sec-fetch-site" not in connection.headers:
        raise Unauthorized("A session's cookie is for the page; programs send `Authorization: Bearer KEY`")
