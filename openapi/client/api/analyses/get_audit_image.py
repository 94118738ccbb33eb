from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.get_audit_image_format import GetAuditImageFormat
from ...models.image_detail import ImageDetail
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    audit_id: str,
    index: int,
    *,
    format_: GetAuditImageFormat | Unset = GetAuditImageFormat.JSON,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    params: dict[str, Any] = {}

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_.value

    params["format"] = json_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/audits/{audit_id}/images/{index}".format(
            audit_id=quote(str(audit_id), safe=""),
            index=quote(str(index), safe=""),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ImageDetail | Problem | None:
    if response.status_code == 200:
        response_200 = ImageDetail.from_dict(response.json())

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
) -> Response[Any | ImageDetail | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    audit_id: str,
    index: int,
    *,
    client: AuthenticatedClient | Client,
    format_: GetAuditImageFormat | Unset = GetAuditImageFormat.JSON,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ImageDetail | Problem]:
    """Read one image: probabilities, and over the neurons the contributions to both classes with their
    bands

     Read one image: probabilities, and over the neurons the contributions to both classes with their
    bands.

    `format=arrow` gives the curves alone, a row a neuron.

    Args:
        audit_id (str):
        index (int):
        format_ (GetAuditImageFormat | Unset): `arrow` is an Arrow stream: the same as columns,
            what is beside as metadata Default: GetAuditImageFormat.JSON.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ImageDetail | Problem]
    """

    kwargs = _get_kwargs(
        audit_id=audit_id,
        index=index,
        format_=format_,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    audit_id: str,
    index: int,
    *,
    client: AuthenticatedClient | Client,
    format_: GetAuditImageFormat | Unset = GetAuditImageFormat.JSON,
    if_none_match: str | Unset = UNSET,
) -> Any | ImageDetail | Problem | None:
    """Read one image: probabilities, and over the neurons the contributions to both classes with their
    bands

     Read one image: probabilities, and over the neurons the contributions to both classes with their
    bands.

    `format=arrow` gives the curves alone, a row a neuron.

    Args:
        audit_id (str):
        index (int):
        format_ (GetAuditImageFormat | Unset): `arrow` is an Arrow stream: the same as columns,
            what is beside as metadata Default: GetAuditImageFormat.JSON.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ImageDetail | Problem
    """

    return sync_detailed(
        audit_id=audit_id,
        index=index,
        client=client,
        format_=format_,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    audit_id: str,
    index: int,
    *,
    client: AuthenticatedClient | Client,
    format_: GetAuditImageFormat | Unset = GetAuditImageFormat.JSON,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ImageDetail | Problem]:
    """Read one image: probabilities, and over the neurons the contributions to both classes with their
    bands

     Read one image: probabilities, and over the neurons the contributions to both classes with their
    bands.

    `format=arrow` gives the curves alone, a row a neuron.

    Args:
        audit_id (str):
        index (int):
        format_ (GetAuditImageFormat | Unset): `arrow` is an Arrow stream: the same as columns,
            what is beside as metadata Default: GetAuditImageFormat.JSON.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ImageDetail | Problem]
    """

    kwargs = _get_kwargs(
        audit_id=audit_id,
        index=index,
        format_=format_,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    audit_id: str,
    index: int,
    *,
    client: AuthenticatedClient | Client,
    format_: GetAuditImageFormat | Unset = GetAuditImageFormat.JSON,
    if_none_match: str | Unset = UNSET,
) -> Any | ImageDetail | Problem | None:
    """Read one image: probabilities, and over the neurons the contributions to both classes with their
    bands

     Read one image: probabilities, and over the neurons the contributions to both classes with their
    bands.

    `format=arrow` gives the curves alone, a row a neuron.

    Args:
        audit_id (str):
        index (int):
        format_ (GetAuditImageFormat | Unset): `arrow` is an Arrow stream: the same as columns,
            what is beside as metadata Default: GetAuditImageFormat.JSON.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ImageDetail | Problem
    """

    return (
        await asyncio_detailed(
            audit_id=audit_id,
            index=index,
            client=client,
            format_=format_,
            if_none_match=if_none_match,
        )
    ).parsed
