"""The calls that models and data sets have in common: each makes one handler of a controller.

A controller gives `identity`, the id in the path, under its own name (`dependencies`).
"""

from typing import Any

from litestar import Response, delete, post
from litestar.handlers import HTTPRouteHandler

from service.http.arguments import Identity, Limit, Parts, Redirect, Req, Sha256, Wait, after
from service.http.bodies import answer, is_json, read_json
from service.http.content import stored_file
from service.http.docs import CONTENT, UPLOADING, Doc, get_or_head
from service.http.idempotency import created, scope_of
from service.http.uploads import read_metadata, receive_upload
from service.pages import Page
from service.uploads.service import UploadService

Uploads = type[UploadService[Any, Any, Any]]


def _name(uploads: Uploads) -> str:
    return uploads.folder.removesuffix("s")


def _path(uploads: Uploads, rest: str = "") -> str:
    return f"/{{{_name(uploads)}_id:str}}{rest}"


def _title(uploads: Uploads) -> str:
    return _name(uploads).title()


def upload_call(uploads: Uploads, description: str, example: dict[str, Any]) -> HTTPRouteHandler:
    """``POST /``: take a file and what is said of it."""
    doc = Doc(
        {201: uploads.info_type, 200: uploads.info_type},
        UPLOADING,
        upload=uploads.metadata_type,
        body=uploads.source_type,
        headers=("Idempotency-Key", "Content-Digest", "Repr-Digest"),
        examples={"metadata": example, "body": {"upload_id": "upl_01k9zq3v8c4f0t7m2e5r6y1a9b", "metadata": example}},
    )

    @post(
        operation_id=f"upload{_title(uploads)}",
        opt=doc.opt(),
        request_max_body_size=None,
        status_code=201,
        description=description,
    )
    async def upload(self: Any, request: Req, services: Parts) -> Response[Any]:
        service = uploads(services)
        if is_json(request):
            source = await read_json(request, uploads.source_type, services.settings.max_body_bytes)
            return created(await service.create_of(source, scope_of(request)))
        upload = await receive_upload(
            request,
            services.blobs,
            max_bytes=service.max_bytes,
            max_field=services.settings.max_body_bytes,
            discard=service.discard,
            admit=service.admit,
        )
        try:
            metadata = await read_metadata(upload, uploads.metadata_type)
            scope = scope_of(request)
        except BaseException:
            await service.discard(upload.blob)
            raise
        return created(await service.create(upload.blob, upload.filename, metadata, scope))

    return upload


def list_call(uploads: Uploads) -> HTTPRouteHandler:
    """``GET /``: a page of uploads."""
    several = f"{uploads.noun}s"
    cursor_type = after(uploads.prefix)

    @get_or_head(
        operation_id=f"list{_title(uploads)}s",
        doc=Doc({200: Page[uploads.info_type]}, ("validation",)),  # type: ignore[name-defined]
        description=f"List {several}, newest first; with `sha256` those of these bytes, "
        "so that nobody sends gigabytes twice.",
    )
    async def listing(
        self: Any,
        services: Parts,
        limit: Limit = 50,
        cursor: cursor_type = None,  # type: ignore[valid-type]
        sha256: Sha256 = None,
    ) -> Response[Any]:
        return answer(await uploads(services).listing(limit, cursor, sha256))

    return listing


def read_call(uploads: Uploads) -> HTTPRouteHandler:
    """``GET /ID``: one upload, at once or when it is inspected."""

    @get_or_head(
        _path(uploads),
        operation_id=f"get{_title(uploads)}",
        doc=Doc({200: uploads.info_type}, ("not-found", "validation")),
        description=f"Read a {uploads.noun}; `wait` until its inspection has ended.",
    )
    async def read(self: Any, identity: Identity, services: Parts, wait: Wait = 0) -> Response[Any]:
        return answer(await uploads(services).wait(identity, wait))

    return read


def remove_call(uploads: Uploads) -> HTTPRouteHandler:
    """``DELETE /ID``: remove it and what only it refers to."""

    @delete(
        _path(uploads),
        operation_id=f"delete{_title(uploads)}",
        opt=Doc({204: None}, ("not-found", "conflict")).opt(),
        status_code=204,
        description=f"Delete a {uploads.noun}. 409 while an unfinished job works on it.",
    )
    async def remove(self: Any, identity: Identity, services: Parts) -> None:
        await uploads(services).delete(identity)

    return remove


def content_call(uploads: Uploads) -> HTTPRouteHandler:
    """``GET /ID/content``: the file as it came."""

    @get_or_head(
        _path(uploads, "/content"),
        operation_id=f"get{_title(uploads)}Content",
        doc=CONTENT,
        description="Download the file, byte for byte; `Range` and `If-None-Match` are understood, "
        "the ETag is the sha256.",
    )
    async def content(
        self: Any, identity: Identity, request: Req, services: Parts, redirect: Redirect = False
    ) -> Response[Any]:
        row = await uploads(services).get(identity)
        return await stored_file(
            request,
            services.blobs,
            services.direct if redirect else None,
            sha256=row.sha256,
            size=row.size,
            media_type="application/octet-stream",
            name=row.filename,
        )

    return content
