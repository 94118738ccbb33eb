"""Uploads that come in parts (tus 1.0, https://tus.io/protocols/resumable-upload), and what is made of them."""

from typing import Annotated

from pydantic import Field, model_validator

from openapi.addresses import WEB_ADDRESS
from openapi.base import Frozen, Id, Timestamp
from openapi.datasets import DatasetMetadata
from openapi.models import ModelMetadata


class DirectUpload(Frozen):
    """A file that is to go directly to the store."""

    length: int = Field(gt=0, lt=2**48, description="Bytes that the whole file has")
    filename: Annotated[str, Field(max_length=1000)] = ""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        None,
        description="Of the whole file, in small letters: compared when something is made of it, and finds it again",
    )


class PartAddress(Frozen):
    """A part of a file that goes directly to the store."""

    number: int = Field(description="From 1 on")
    size: int = Field(description="Bytes that it has; the store takes no other number")
    url: str | None = Field(description="Where it is sent by PUT, without any key of this service; null: it has come")
    etag: str | None = Field(description="What the store answered to it; null: it has not come")


class DirectParts(Frozen):
    """Where the parts of a file go."""

    part_size: int = Field(description="Bytes of each part but the last")
    expires_at: Timestamp = Field(description="How long the addresses hold; `GET /v1/uploads/{id}` gives new ones")
    items: tuple[PartAddress, ...]


class SentPart(Frozen):
    """A part, as the store has answered it."""

    number: int = Field(ge=1, le=500)
    etag: Annotated[str, Field(min_length=1, max_length=100)] = Field(description="The header ETag of that answer")


class CompleteUpload(Frozen):
    """The end of an upload that went directly to the store."""

    parts: Annotated[tuple[SentPart, ...], Field(max_length=500)] = Field(
        (), description="Compared with what the store has; what is left out is not"
    )


class UploadInfo(Frozen):
    """A file on its way: how much of it has come, and until when the rest is waited for."""

    id: str
    filename: str
    length: int = Field(description="Bytes that the whole file has")
    offset: int = Field(description="Bytes that have come and are kept: where the next part begins")
    sha256: str | None = Field(
        None, description="What `Repr-Digest` said of the whole file; compared when something is made of it"
    )
    created_at: Timestamp
    expires_at: Timestamp = Field(description="When it is removed unless more of it comes")
    direct: bool = Field(False, description="Whether its parts go directly to the store; else they come by PATCH")
    parts: DirectParts | None = Field(
        None, description="Where its parts go, while they do; null in lists, and for what comes by PATCH"
    )


class Source(Frozen):
    """Where the file of a model or data set is: in the upload `upload_id` that has come whole, or at a `url`."""

    upload_id: Id | None = Field(
        None, description="Id of an upload that has come whole; it is used up by what is made of it"
    )
    url: Annotated[str, Field(max_length=2000, pattern=WEB_ADDRESS)] | None = Field(
        None, description="Where the file is fetched from; the service lists the hosts that it may be on"
    )
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        None, description="What the file must have, in small letters"
    )

    @model_validator(mode="after")
    def _is_somewhere(self) -> "Source":
        if (self.upload_id is None) == (self.url is None):
            raise ValueError("give either upload_id or url")
        return self


class ModelSource(Source):
    """The JSON body of `POST /v1/models`: instead of the file itself, where it is."""

    metadata: ModelMetadata = ModelMetadata()


class DatasetSource(Source):
    """The JSON body of `POST /v1/datasets`: instead of the file itself, where it is."""

    metadata: DatasetMetadata = DatasetMetadata()
