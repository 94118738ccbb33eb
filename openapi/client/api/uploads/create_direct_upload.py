from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.direct_upload import DirectUpload
from ...models.problem import Problem
from ...models.upload_info import UploadInfo
from ...types import Response


def _get_kwargs(
    *,
    body: DirectUpload,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/uploads/direct",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

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

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

    if response.status_code == 421:
        response_421 = Problem.from_dict(response.json())

        return response_421

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

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
    body: DirectUpload,
) -> Response[Problem | UploadInfo]:
    """Begin to upload a file directly to the store: its parts are sent by PUT to the addresses that are
    answered

     Begin to upload a file directly to the store: its parts are sent by PUT to the addresses that are
    answered.

    Where the service's files are in S3 and its operator has opened that to clients; 409 elsewhere. The
    end of all
    parts is told to `complete`.

    Args:
        body (DirectUpload): A file that is to go directly to the store.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | UploadInfo]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: DirectUpload,
) -> Problem | UploadInfo | None:
    """Begin to upload a file directly to the store: its parts are sent by PUT to the addresses that are
    answered

     Begin to upload a file directly to the store: its parts are sent by PUT to the addresses that are
    answered.

    Where the service's files are in S3 and its operator has opened that to clients; 409 elsewhere. The
    end of all
    parts is told to `complete`.

    Args:
        body (DirectUpload): A file that is to go directly to the store.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | UploadInfo
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: DirectUpload,
) -> Response[Problem | UploadInfo]:
    """Begin to upload a file directly to the store: its parts are sent by PUT to the addresses that are
    answered

     Begin to upload a file directly to the store: its parts are sent by PUT to the addresses that are
    answered.

    Where the service's files are in S3 and its operator has opened that to clients; 409 elsewhere. The
    end of all
    parts is told to `complete`.

    Args:
        body (DirectUpload): A file that is to go directly to the store.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | UploadInfo]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: DirectUpload,
) -> Problem | UploadInfo | None:
    """Begin to upload a file directly to the store: its parts are sent by PUT to the addresses that are
    answered

     Begin to upload a file directly to the store: its parts are sent by PUT to the addresses that are
    answered.

    Where the service's files are in S3 and its operator has opened that to clients; 409 elsewhere. The
    end of all
    parts is told to `complete`.

    Args:
        body (DirectUpload): A file that is to go directly to the store.

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
        )
    ).parsed
