from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_audit_neurons_format import ListAuditNeuronsFormat
from ...models.list_audit_neurons_sort import ListAuditNeuronsSort
from ...models.neurons_page import NeuronsPage
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    audit_id: str,
    *,
    layer: None | str | Unset = UNSET,
    sort: ListAuditNeuronsSort | Unset = UNSET,
    label: int | None | Unset = UNSET,
    adversarial: int | None | Unset = UNSET,
    index: int | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    format_: ListAuditNeuronsFormat | Unset = ListAuditNeuronsFormat.JSON,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    params: dict[str, Any] = {}

    json_layer: None | str | Unset
    if isinstance(layer, Unset):
        json_layer = UNSET
    else:
        json_layer = layer
    params["layer"] = json_layer

    json_sort: str | Unset = UNSET
    if not isinstance(sort, Unset):
        json_sort = sort.value

    params["sort"] = json_sort

    json_label: int | None | Unset
    if isinstance(label, Unset):
        json_label = UNSET
    else:
        json_label = label
    params["label"] = json_label

    json_adversarial: int | None | Unset
    if isinstance(adversarial, Unset):
        json_adversarial = UNSET
    else:
        json_adversarial = adversarial
    params["adversarial"] = json_adversarial

    json_index: int | None | Unset
    if isinstance(index, Unset):
        json_index = UNSET
    else:
        json_index = index
    params["index"] = json_index

    json_limit: int | None | Unset
    if isinstance(limit, Unset):
        json_limit = UNSET
    else:
        json_limit = limit
    params["limit"] = json_limit

    json_cursor: None | str | Unset
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_.value

    params["format"] = json_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/audits/{audit_id}/neurons".format(
            audit_id=quote(str(audit_id), safe=""),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | NeuronsPage | Problem | None:
    if response.status_code == 200:
        response_200 = NeuronsPage.from_dict(response.json())

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
) -> Response[Any | NeuronsPage | Problem]:
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
    layer: None | str | Unset = UNSET,
    sort: ListAuditNeuronsSort | Unset = UNSET,
    label: int | None | Unset = UNSET,
    adversarial: int | None | Unset = UNSET,
    index: int | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    format_: ListAuditNeuronsFormat | Unset = ListAuditNeuronsFormat.JSON,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | NeuronsPage | Problem]:
    """List the neurons of a layer, over all fooled images, a cell of the matrix, or one image

     List the neurons of a layer, over all fooled images, a cell of the matrix, or one image.

    Measures other than sensitivity and ratio are of the layer that the last layer reads;
    `neurons.vulnerability`
    in the audit's request asks for them. `format=arrow` gives columns of numbers, of all neurons unless
    `limit` is
    given.

    Args:
        audit_id (str):
        layer (None | str | Unset): A layer's name; without it the one that the last layer reads
        sort (ListAuditNeuronsSort | Unset): The largest first; `neuron` and `benign_delta` the
            least
        label (int | None | Unset): Only images of this true class
        adversarial (int | None | Unset): Only images that are taken for this class under attack
        index (int | None | Unset): One image, by its number in the data set
        limit (int | None | Unset): Most items to return; without it 100, in JSON never more than
            1000, and with `format=arrow` all
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        format_ (ListAuditNeuronsFormat | Unset): `arrow` is an Arrow stream: the same as columns,
            what is beside as metadata Default: ListAuditNeuronsFormat.JSON.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | NeuronsPage | Problem]
    """

    kwargs = _get_kwargs(
        audit_id=audit_id,
        layer=layer,
        sort=sort,
        label=label,
        adversarial=adversarial,
        index=index,
        limit=limit,
        cursor=cursor,
        format_=format_,
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
    layer: None | str | Unset = UNSET,
    sort: ListAuditNeuronsSort | Unset = UNSET,
    label: int | None | Unset = UNSET,
    adversarial: int | None | Unset = UNSET,
    index: int | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    format_: ListAuditNeuronsFormat | Unset = ListAuditNeuronsFormat.JSON,
    if_none_match: str | Unset = UNSET,
) -> Any | NeuronsPage | Problem | None:
    """List the neurons of a layer, over all fooled images, a cell of the matrix, or one image

     List the neurons of a layer, over all fooled images, a cell of the matrix, or one image.

    Measures other than sensitivity and ratio are of the layer that the last layer reads;
    `neurons.vulnerability`
    in the audit's request asks for them. `format=arrow` gives columns of numbers, of all neurons unless
    `limit` is
    given.

    Args:
        audit_id (str):
        layer (None | str | Unset): A layer's name; without it the one that the last layer reads
        sort (ListAuditNeuronsSort | Unset): The largest first; `neuron` and `benign_delta` the
            least
        label (int | None | Unset): Only images of this true class
        adversarial (int | None | Unset): Only images that are taken for this class under attack
        index (int | None | Unset): One image, by its number in the data set
        limit (int | None | Unset): Most items to return; without it 100, in JSON never more than
            1000, and with `format=arrow` all
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        format_ (ListAuditNeuronsFormat | Unset): `arrow` is an Arrow stream: the same as columns,
            what is beside as metadata Default: ListAuditNeuronsFormat.JSON.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | NeuronsPage | Problem
    """

    return sync_detailed(
        audit_id=audit_id,
        client=client,
        layer=layer,
        sort=sort,
        label=label,
        adversarial=adversarial,
        index=index,
        limit=limit,
        cursor=cursor,
        format_=format_,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    audit_id: str,
    *,
    client: AuthenticatedClient | Client,
    layer: None | str | Unset = UNSET,
    sort: ListAuditNeuronsSort | Unset = UNSET,
    label: int | None | Unset = UNSET,
    adversarial: int | None | Unset = UNSET,
    index: int | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    format_: ListAuditNeuronsFormat | Unset = ListAuditNeuronsFormat.JSON,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | NeuronsPage | Problem]:
    """List the neurons of a layer, over all fooled images, a cell of the matrix, or one image

     List the neurons of a layer, over all fooled images, a cell of the matrix, or one image.

    Measures other than sensitivity and ratio are of the layer that the last layer reads;
    `neurons.vulnerability`
    in the audit's request asks for them. `format=arrow` gives columns of numbers, of all neurons unless
    `limit` is
    given.

    Args:
        audit_id (str):
        layer (None | str | Unset): A layer's name; without it the one that the last layer reads
        sort (ListAuditNeuronsSort | Unset): The largest first; `neuron` and `benign_delta` the
            least
        label (int | None | Unset): Only images of this true class
        adversarial (int | None | Unset): Only images that are taken for this class under attack
        index (int | None | Unset): One image, by its number in the data set
        limit (int | None | Unset): Most items to return; without it 100, in JSON never more than
            1000, and with `format=arrow` all
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        format_ (ListAuditNeuronsFormat | Unset): `arrow` is an Arrow stream: the same as columns,
            what is beside as metadata Default: ListAuditNeuronsFormat.JSON.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | NeuronsPage | Problem]
    """

    kwargs = _get_kwargs(
        audit_id=audit_id,
        layer=layer,
        sort=sort,
        label=label,
        adversarial=adversarial,
        index=index,
        limit=limit,
        cursor=cursor,
        format_=format_,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    audit_id: str,
    *,
    client: AuthenticatedClient | Client,
    layer: None | str | Unset = UNSET,
    sort: ListAuditNeuronsSort | Unset = UNSET,
    label: int | None | Unset = UNSET,
    adversarial: int | None | Unset = UNSET,
    index: int | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    format_: ListAuditNeuronsFormat | Unset = ListAuditNeuronsFormat.JSON,
    if_none_match: str | Unset = UNSET,
) -> Any | NeuronsPage | Problem | None:
    """List the neurons of a layer, over all fooled images, a cell of the matrix, or one image

     List the neurons of a layer, over all fooled images, a cell of the matrix, or one image.

    Measures other than sensitivity and ratio are of the layer that the last layer reads;
    `neurons.vulnerability`
    in the audit's request asks for them. `format=arrow` gives columns of numbers, of all neurons unless
    `limit` is
    given.

    Args:
        audit_id (str):
        layer (None | str | Unset): A layer's name; without it the one that the last layer reads
        sort (ListAuditNeuronsSort | Unset): The largest first; `neuron` and `benign_delta` the
            least
        label (int | None | Unset): Only images of this true class
        adversarial (int | None | Unset): Only images that are taken for this class under attack
        index (int | None | Unset): One image, by its number in the data set
        limit (int | None | Unset): Most items to return; without it 100, in JSON never more than
            1000, and with `format=arrow` all
        cursor (None | str | Unset): `next_cursor` of the page before, as it is
        format_ (ListAuditNeuronsFormat | Unset): `arrow` is an Arrow stream: the same as columns,
            what is beside as metadata Default: ListAuditNeuronsFormat.JSON.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | NeuronsPage | Problem
    """

    return (
        await asyncio_detailed(
            audit_id=audit_id,
            client=client,
            layer=layer,
            sort=sort,
            label=label,
            adversarial=adversarial,
            index=index,
            limit=limit,
            cursor=cursor,
            format_=format_,
            if_none_match=if_none_match,
        )
    ).parsed
