from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.page_model_info import PageModelInfo
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    sha256: None | str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    json_cursor: None | str | Unset
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    json_sha256: None | str | Unset
    if isinstance(sha256, Unset):
        json_sha256 = UNSET
    else:
        json_sha256 = sha256
    params["sha256"] = json_sha256

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/models",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PageModelInfo | Problem | None:
    if response.status_code == 200:
        response_200 = PageModelInfo.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 406:
        response_406 = Problem.from_dict(response.json())

        return response_406

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

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[PageModelInfo | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    sha256: None | str | Unset = UNSET,
) -> Response[PageModelInfo | Problem]:
    """List models, newest first; with `sha256` those of these bytes, so that nobody sends gigabytes twice

     List models, newest first; with `sha256` those of these bytes, so that nobody sends gigabytes twice.

    Args:
        limit (int | Unset): Most items to return Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        sha256 (None | str | Unset): Only files with these bytes: ask before uploading again

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageModelInfo | Problem]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        sha256=sha256,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    sha256: None | str | Unset = UNSET,
) -> PageModelInfo | Problem | None:
    """List models, newest first; with `sha256` those of these bytes, so that nobody sends gigabytes twice

     List models, newest first; with `sha256` those of these bytes, so that nobody sends gigabytes twice.

    Args:
        limit (int | Unset): Most items to return Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        sha256 (None | str | Unset): Only files with these bytes: ask before uploading again

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageModelInfo | Problem
    """

    return sync_detailed(
        client=client,
        limit=limit,
        cursor=cursor,
        sha256=sha256,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    sha256: None | str | Unset = UNSET,
) -> Response[PageModelInfo | Problem]:
    """List models, newest first; with `sha256` those of these bytes, so that nobody sends gigabytes twice

     List models, newest first; with `sha256` those of these bytes, so that nobody sends gigabytes twice.

    Args:
        limit (int | Unset): Most items to return Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        sha256 (None | str | Unset): Only files with these bytes: ask before uploading again

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageModelInfo | Problem]
    """

    kwargs = _get_kwargs(
        limit=limit,
        cursor=cursor,
        sha256=sha256,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    sha256: None | str | Unset = UNSET,
) -> PageModelInfo | Problem | None:
    """List models, newest first; with `sha256` those of these bytes, so that nobody sends gigabytes twice

     List models, newest first; with `sha256` those of these bytes, so that nobody sends gigabytes twice.

    Args:
        limit (int | Unset): Most items to return Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        sha256 (None | str | Unset): Only files with these bytes: ask before uploading again

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageModelInfo | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            limit=limit,
            cursor=cursor,
            sha256=sha256,
        )
    ).parsed
