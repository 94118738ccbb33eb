"""`/schema/assets`: the files of the page. The page itself is the document's, see `service.http.schema`."""

from litestar import Controller, Response, get
from litestar.params import FromPath

from openapi.problems import NotFound
from service.reference.assets import MEDIA_TYPES, address, content


class ReferenceController(Controller):
    """Files that never change under their address."""

    path = "/schema/assets"

    @get("/{version:str}/{name:str}", include_in_schema=False, sync_to_thread=False)
    def asset(self, version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        """One file of the page."""
        if name not in MEDIA_TYPES or address(name) != f"{self.path}/{version}/{name}":
            raise NotFound("The page has no such file; load /schema anew")
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(content(name), media_type=MEDIA_TYPES[name], headers=headers)
