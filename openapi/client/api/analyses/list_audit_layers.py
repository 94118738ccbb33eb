from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.layers_page import LayersPage
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    audit_id: str,
    *,
    limit: int | Unset = 100,
    cursor: None | str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    params: dict[str, Any] = {}

    params["limit"] = limit

    json_cursor: None | str | Unset
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/audits/{audit_id}/layers".format(
            audit_id=quote(str(audit_id), safe=""),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | LayersPage | Problem | None:
    if response.status_code == 200:
        response_200 = LayersPage.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

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

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

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
) -> Response[Any | LayersPage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    audit_id: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 100,
    cursor: None | str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | LayersPage | Problem]:
    """List layers with sensitivity and ratio, their course over eps, and their similarity across targets

     List layers with sensitivity and ratio, their course over eps, and their similarity across targets.

    `neurons` in the audit's request asks for it, `neurons.sweep` and `neurons.similarity` for the last
    two.

    Args:
        audit_id (str):
        limit (int | Unset): Most items to return Default: 100.
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | LayersPage | Problem]
    """

    kwargs = _get_kwargs(
        audit_id=audit_id,
        limit=limit,
        cursor=cursor,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    audit_id: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 100,
    cursor: None | str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | LayersPage | Problem | None:
    """List layers with sensitivity and ratio, their course over eps, and their similarity across targets

     List layers with sensitivity and ratio, their course over eps, and their similarity across targets.

    `neurons` in the audit's request asks for it, `neurons.sweep` and `neurons.similarity` for the last
    two.

    Args:
        audit_id (str):
        limit (int | Unset): Most items to return Default: 100.
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | LayersPage | Problem
    """

    return sync_detailed(
        audit_id=audit_id,
        client=client,
        limit=limit,
        cursor=cursor,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    audit_id: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 100,
    cursor: None | str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | LayersPage | Problem]:
    """List layers with sensitivity and ratio, their course over eps, and their similarity across targets

     List layers with sensitivity and ratio, their course over eps, and their similarity across targets.

    `neurons` in the audit's request asks for it, `neurons.sweep` and `neurons.similarity` for the last
    two.

    Args:
        audit_id (str):
        limit (int | Unset): Most items to return Default: 100.
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | LayersPage | Problem]
    """

    kwargs = _get_kwargs(
        audit_id=audit_id,
        limit=limit,
        cursor=cursor,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    audit_id: str,
    *,
    client: AuthenticatedClient | Client,
    limit: int | Unset = 100,
    cursor: None | str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | LayersPage | Problem | None:
    """List layers with sensitivity and ratio, their course over eps, and their similarity across targets

     List layers with sensitivity and ratio, their course over eps, and their similarity across targets.

    `neurons` in the audit's request asks for it, `neurons.sweep` and `neurons.similarity` for the last
    two.

    Args:
        audit_id (str):
        limit (int | Unset): Most items to return Default: 100.
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | LayersPage | Problem
    """

    return (
        await asyncio_detailed(
            audit_id=audit_id,
            client=client,
            limit=limit,
            cursor=cursor,
            if_none_match=if_none_match,
        )
    ).parsed
