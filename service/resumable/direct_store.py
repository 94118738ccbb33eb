"""Files that go straight to S3: multipart uploads whose parts clients send to addresses that are signed for them.

Botocore signs and calls (`tremor[s3]`): obstore, which does all else, signs no addresses of parts, and a signer alone
would lack the credentials of roles and the calls that begin and end an upload. Everything here blocks.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from openapi.problems import Unavailable
from openapi.wire.blob_names import blob_key
from openapi.wire.settings import Settings

#: How long an address of a part holds: a slow line sends the last of many parts long after it has asked.
SIGNED = timedelta(hours=6)
#: And one that a file is read from: downloads begin soon, and go on by asking again.
READABLE = timedelta(hours=1)
#: Most bytes that S3 copies in one call, and of a part of a copy.
_COPY = 5 << 30
_FOLDER = "uploads"
_NAME = re.compile(r"upl_[0-9a-z]+")
_GONE = ("NoSuchUpload", "NoSuchKey", "404")


@dataclass(frozen=True)
class Sent:
    """A part that the store has."""

    number: int
    size: int
    etag: str


@dataclass(frozen=True)
class Left:
    """Something of an upload in the store: parts (`multipart` is their id there) or the whole file (None)."""

    upload: str
    multipart: str | None
    modified: datetime


class DirectStore:
    """The bucket, as the uploads of clients see it. `public` is the address under which clients reach the store."""

    def __init__(self, settings: Settings, public: str) -> None:
        where = urlsplit(settings.blobs)
        self._settings, self._public = settings, public
        self._bucket, self._prefix = where.netloc, where.path.strip("/")

    @classmethod
    def from_settings(cls, settings: Settings) -> "DirectStore | None":
        """The store, where files go to S3 and clients may send them there."""
        if urlsplit(settings.blobs).scheme != "s3" or not settings.s3_public_endpoint or find_spec("botocore") is None:
            return None
        return cls(settings, settings.s3_public_endpoint)

    def key(self, upload: str) -> str:
        """The object of an upload, until something is made of it."""
        return "/".join(filter(None, (self._prefix, _FOLDER, upload)))

    # One upload

    def begin(self, upload: str) -> str:
        """Begin, and return the multipart upload's id in the store."""
        with _told():
            found = self._client.create_multipart_upload(Bucket=self._bucket, Key=self.key(upload))
        return str(found["UploadId"])

    def address(self, upload: str, multipart: str, number: int, size: int) -> str:
        """Where a part of exactly this size is sent to by PUT, for as long as `SIGNED`; nothing is contacted."""
        target = {"Bucket": self._bucket, "Key": self.key(upload), "UploadId": multipart}
        return str(
            self._signer.generate_presigned_url(
                "upload_part",
                Params={**target, "PartNumber": number, "ContentLength": size},
                ExpiresIn=int(SIGNED.total_seconds()),
            )
        )

    def sent(self, upload: str, multipart: str) -> list[Sent] | None:
        """The parts that have come, in order; None where there is no such multipart upload (any more)."""
        pages = self._client.get_paginator("list_parts")
        try:
            with _told():
                found = pages.paginate(Bucket=self._bucket, Key=self.key(upload), UploadId=multipart)
                parts = [part for page in found for part in page.get("Parts", ())]
        except LookupError:
            return None
        return [Sent(part["PartNumber"], part["Size"], part["ETag"]) for part in parts]

    def complete(self, upload: str, multipart: str, parts: list[Sent]) -> None:
        """Make one object of the parts. `LookupError` where that was done or undone before."""
        listed = [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
        with _told():
            self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=self.key(upload), UploadId=multipart, MultipartUpload={"Parts": listed}
            )

    def size(self, upload: str) -> int | None:
        """Bytes of the whole file; None where it is not there."""
        try:
            with _told():
                return int(self._client.head_object(Bucket=self._bucket, Key=self.key(upload))["ContentLength"])
        except LookupError:
            return None

    def read(self, upload: str, chunk: int = 1 << 20) -> Iterator[bytes]:
        """The bytes of the whole file. `LookupError` where it is not there."""
        with _told():
            body = self._client.get_object(Bucket=self._bucket, Key=self.key(upload))["Body"]
            try:
                yield from iter(lambda: body.read(chunk), b"")
            finally:
                body.close()

    def content(self, sha256: str, media_type: str, disposition: str) -> str:
        """Where content is read from by GET, with ranges, for as long as `READABLE`; nothing is contacted."""
        target = {"Bucket": self._bucket, "Key": self._content_key(sha256)}
        said = {"ResponseContentType": media_type, "ResponseContentDisposition": disposition}
        return str(
            self._signer.generate_presigned_url(
                "get_object", Params={**target, **said}, ExpiresIn=int(READABLE.total_seconds())
            )
        )

    def _content_key(self, sha256: str) -> str:
        return "/".join(filter(None, (self._prefix, blob_key(sha256))))

    def settle(self, upload: str, size: int, sha256: str, step: int = _COPY) -> None:
        """Copy the file to the place of its content, inside the store. step: bytes that one call copies."""
        source = {"Bucket": self._bucket, "Key": self.key(upload)}
        target = {"Bucket": self._bucket, "Key": self._content_key(sha256)}
        with _told():
            if size <= step:
                self._client.copy_object(**target, CopySource=source)
                return
            made = self._client.create_multipart_upload(**target)["UploadId"]
            try:
                parts = [
                    self._client.upload_part_copy(
                        **target,
                        UploadId=made,
                        PartNumber=number,
                        CopySource=source,
                        CopySourceRange=f"bytes={start}-{min(start + step, size) - 1}",
                    )["CopyPartResult"]["ETag"]
                    for number, start in enumerate(range(0, size, step), 1)
                ]
                listed = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(parts, 1)]
                self._client.complete_multipart_upload(**target, UploadId=made, MultipartUpload={"Parts": listed})
            except BaseException:
                with suppress(Exception):
                    self._client.abort_multipart_upload(**target, UploadId=made)
                raise

    def remove(self, upload: str, multipart: str | None) -> None:
        """Remove what there is of an upload: parts, and the whole file."""
        with suppress(LookupError), _told():
            if multipart is not None:
                self._client.abort_multipart_upload(Bucket=self._bucket, Key=self.key(upload), UploadId=multipart)
        with suppress(LookupError), _told():
            self._client.delete_object(Bucket=self._bucket, Key=self.key(upload))

    def left(self) -> list[Left]:
        """All that lies in the folder of uploads, whoever has begun it."""
        folder = self.key("")
        if not folder.endswith("/"):
            folder += "/"
        with _told():
            pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket, Prefix=folder)
            uploads = [one for page in pages for one in page.get("Uploads", ())]
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=folder)
            objects = [one for page in pages for one in page.get("Contents", ())]
        found = [Left(one["Key"].removeprefix(folder), one["UploadId"], one["Initiated"]) for one in uploads]
        found += [Left(one["Key"].removeprefix(folder), None, one["LastModified"]) for one in objects]
        return [one for one in found if _NAME.fullmatch(one.upload)]

    # Clients

    @cached_property
    def _client(self) -> Any:
        return self._connect(self._settings.s3_endpoint)

    @cached_property
    def _signer(self) -> Any:
        """Signs for the address that clients know; it is never called."""
        return self._connect(self._public)

    def _connect(self, endpoint: str | None) -> Any:
        import botocore.session
        from botocore.config import Config

        told = self._settings
        named = {"aws_access_key_id": told.s3_access_key_id, "aws_secret_access_key": told.s3_secret_access_key}
        keys = {name: key.get_secret_value() for name, key in named.items() if key is not None}
        session = botocore.session.get_session()
        return session.create_client(
            "s3",
            endpoint_url=endpoint,
            region_name=told.s3_region or session.get_config_variable("region") or "us-east-1",
            config=Config(
                signature_version="s3v4",
                connect_timeout=10,
                read_timeout=60,
                retries={"mode": "standard", "total_max_attempts": 4},
                max_pool_connections=32,
                s3={"addressing_style": "path" if endpoint and not _is_amazon(endpoint) else "auto"},
                # Of what is copied inside the store nothing is hashed here, and not every store knows these headers.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            **keys,
        )


def _is_amazon(endpoint: str) -> bool:
    return (urlsplit(endpoint).hostname or "").endswith((".amazonaws.com", ".amazonaws.com.cn"))


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the store says inside the block into `LookupError` for what is not there, else into `Unavailable`."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _GONE:
            raise LookupError(str(error)) from error
        raise Unavailable(f"The blob store refused: {error}; try again soon") from error
    except BotoCoreError as error:
        raise Unavailable("The blob store does not answer; try again soon") from error
