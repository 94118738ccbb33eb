"""`/v1/uploads`: files in parts, by tus 1.0."""

from typing import Any

from litestar import Controller, Response, delete, patch, post

from openapi.request_errors import MalformedRequest
from openapi.text import file_name
from openapi.uploads import CompleteUpload, DirectUpload, UploadInfo
from service.http import tus
from service.http.arguments import Id, Limit, Parts, Req, Sha256, after
from service.http.bodies import answer, read_json
from service.http.digests import read_digests
from service.http.docs import Doc, get_or_head
from service.pages import Page
from service.resumable.direct import DirectUploads
from service.resumable.service import ResumableUploads, upload_info

_CREATING = (
    "malformed-request",
    "unsupported-version",
    "unsupported-media-type",
    "too-large",
    "quota-exceeded",
    "digest-mismatch",
    "checksum-mismatch",
)

_DIRECTLY = (
    "malformed-request",
    "conflict",
    "too-large",
    "unsupported-media-type",
    "validation",
    "quota-exceeded",
)
_COMPLETING = (
    "malformed-request",
    "not-found",
    "not-ready",
    "conflict",
    "too-large",
    "unsupported-media-type",
    "validation",
)


class ResumableController(Controller):
    """Files in parts."""

    path = "/uploads"
    tags = ["uploads"]
    middleware = [tus.tell_version]
    opt = {"tus": True}

    @post(
        "/",
        operation_id="createUpload",
        status_code=201,
        request_max_body_size=None,
        opt=Doc(
            {201: UploadInfo},
            _CREATING,
            part=True,
            headers=("Upload-Metadata", "Repr-Digest", "Upload-Checksum", "Content-Digest"),
            needs=("Tus-Resumable", "Upload-Length"),
        ).opt(),
    )
    async def create(self, request: Req, services: Parts) -> Response[Any]:
        """Begin to upload a file in parts (tus 1.0).

        `Upload-Metadata` may hold its `filename`. A `Repr-Digest` with a sha-256 is of the whole file: it is compared
        when something is made of it, and finds the upload again. The first part may come along.
        """
        tus.require_version(request)
        length, (meta, filename) = tus.length_of(request), tus.metadata_of(request)
        body = tus.Part(request)
        has_part = bool(request.content_length) or "transfer-encoding" in request.headers
        if has_part:
            tus.require_part(request)
        uploads = ResumableUploads(services)
        row = await uploads.create(length, file_name(filename), meta, _sha256_of(request))
        if has_part:
            row = await uploads.append(row.id, 0, aiter(body), body.verify)
            body.check()
        info = upload_info(row)
        return answer(info, status=201, headers={**tus.answer_headers(info), "Location": f"/v1/uploads/{row.id}"})

    @post(
        "/direct",
        operation_id="createDirectUpload",
        status_code=201,
        opt=Doc(
            {201: UploadInfo},
            _DIRECTLY,
            body=DirectUpload,
        ).opt(),
    )
    async def create_direct(self, request: Req, services: Parts) -> Response[Any]:
        """Begin to upload a file directly to the store: its parts are sent by PUT to the addresses that are answered.

        Where the service's files are in S3 and its operator has opened that to clients; 409 elsewhere. The end of all
        parts is told to `complete`.
        """
        asked, uploads = await read_json(request, DirectUpload), DirectUploads(services)
        row = await uploads.create(asked, file_name(asked.filename))
        info = upload_info(row, await uploads.parts(row))
        return answer(info, status=201, headers={"Location": f"/v1/uploads/{row.id}", "Cache-Control": "no-store"})

    @get_or_head("/", operation_id="listUploads", doc=Doc({200: Page[UploadInfo]}, ("validation",)))
    async def listing(
        self,
        services: Parts,
        limit: Limit = 50,
        cursor: after("upl") = None,  # type: ignore[valid-type]
        sha256: Sha256 = None,
    ) -> Response[Any]:
        """List uploads of which something was not made yet, newest first; with `sha256` those of which it was said."""
        return answer(await ResumableUploads(services).listing(limit, cursor, sha256))

    @get_or_head(
        "/{upload_id:str}",
        operation_id="getUpload",
        doc=Doc({200: UploadInfo}, ("not-found", "unsupported-version")),
    )
    async def read(self, upload_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Say how much of a file has come. HEAD says it by the headers of tus.

        Of one that goes directly to the store also where the parts go that have not come, by new addresses.
        """
        row = await ResumableUploads(services).get(upload_id)
        tus.require_version(request, said=False)
        if row.multipart is not None:
            row = await ResumableUploads(services).renew(upload_id)
        info = upload_info(row, await DirectUploads(services).parts(row))
        meta = {"Upload-Metadata": row.meta} if row.meta else {}
        return answer(info, headers={**tus.answer_headers(info), **meta})

    @patch(
        "/{upload_id:str}",
        operation_id="appendToUpload",
        status_code=204,
        request_max_body_size=None,
        opt=Doc(
            {204: None},
            ("not-found", "conflict", *_CREATING),
            part=True,
            headers=("Upload-Checksum", "Content-Digest"),
            needs=("Tus-Resumable", "Upload-Offset"),
        ).opt(),
    )
    async def append(self, upload_id: Id, request: Req, services: Parts) -> Response[None]:
        """Send the next part of a file. What has come is kept also where the connection breaks.

        A part with an `Upload-Checksum` or a `Content-Digest` is kept as a whole or not at all.
        """
        uploads = ResumableUploads(services)
        await uploads.get(upload_id)  # who may not know of it is not told what is wrong with the headers
        tus.require_version(request)
        tus.require_part(request)
        body = tus.Part(request)
        row = await uploads.append(upload_id, tus.number_of(request, "Upload-Offset"), aiter(body), body.verify)
        body.check()
        return Response(None, status_code=204, headers=tus.answer_headers(upload_info(row)))

    @post(
        "/{upload_id:str}/complete",
        operation_id="completeUpload",
        status_code=200,
        opt=Doc({200: UploadInfo}, _COMPLETING, body=CompleteUpload).opt(),
    )
    async def complete(self, upload_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Say that all parts of a file have come to the store. Once more, the same answer."""
        await ResumableUploads(services).get(upload_id)
        row = await DirectUploads(services).complete(upload_id, await read_json(request, CompleteUpload))
        return answer(upload_info(row), headers={"Cache-Control": "no-store"})

    @delete(
        "/{upload_id:str}",
        operation_id="deleteUpload",
        opt=Doc({204: None}, ("not-found", "unsupported-version")).opt(),
        status_code=204,
    )
    async def remove(self, upload_id: Id, request: Req, services: Parts) -> None:
        """End an upload, and remove what has come of it."""
        uploads = ResumableUploads(services)
        await uploads.get(upload_id)
        tus.require_version(request, said=False)
        await uploads.remove(upload_id)


def _sha256_of(request: Req) -> str | None:
    """What `Repr-Digest` says of the whole file."""
    text = request.headers.get("repr-digest")
    if text is None:
        return None
    if (found := read_digests("Repr-Digest", text).get("sha-256")) is None:
        raise MalformedRequest("Repr-Digest: send the sha-256 of the whole file; no other hash of it is computed")
    return found.hex()
