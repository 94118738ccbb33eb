from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.event_answer import EventAnswer
from ...models.problem import Problem
from ...models.version_event import VersionEvent
from ...types import Response


def _get_kwargs(
    integration_id: str,
    *,
    body: VersionEvent,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/integrations/{integration_id}/events".format(
            integration_id=quote(str(integration_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> EventAnswer | Problem | None:
    if response.status_code == 202:
        response_202 = EventAnswer.from_dict(response.json())

        return response_202

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

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

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
) -> Response[EventAnswer | Problem]:
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
    body: VersionEvent,
) -> Response[EventAnswer | Problem]:
    """Take an event of a registry, which signs it in its own way: no API key is asked for

     Take an event of a registry, which signs it in its own way: no API key is asked for.

    The body is what MLflow or the Hugging Face Hub send, or for an integration of kind `generic` the
    one described
    here, signed by Standard Webhooks. The same event again changes nothing.

    Args:
        integration_id (str):
        body (VersionEvent): What a registry of kind `generic` sends: a version of a model, and
            where its file is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventAnswer | Problem]
    """

    kwargs = _get_kwargs(
        integration_id=integration_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    integration_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: VersionEvent,
) -> EventAnswer | Problem | None:
    """Take an event of a registry, which signs it in its own way: no API key is asked for

     Take an event of a registry, which signs it in its own way: no API key is asked for.

    The body is what MLflow or the Hugging Face Hub send, or for an integration of kind `generic` the
    one described
    here, signed by Standard Webhooks. The same event again changes nothing.

    Args:
        integration_id (str):
        body (VersionEvent): What a registry of kind `generic` sends: a version of a model, and
            where its file is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventAnswer | Problem
    """

    return sync_detailed(
        integration_id=integration_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    integration_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: VersionEvent,
) -> Response[EventAnswer | Problem]:
    """Take an event of a registry, which signs it in its own way: no API key is asked for

     Take an event of a registry, which signs it in its own way: no API key is asked for.

    The body is what MLflow or the Hugging Face Hub send, or for an integration of kind `generic` the
    one described
    here, signed by Standard Webhooks. The same event again changes nothing.

    Args:
        integration_id (str):
        body (VersionEvent): What a registry of kind `generic` sends: a version of a model, and
            where its file is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventAnswer | Problem]
    """

    kwargs = _get_kwargs(
        integration_id=integration_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    integration_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: VersionEvent,
) -> EventAnswer | Problem | None:
    """Take an event of a registry, which signs it in its own way: no API key is asked for

     Take an event of a registry, which signs it in its own way: no API key is asked for.

    The body is what MLflow or the Hugging Face Hub send, or for an integration of kind `generic` the
    one described
    here, signed by Standard Webhooks. The same event again changes nothing.

    Args:
        integration_id (str):
        body (VersionEvent): What a registry of kind `generic` sends: a version of a model, and
            where its file is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventAnswer | Problem
    """

    return (
        await asyncio_detailed(
            integration_id=integration_id,
            client=client,
            body=body,
        )
    ).parsed
