"""`/` and `/ui/…`: the page, its files, and signing in to it."""

from typing import Any

from litestar import Controller, Response, delete, get, post
from litestar.params import FromPath

from openapi.problems import NotFound
from service.http.arguments import Parts, Req
from service.http.bodies import answer, read_json
from service.http.session_cookie import cookie, token_of
from service.keys.sessions import SignIn, sign_in, sign_out, state_of
from service.ui.files import MEDIA_TYPES, files, files_of
from service.ui.shell import document, policy

_ROUTES = ["/", "/ui", "/ui/{rest:path}"]
_PRIVATE = {"Cache-Control": "no-store"}


class PageController(Controller):
    """The page and its session. Nothing here is a call of the API, so nothing of it stands in the document."""

    path = "/"
    include_in_schema = False

    @get(_ROUTES)
    async def page(self, request: Req, services: Parts) -> Response[str]:
        """The document with who is signed in; what it shows of an audit the scripts ask the API for."""
        found, session = files(), await state_of(services, token_of(request))
        headers = {"Content-Security-Policy": policy(found), **_PRIVATE}
        return Response(document(found, session), media_type="text/html", headers=headers)

    @get("/ui/assets/{version:str}/{name:path}", sync_to_thread=False)
    def asset(self, version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        """One file of the page."""
        found, name = files_of(version), name.lstrip("/")
        data = found.contents.get(name)
        if data is None or version != found.version:
            raise NotFound("The page has no such file; load the page anew")
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(data, media_type=MEDIA_TYPES[name[name.rfind(".") :]], headers=headers)

    @get("/ui/session")
    async def session(self, request: Req, services: Parts) -> Response[Any]:
        """Whether one must sign in, and who has."""
        return answer(await state_of(services, token_of(request)), headers=_PRIVATE)

    @post("/ui/session", status_code=201)
    async def sign_in(self, request: Req, services: Parts) -> Response[Any]:
        """Sign in with an API key: answers a cookie that scripts cannot read."""
        asked = await read_json(request, SignIn)
        info, token = await sign_in(services, asked.key.get_secret_value())
        return answer(info, status=201, headers={"Set-Cookie": cookie(request, token), **_PRIVATE})

    @delete("/ui/session", status_code=200)
    async def sign_out(self, request: Req, services: Parts) -> Response[Any]:
        """End the session, here and wherever else its cookie may be."""
        if (token := token_of(request)) is not None:
            await sign_out(services, token)
        headers = {"Set-Cookie": cookie(request, None), **_PRIVATE}
        return answer(await state_of(services, None), headers=headers)
