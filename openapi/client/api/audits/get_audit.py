from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.audit_info import AuditInfo
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    audit_id: str,
    *,
    wait: float | Unset = 0.0,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["wait"] = wait

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/audits/{audit_id}".format(
            audit_id=quote(str(audit_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> AuditInfo | Problem | None:
    if response.status_code == 200:
        response_200 = AuditInfo.from_dict(response.json())

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[AuditInfo | Problem]:
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
    wait: float | Unset = 0.0,
) -> Response[AuditInfo | Problem]:
    """Read an audit; `wait` until it has ended

     Read an audit; `wait` until it has ended.

    Args:
        audit_id (str):
        wait (float | Unset): Seconds to wait for the end; longer waits are cut to what the
            service is set to, 60 s by default Default: 0.0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AuditInfo | Problem]
    """

    kwargs = _get_kwargs(
        audit_id=audit_id,
        wait=wait,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    audit_id: str,
    *,
    client: AuthenticatedClient | Client,
    wait: float | Unset = 0.0,
) -> AuditInfo | Problem | None:
    """Read an audit; `wait` until it has ended

     Read an audit; `wait` until it has ended.

    Args:
        audit_id (str):
        wait (float | Unset): Seconds to wait for the end; longer waits are cut to what the
            service is set to, 60 s by default Default: 0.0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AuditInfo | Problem
    """

    return sync_detailed(
        audit_id=audit_id,
        client=client,
        wait=wait,
    ).parsed


async def asyncio_detailed(
    audit_id: str,
    *,
    client: AuthenticatedClient | Client,
    wait: float | Unset = 0.0,
) -> Response[AuditInfo | Problem]:
    """Read an audit; `wait` until it has ended

     Read an audit; `wait` until it has ended.

    Args:
        audit_id (str):
        wait (float | Unset): Seconds to wait for the end; longer waits are cut to what the
            service is set to, 60 s by default Default: 0.0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AuditInfo | Problem]
    """

    kwargs = _get_kwargs(
        audit_id=audit_id,
        wait=wait,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    audit_id: str,
    *,
    client: AuthenticatedClient | Client,
    wait: float | Unset = 0.0,
) -> AuditInfo | Problem | None:
    """Read an audit; `wait` until it has ended

     Read an audit; `wait` until it has ended.

    Args:
        audit_id (str):
        wait (float | Unset): Seconds to wait for the end; longer waits are cut to what the
            service is set to, 60 s by default Default: 0.0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AuditInfo | Problem
    """

    return (
        await asyncio_detailed(
            audit_id=audit_id,
            client=client,
            wait=wait,
        )
    ).parsed
