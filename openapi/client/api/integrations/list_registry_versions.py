from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_registry_versions_status import ListRegistryVersionsStatus
from ...models.page_version_info import PageVersionInfo
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    integration_id: str,
    *,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    status: ListRegistryVersionsStatus | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    json_cursor: None | str | Unset
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/integrations/{integration_id}/versions".format(
            integration_id=quote(str(integration_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PageVersionInfo | Problem | None:
    if response.status_code == 200:
        response_200 = PageVersionInfo.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

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
) -> Response[PageVersionInfo | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    integration_id: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    status: ListRegistryVersionsStatus | Unset = UNSET,
) -> Response[PageVersionInfo | Problem]:
    """List the versions that it knows, newest first, and why one is refused or waits

     List the versions that it knows, newest first, and why one is refused or waits.

    Args:
        integration_id (str):
        limit (int | Unset): Most items to return Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        status (ListRegistryVersionsStatus | Unset): Only versions of this status

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageVersionInfo | Problem]
    """

    kwargs = _get_kwargs(
        integration_id=integration_id,
        limit=limit,
        cursor=cursor,
        status=status,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    integration_id: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    status: ListRegistryVersionsStatus | Unset = UNSET,
) -> PageVersionInfo | Problem | None:
    """List the versions that it knows, newest first, and why one is refused or waits

     List the versions that it knows, newest first, and why one is refused or waits.

    Args:
        integration_id (str):
        limit (int | Unset): Most items to return Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        status (ListRegistryVersionsStatus | Unset): Only versions of this status

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageVersionInfo | Problem
    """

    return sync_detailed(
        integration_id=integration_id,
        client=client,
        limit=limit,
        cursor=cursor,
        status=status,
    ).parsed


async def asyncio_detailed(
    integration_id: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    status: ListRegistryVersionsStatus | Unset = UNSET,
) -> Response[PageVersionInfo | Problem]:
    """List the versions that it knows, newest first, and why one is refused or waits

     List the versions that it knows, newest first, and why one is refused or waits.

    Args:
        integration_id (str):
        limit (int | Unset): Most items to return Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        status (ListRegistryVersionsStatus | Unset): Only versions of this status

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageVersionInfo | Problem]
    """

    kwargs = _get_kwargs(
        integration_id=integration_id,
        limit=limit,
        cursor=cursor,
        status=status,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    integration_id: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    status: ListRegistryVersionsStatus | Unset = UNSET,
) -> PageVersionInfo | Problem | None:
    """List the versions that it knows, newest first, and why one is refused or waits

     List the versions that it knows, newest first, and why one is refused or waits.

    Args:
        integration_id (str):
        limit (int | Unset): Most items to return Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        status (ListRegistryVersionsStatus | Unset): Only versions of this status

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageVersionInfo | Problem
    """

    return (
        await asyncio_detailed(
            integration_id=integration_id,
            client=client,
            limit=limit,
            cursor=cursor,
            status=status,
        )
    ).parsed
