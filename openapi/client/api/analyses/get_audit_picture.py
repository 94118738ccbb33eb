from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.get_audit_picture_mode import GetAuditPictureMode
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    audit_id: str,
    index: int,
    what: str,
    *,
    scale: int | None | Unset = UNSET,
    layer: None | str | Unset = UNSET,
    neurons: None | str | Unset = UNSET,
    mode: GetAuditPictureMode | Unset = GetAuditPictureMode.UNION,
    threshold: float | Unset = 0.25,
    visibility: float | Unset = 0.2,
    opacity: float | Unset = 0.3,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    params: dict[str, Any] = {}

    json_scale: int | None | Unset
    if isinstance(scale, Unset):
        json_scale = UNSET
    else:
        json_scale = scale
    params["scale"] = json_scale

    json_layer: None | str | Unset
    if isinstance(layer, Unset):
        json_layer = UNSET
    else:
        json_layer = layer
    params["layer"] = json_layer

    json_neurons: None | str | Unset
    if isinstance(neurons, Unset):
        json_neurons = UNSET
    else:
        json_neurons = neurons
    params["neurons"] = json_neurons

    json_mode: str | Unset = UNSET
    if not isinstance(mode, Unset):
        json_mode = mode.value

    params["mode"] = json_mode

    params["threshold"] = threshold

    params["visibility"] = visibility

    params["opacity"] = opacity

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/audits/{audit_id}/images/{index}/{what}".format(
            audit_id=quote(str(audit_id), safe=""),
            index=quote(str(index), safe=""),
            what=quote(str(what), safe=""),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | None:
    if response.status_code == 200:
        response_200 = cast(Any, response.content)
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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    audit_id: str,
    index: int,
    what: str,
    *,
    client: AuthenticatedClient | Client,
    scale: int | None | Unset = UNSET,
    layer: None | str | Unset = UNSET,
    neurons: None | str | Unset = UNSET,
    mode: GetAuditPictureMode | Unset = GetAuditPictureMode.UNION,
    threshold: float | Unset = 0.25,
    visibility: float | Unset = 0.2,
    opacity: float | Unset = 0.3,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem]:
    """Look at an image: `benign.png`, `adversarial.png`, `difference.png`, or what an analysis has drawn
    of it

     Look at an image: `benign.png`, `adversarial.png`, `difference.png`, or what an analysis has drawn
    of it.

    Those of `explain` are `explained.png`, `explained-difference.png`, `psr.png`, `refined.png` and
    `cam-benign-true.png` (also -target and cam-adversarial-); that of `regions` is `regions.png`. With
    a `window`
    vulnerability draws `map-benign.png` and `map-adversarial.png`, and `field-benign.png` and
    `field-adversarial.png` show where `neurons` are excited: from `threshold` of a map's maximum on,
    the `mode` of
    several; outside `visibility` of the brightness is left, inside yellow covers `opacity`. With
    `layer` they are
    neurons of that layer, as `receptive_fields` left them. Where pictures are listed in answers they
    have a text
    alternative.

    Args:
        audit_id (str):
        index (int):
        what (str):
        scale (int | None | Unset): Pixels a side of each pixel; without it about 128 in all
        layer (None | str | Unset): Of fields: the neurons' layer, in an image that excites them
            most (`receptive_fields`); without it the one that the last layer reads, in a fooled image
            (`vulnerability` with a `window`)
        neurons (None | str | Unset): Numbers, as `3,17`
        mode (GetAuditPictureMode | Unset): Where any of the neurons is excited, or all are
            Default: GetAuditPictureMode.UNION.
        threshold (float | Unset): Between 0 and 1 Default: 0.25.
        visibility (float | Unset): Between 0 and 1 Default: 0.2.
        opacity (float | Unset): Between 0 and 1 Default: 0.3.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        audit_id=audit_id,
        index=index,
        what=what,
        scale=scale,
        layer=layer,
        neurons=neurons,
        mode=mode,
        threshold=threshold,
        visibility=visibility,
        opacity=opacity,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    audit_id: str,
    index: int,
    what: str,
    *,
    client: AuthenticatedClient | Client,
    scale: int | None | Unset = UNSET,
    layer: None | str | Unset = UNSET,
    neurons: None | str | Unset = UNSET,
    mode: GetAuditPictureMode | Unset = GetAuditPictureMode.UNION,
    threshold: float | Unset = 0.25,
    visibility: float | Unset = 0.2,
    opacity: float | Unset = 0.3,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | None:
    """Look at an image: `benign.png`, `adversarial.png`, `difference.png`, or what an analysis has drawn
    of it

     Look at an image: `benign.png`, `adversarial.png`, `difference.png`, or what an analysis has drawn
    of it.

    Those of `explain` are `explained.png`, `explained-difference.png`, `psr.png`, `refined.png` and
    `cam-benign-true.png` (also -target and cam-adversarial-); that of `regions` is `regions.png`. With
    a `window`
    vulnerability draws `map-benign.png` and `map-adversarial.png`, and `field-benign.png` and
    `field-adversarial.png` show where `neurons` are excited: from `threshold` of a map's maximum on,
    the `mode` of
    several; outside `visibility` of the brightness is left, inside yellow covers `opacity`. With
    `layer` they are
    neurons of that layer, as `receptive_fields` left them. Where pictures are listed in answers they
    have a text
    alternative.

    Args:
        audit_id (str):
        index (int):
        what (str):
        scale (int | None | Unset): Pixels a side of each pixel; without it about 128 in all
        layer (None | str | Unset): Of fields: the neurons' layer, in an image that excites them
            most (`receptive_fields`); without it the one that the last layer reads, in a fooled image
            (`vulnerability` with a `window`)
        neurons (None | str | Unset): Numbers, as `3,17`
        mode (GetAuditPictureMode | Unset): Where any of the neurons is excited, or all are
            Default: GetAuditPictureMode.UNION.
        threshold (float | Unset): Between 0 and 1 Default: 0.25.
        visibility (float | Unset): Between 0 and 1 Default: 0.2.
        opacity (float | Unset): Between 0 and 1 Default: 0.3.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return sync_detailed(
        audit_id=audit_id,
        index=index,
        what=what,
        client=client,
        scale=scale,
        layer=layer,
        neurons=neurons,
        mode=mode,
        threshold=threshold,
        visibility=visibility,
        opacity=opacity,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    audit_id: str,
    index: int,
    what: str,
    *,
    client: AuthenticatedClient | Client,
    scale: int | None | Unset = UNSET,
    layer: None | str | Unset = UNSET,
    neurons: None | str | Unset = UNSET,
    mode: GetAuditPictureMode | Unset = GetAuditPictureMode.UNION,
    threshold: float | Unset = 0.25,
    visibility: float | Unset = 0.2,
    opacity: float | Unset = 0.3,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem]:
    """Look at an image: `benign.png`, `adversarial.png`, `difference.png`, or what an analysis has drawn
    of it

     Look at an image: `benign.png`, `adversarial.png`, `difference.png`, or what an analysis has drawn
    of it.

    Those of `explain` are `explained.png`, `explained-difference.png`, `psr.png`, `refined.png` and
    `cam-benign-true.png` (also -target and cam-adversarial-); that of `regions` is `regions.png`. With
    a `window`
    vulnerability draws `map-benign.png` and `map-adversarial.png`, and `field-benign.png` and
    `field-adversarial.png` show where `neurons` are excited: from `threshold` of a map's maximum on,
    the `mode` of
    several; outside `visibility` of the brightness is left, inside yellow covers `opacity`. With
    `layer` they are
    neurons of that layer, as `receptive_fields` left them. Where pictures are listed in answers they
    have a text
    alternative.

    Args:
        audit_id (str):
        index (int):
        what (str):
        scale (int | None | Unset): Pixels a side of each pixel; without it about 128 in all
        layer (None | str | Unset): Of fields: the neurons' layer, in an image that excites them
            most (`receptive_fields`); without it the one that the last layer reads, in a fooled image
            (`vulnerability` with a `window`)
        neurons (None | str | Unset): Numbers, as `3,17`
        mode (GetAuditPictureMode | Unset): Where any of the neurons is excited, or all are
            Default: GetAuditPictureMode.UNION.
        threshold (float | Unset): Between 0 and 1 Default: 0.25.
        visibility (float | Unset): Between 0 and 1 Default: 0.2.
        opacity (float | Unset): Between 0 and 1 Default: 0.3.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        audit_id=audit_id,
        index=index,
        what=what,
        scale=scale,
        layer=layer,
        neurons=neurons,
        mode=mode,
        threshold=threshold,
        visibility=visibility,
        opacity=opacity,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    audit_id: str,
    index: int,
    what: str,
    *,
    client: AuthenticatedClient | Client,
    scale: int | None | Unset = UNSET,
    layer: None | str | Unset = UNSET,
    neurons: None | str | Unset = UNSET,
    mode: GetAuditPictureMode | Unset = GetAuditPictureMode.UNION,
    threshold: float | Unset = 0.25,
    visibility: float | Unset = 0.2,
    opacity: float | Unset = 0.3,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | None:
    """Look at an image: `benign.png`, `adversarial.png`, `difference.png`, or what an analysis has drawn
    of it

     Look at an image: `benign.png`, `adversarial.png`, `difference.png`, or what an analysis has drawn
    of it.

    Those of `explain` are `explained.png`, `explained-difference.png`, `psr.png`, `refined.png` and
    `cam-benign-true.png` (also -target and cam-adversarial-); that of `regions` is `regions.png`. With
    a `window`
    vulnerability draws `map-benign.png` and `map-adversarial.png`, and `field-benign.png` and
    `field-adversarial.png` show where `neurons` are excited: from `threshold` of a map's maximum on,
    the `mode` of
    several; outside `visibility` of the brightness is left, inside yellow covers `opacity`. With
    `layer` they are
    neurons of that layer, as `receptive_fields` left them. Where pictures are listed in answers they
    have a text
    alternative.

    Args:
        audit_id (str):
        index (int):
        what (str):
        scale (int | None | Unset): Pixels a side of each pixel; without it about 128 in all
        layer (None | str | Unset): Of fields: the neurons' layer, in an image that excites them
            most (`receptive_fields`); without it the one that the last layer reads, in a fooled image
            (`vulnerability` with a `window`)
        neurons (None | str | Unset): Numbers, as `3,17`
        mode (GetAuditPictureMode | Unset): Where any of the neurons is excited, or all are
            Default: GetAuditPictureMode.UNION.
        threshold (float | Unset): Between 0 and 1 Default: 0.25.
        visibility (float | Unset): Between 0 and 1 Default: 0.2.
        opacity (float | Unset): Between 0 and 1 Default: 0.3.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return (
        await asyncio_detailed(
            audit_id=audit_id,
            index=index,
            what=what,
            client=client,
            scale=scale,
            layer=layer,
            neurons=neurons,
            mode=mode,
            threshold=threshold,
            visibility=visibility,
            opacity=opacity,
            if_none_match=if_none_match,
        )
    ).parsed
