from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...types import UNSET, File, Response, Unset


def _get_kwargs(
    upload_id: str,
    *,
    body: File,
    tus_resumable: str,
    upload_offset: str,
    upload_checksum: str | Unset = UNSET,
    content_digest: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["Tus-Resumable"] = tus_resumable

    headers["Upload-Offset"] = upload_offset

    if not isinstance(upload_checksum, Unset):
        headers["Upload-Checksum"] = upload_checksum

    if not isinstance(content_digest, Unset):
        headers["Content-Digest"] = content_digest

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/v1/uploads/{upload_id}".format(
            upload_id=quote(str(upload_id), safe=""),
        ),
    }

    _kwargs["content"] = body.payload
    headers["Content-Type"] = "application/offset+octet-stream"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | None:
    if response.status_code == 204:
        response_204 = cast(Any, None)
        return response_204

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    upload_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: File,
    tus_resumable: str,
    upload_offset: str,
    upload_checksum: str | Unset = UNSET,
    content_digest: str | Unset = UNSET,
) -> Response[Any | Problem]:
    """Send the next part of a file. What has come is kept also where the connection breaks

     Send the next part of a file. What has come is kept also where the connection breaks.

    A part with an `Upload-Checksum` or a `Content-Digest` is kept as a whole or not at all.

    Args:
        upload_id (str):
        tus_resumable (str):
        upload_offset (str):
        upload_checksum (str | Unset):
        content_digest (str | Unset):
        body (File): The file's bytes

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        upload_id=upload_id,
        body=body,
        tus_resumable=tus_resumable,
        upload_offset=upload_offset,
        upload_checksum=upload_checksum,
        content_digest=content_digest,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    upload_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: File,
    tus_resumable: str,
    upload_offset: str,
    upload_checksum: str | Unset = UNSET,
    content_digest: str | Unset = UNSET,
) -> Any | Problem | None:
    """Send the next part of a file. What has come is kept also where the connection breaks

     Send the next part of a file. What has come is kept also where the connection breaks.

    A part with an `Upload-Checksum` or a `Content-Digest` is kept as a whole or not at all.

    Args:
        upload_id (str):
        tus_resumable (str):
        upload_offset (str):
        upload_checksum (str | Unset):
        content_digest (str | Unset):
        body (File): The file's bytes

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return sync_detailed(
        upload_id=upload_id,
        client=client,
        body=body,
        tus_resumable=tus_resumable,
        upload_offset=upload_offset,
        upload_checksum=upload_checksum,
        content_digest=content_digest,
    ).parsed


async def asyncio_detailed(
    upload_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: File,
    tus_resumable: str,
    upload_offset: str,
    upload_checksum: str | Unset = UNSET,
    content_digest: str | Unset = UNSET,
) -> Response[Any | Problem]:
    """Send the next part of a file. What has come is kept also where the connection breaks

     Send the next part of a file. What has come is kept also where the connection breaks.

    A part with an `Upload-Checksum` or a `Content-Digest` is kept as a whole or not at all.

    Args:
        upload_id (str):
        tus_resumable (str):
        upload_offset (str):
        upload_checksum (str | Unset):
        content_digest (str | Unset):
        body (File): The file's bytes

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        upload_id=upload_id,
        body=body,
        tus_resumable=tus_resumable,
        upload_offset=upload_offset,
        upload_checksum=upload_checksum,
        content_digest=content_digest,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    upload_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: File,
    tus_resumable: str,
    upload_offset: str,
    upload_checksum: str | Unset = UNSET,
    content_digest: str | Unset = UNSET,
) -> Any | Problem | None:
    """Send the next part of a file. What has come is kept also where the connection breaks

     Send the next part of a file. What has come is kept also where the connection breaks.

    A part with an `Upload-Checksum` or a `Content-Digest` is kept as a whole or not at all.

    Args:
        upload_id (str):
        tus_resumable (str):
        upload_offset (str):
        upload_checksum (str | Unset):
        content_digest (str | Unset):
        body (File): The file's bytes

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return (
        await asyncio_detailed(
            upload_id=upload_id,
            client=client,
            body=body,
            tus_resumable=tus_resumable,
            upload_offset=upload_offset,
            upload_checksum=upload_checksum,
            content_digest=content_digest,
        )
    ).parsed
