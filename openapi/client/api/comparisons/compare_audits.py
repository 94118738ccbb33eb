from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.comparison_report import ComparisonReport
from ...models.problem import Problem
from ...types import UNSET, Response


def _get_kwargs(
    *,
    base: str,
    candidate: str,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["base"] = base

    params["candidate"] = candidate

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/comparisons",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ComparisonReport | Problem | None:
    if response.status_code == 200:
        response_200 = ComparisonReport.from_dict(response.json())

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
) -> Response[ComparisonReport | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    base: str,
    candidate: str,
) -> Response[ComparisonReport | Problem]:
    """Compare two audits of the same images: which samples were won and lost, by attack, threat model and
    class

     Compare two audits of the same images: which samples were won and lost, by attack, threat model and
    class.

    Both must have succeeded. Only the samples that both evaluated and the attacks that both ran with
    the same
    options count, so that numbers may differ from those of the reports. As `Accept` says JSON or a
    page.

    Args:
        base (str): The audit to compare with
        candidate (str): The audit that is compared

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ComparisonReport | Problem]
    """

    kwargs = _get_kwargs(
        base=base,
        candidate=candidate,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    base: str,
    candidate: str,
) -> ComparisonReport | Problem | None:
    """Compare two audits of the same images: which samples were won and lost, by attack, threat model and
    class

     Compare two audits of the same images: which samples were won and lost, by attack, threat model and
    class.

    Both must have succeeded. Only the samples that both evaluated and the attacks that both ran with
    the same
    options count, so that numbers may differ from those of the reports. As `Accept` says JSON or a
    page.

    Args:
        base (str): The audit to compare with
        candidate (str): The audit that is compared

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ComparisonReport | Problem
    """

    return sync_detailed(
        client=client,
        base=base,
        candidate=candidate,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    base: str,
    candidate: str,
) -> Response[ComparisonReport | Problem]:
    """Compare two audits of the same images: which samples were won and lost, by attack, threat model and
    class

     Compare two audits of the same images: which samples were won and lost, by attack, threat model and
    class.

    Both must have succeeded. Only the samples that both evaluated and the attacks that both ran with
    the same
    options count, so that numbers may differ from those of the reports. As `Accept` says JSON or a
    page.

    Args:
        base (str): The audit to compare with
        candidate (str): The audit that is compared

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ComparisonReport | Problem]
    """

    kwargs = _get_kwargs(
        base=base,
        candidate=candidate,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    base: str,
    candidate: str,
) -> ComparisonReport | Problem | None:
    """Compare two audits of the same images: which samples were won and lost, by attack, threat model and
    class

     Compare two audits of the same images: which samples were won and lost, by attack, threat model and
    class.

    Both must have succeeded. Only the samples that both evaluated and the attacks that both ran with
    the same
    options count, so that numbers may differ from those of the reports. As `Accept` says JSON or a
    page.

    Args:
        base (str): The audit to compare with
        candidate (str): The audit that is compared

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ComparisonReport | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            base=base,
            candidate=candidate,
        )
    ).parsed
