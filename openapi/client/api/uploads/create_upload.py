from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.upload_info import UploadInfo
from ...types import UNSET, File, Response, Unset


def _get_kwargs(
    *,
    body: File | Unset = UNSET,
    tus_resumable: str,
    upload_length: str,
    upload_metadata: str | Unset = UNSET,
    repr_digest: str | Unset = UNSET,
    upload_checksum: str | Unset = UNSET,
    content_digest: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["Tus-Resumable"] = tus_resumable

    headers["Upload-Length"] = upload_length

    if not isinstance(upload_metadata, Unset):
        headers["Upload-Metadata"] = upload_metadata

    if not isinstance(repr_digest, Unset):
        headers["Repr-Digest"] = repr_digest

    if not isinstance(upload_checksum, Unset):
        headers["Upload-Checksum"] = upload_checksum

    if not isinstance(content_digest, Unset):
        headers["Content-Digest"] = content_digest

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/uploads",
    }

    if not isinstance(body, Unset):
        _kwargs["content"] = body.payload
    headers["Content-Type"] = "application/offset+octet-stream"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | UploadInfo | None:
    if response.status_code == 201:
        response_201 = UploadInfo.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 406:
        response_406 = Problem.from_dict(response.json())

        return response_406

    if response.status_code == 412:
        response_412 = Problem.from_dict(response.json())

        return response_412

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

    if response.status_code == 421:
        response_421 = Problem.from_dict(response.json())

        return response_421

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 460:
        response_460 = Problem.from_dict(response.json())

        return response_460

    if response.status_code == 500:
        response_500 = Problem.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if response.status_code == 507:
        response_507 = Problem.from_dict(response.json())

        return response_507

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | UploadInfo]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: File | Unset = UNSET,
    tus_resumable: str,
    upload_length: str,
    upload_metadata: str | Unset = UNSET,
    repr_digest: str | Unset = UNSET,
    upload_checksum: str | Unset = UNSET,
    content_digest: str | Unset = UNSET,
) -> Response[Problem | UploadInfo]:
    """Begin to upload a file in parts (tus 1.0)

     Begin to upload a file in parts (tus 1.0).

    `Upload-Metadata` may hold its `filename`. A `Repr-Digest` with a sha-256 is of the whole file: it
    is compared
    when something is made of it, and finds the upload again. The first part may come along.

    Args:
        tus_resumable (str):
        upload_length (str):
        upload_metadata (str | Unset):
        repr_digest (str | Unset):
        upload_checksum (str | Unset):
        content_digest (str | Unset):
        body (File | Unset): The file's bytes

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | UploadInfo]
    """

    kwargs = _get_kwargs(
        body=body,
        tus_resumable=tus_resumable,
        upload_length=upload_length,
        upload_metadata=upload_metadata,
        repr_digest=repr_digest,
        upload_checksum=upload_checksum,
        content_digest=content_digest,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: File | Unset = UNSET,
    tus_resumable: str,
    upload_length: str,
    upload_metadata: str | Unset = UNSET,
    repr_digest: str | Unset = UNSET,
    upload_checksum: str | Unset = UNSET,
    content_digest: str | Unset = UNSET,
) -> Problem | UploadInfo | None:
    """Begin to upload a file in parts (tus 1.0)

     Begin to upload a file in parts (tus 1.0).

    `Upload-Metadata` may hold its `filename`. A `Repr-Digest` with a sha-256 is of the whole file: it
    is compared
    when something is made of it, and finds the upload again. The first part may come along.

    Args:
        tus_resumable (str):
        upload_length (str):
        upload_metadata (str | Unset):
        repr_digest (str | Unset):
        upload_checksum (str | Unset):
        content_digest (str | Unset):
        body (File | Unset): The file's bytes

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | UploadInfo
    """

    return sync_detailed(
        client=client,
        body=body,
        tus_resumable=tus_resumable,
        upload_length=upload_length,
        upload_metadata=upload_metadata,
        repr_digest=repr_digest,
        upload_checksum=upload_checksum,
        content_digest=content_digest,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: File | Unset = UNSET,
    tus_resumable: str,
    upload_length: str,
    upload_metadata: str | Unset = UNSET,
    repr_digest: str | Unset = UNSET,
    upload_checksum: str | Unset = UNSET,
    content_digest: str | Unset = UNSET,
) -> Response[Problem | UploadInfo]:
    """Begin to upload a file in parts (tus 1.0)

     Begin to upload a file in parts (tus 1.0).

    `Upload-Metadata` may hold its `filename`. A `Repr-Digest` with a sha-256 is of the whole file: it
    is compared
    when something is made of it, and finds the upload again. The first part may come along.

    Args:
        tus_resumable (str):
        upload_length (str):
        upload_metadata (str | Unset):
        repr_digest (str | Unset):
        upload_checksum (str | Unset):
        content_digest (str | Unset):
        body (File | Unset): The file's bytes

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | UploadInfo]
    """

    kwargs = _get_kwargs(
        body=body,
        tus_resumable=tus_resumable,
        upload_length=upload_length,
        upload_metadata=upload_metadata,
        repr_digest=repr_digest,
        upload_checksum=upload_checksum,
        content_digest=content_digest,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: File | Unset = UNSET,
    tus_resumable: str,
    upload_length: str,
    upload_metadata: str | Unset = UNSET,
    repr_digest: str | Unset = UNSET,
    upload_checksum: str | Unset = UNSET,
    content_digest: str | Unset = UNSET,
) -> Problem | UploadInfo | None:
    """Begin to upload a file in parts (tus 1.0)

     Begin to upload a file in parts (tus 1.0).

    `Upload-Metadata` may hold its `filename`. A `Repr-Digest` with a sha-256 is of the whole file: it
    is compared
    when something is made of it, and finds the upload again. The first part may come along.

    Args:
        tus_resumable (str):
        upload_length (str):
        upload_metadata (str | Unset):
        repr_digest (str | Unset):
        upload_checksum (str | Unset):
        content_digest (str | Unset):
        body (File | Unset): The file's bytes

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | UploadInfo
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            tus_resumable=tus_resumable,
            upload_length=upload_length,
            upload_metadata=upload_metadata,
            repr_digest=repr_digest,
            upload_checksum=upload_checksum,
            content_digest=content_digest,
        )
    ).parsed
