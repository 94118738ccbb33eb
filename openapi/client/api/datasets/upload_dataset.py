from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.dataset_info import DatasetInfo
from ...models.dataset_source import DatasetSource
from ...models.problem import Problem
from ...models.upload_dataset_files_body import UploadDatasetFilesBody
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: UploadDatasetFilesBody | DatasetSource | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
    content_digest: str | Unset = UNSET,
    repr_digest: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    if not isinstance(content_digest, Unset):
        headers["Content-Digest"] = content_digest

    if not isinstance(repr_digest, Unset):
        headers["Repr-Digest"] = repr_digest

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/datasets",
    }

    if isinstance(body, UploadDatasetFilesBody):
        _kwargs["files"] = body.to_multipart()

    if isinstance(body, DatasetSource):
        _kwargs["json"] = body.to_dict()

        headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> DatasetInfo | Problem | None:
    if response.status_code == 200:
        response_200 = DatasetInfo.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = DatasetInfo.from_dict(response.json())

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
) -> Response[DatasetInfo | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: UploadDatasetFilesBody | DatasetSource | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
    content_digest: str | Unset = UNSET,
    repr_digest: str | Unset = UNSET,
) -> Response[DatasetInfo | Problem]:
    """Upload a data set file

     Upload a data set file.

    Multipart with the part `file` (`.npz` of images and labels, `.zip` or `.tar` of pictures in class
    folders, with
    a table, or as WebDataset, `.parquet` of images and labels, `.csv` of pixels) and optionally
    `metadata` (JSON).
    The data set is `inspecting` until a worker has decoded it. Identical bytes and metadata give the
    same id with
    status 200; the name of the file does not count: what is here keeps the name that it has.

    Args:
        idempotency_key (str | Unset):
        content_digest (str | Unset):
        repr_digest (str | Unset):
        body (UploadDatasetFilesBody):
        body (DatasetSource): The JSON body of `POST /v1/datasets`: instead of the file itself,
            where it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DatasetInfo | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
        content_digest=content_digest,
        repr_digest=repr_digest,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: UploadDatasetFilesBody | DatasetSource | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
    content_digest: str | Unset = UNSET,
    repr_digest: str | Unset = UNSET,
) -> DatasetInfo | Problem | None:
    """Upload a data set file

     Upload a data set file.

    Multipart with the part `file` (`.npz` of images and labels, `.zip` or `.tar` of pictures in class
    folders, with
    a table, or as WebDataset, `.parquet` of images and labels, `.csv` of pixels) and optionally
    `metadata` (JSON).
    The data set is `inspecting` until a worker has decoded it. Identical bytes and metadata give the
    same id with
    status 200; the name of the file does not count: what is here keeps the name that it has.

    Args:
        idempotency_key (str | Unset):
        content_digest (str | Unset):
        repr_digest (str | Unset):
        body (UploadDatasetFilesBody):
        body (DatasetSource): The JSON body of `POST /v1/datasets`: instead of the file itself,
            where it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DatasetInfo | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
        content_digest=content_digest,
        repr_digest=repr_digest,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: UploadDatasetFilesBody | DatasetSource | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
    content_digest: str | Unset = UNSET,
    repr_digest: str | Unset = UNSET,
) -> Response[DatasetInfo | Problem]:
    """Upload a data set file

     Upload a data set file.

    Multipart with the part `file` (`.npz` of images and labels, `.zip` or `.tar` of pictures in class
    folders, with
    a table, or as WebDataset, `.parquet` of images and labels, `.csv` of pixels) and optionally
    `metadata` (JSON).
    The data set is `inspecting` until a worker has decoded it. Identical bytes and metadata give the
    same id with
    status 200; the name of the file does not count: what is here keeps the name that it has.

    Args:
        idempotency_key (str | Unset):
        content_digest (str | Unset):
        repr_digest (str | Unset):
        body (UploadDatasetFilesBody):
        body (DatasetSource): The JSON body of `POST /v1/datasets`: instead of the file itself,
            where it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DatasetInfo | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
        content_digest=content_digest,
        repr_digest=repr_digest,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: UploadDatasetFilesBody | DatasetSource | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
    content_digest: str | Unset = UNSET,
    repr_digest: str | Unset = UNSET,
) -> DatasetInfo | Problem | None:
    """Upload a data set file

     Upload a data set file.

    Multipart with the part `file` (`.npz` of images and labels, `.zip` or `.tar` of pictures in class
    folders, with
    a table, or as WebDataset, `.parquet` of images and labels, `.csv` of pixels) and optionally
    `metadata` (JSON).
    The data set is `inspecting` until a worker has decoded it. Identical bytes and metadata give the
    same id with
    status 200; the name of the file does not count: what is here keeps the name that it has.

    Args:
        idempotency_key (str | Unset):
        content_digest (str | Unset):
        repr_digest (str | Unset):
        body (UploadDatasetFilesBody):
        body (DatasetSource): The JSON body of `POST /v1/datasets`: instead of the file itself,
            where it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DatasetInfo | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
            content_digest=content_digest,
            repr_digest=repr_digest,
        )
    ).parsed
