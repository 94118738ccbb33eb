"""`/v1/datasets`."""

from typing import Any

from litestar import Controller, Response, delete, post

from openapi.datasets import DatasetInfo, DatasetMetadata
from service.datasets.service import DatasetService
from service.http.arguments import Id, Parts, Req
from service.http.bodies import answer
from service.http.content import uploaded_file
from service.http.docs import CONTENT, UPLOADING, Doc, get_or_head
from service.http.paging import Cursor, Limit, Page, Sha256, Wait

_UPLOAD = Doc(
    {201: DatasetInfo, 200: DatasetInfo},
    UPLOADING,
    upload=DatasetMetadata,
    headers=("Idempotency-Key",),
    examples={"metadata": {"name": "fashion-mnist test", "layout": "NHWC", "split": "test"}},
)


class DatasetController(Controller):
    """Uploaded data sets."""

    path = "/datasets"
    tags = ["datasets"]

    @post(operation_id="uploadDataset", opt=_UPLOAD.opt(), request_max_body_size=None, status_code=201)
    async def upload(self, request: Req, services: Parts) -> Response[Any]:
        """Upload a data set file.

        Multipart with the part `file` (`.npz` of images and labels, `.zip` or `.tar` of pictures in class folders, with
        a table, or as WebDataset, `.parquet` of images and labels, `.csv` of pixels) and optionally `metadata` (JSON).
        The data set is `inspecting` until a worker has decoded it. Identical bytes and metadata give the same id with
        status 200.
        """
        return await DatasetService(services).upload(request)

    @get_or_head(operation_id="listDatasets", doc=Doc({200: Page[DatasetInfo]}, ("validation",)))
    async def listing(
        self, services: Parts, limit: Limit = 50, cursor: Cursor = None, sha256: Sha256 = None
    ) -> Response[Any]:
        """List data sets, newest first; with `sha256` those of these bytes, so that nobody sends gigabytes twice."""
        return answer(await DatasetService(services).listing(limit, cursor, sha256))

    @get_or_head(
        "/{dataset_id:str}", operation_id="getDataset", doc=Doc({200: DatasetInfo}, ("not-found", "validation"))
    )
    async def read(self, dataset_id: Id, services: Parts, wait: Wait = 0) -> Response[Any]:
        """Read a data set; `wait` until its inspection has ended."""
        return answer(await DatasetService(services).wait(dataset_id, wait))

    @delete(
        "/{dataset_id:str}",
        operation_id="deleteDataset",
        opt=Doc({204: None}, ("not-found", "conflict")).opt(),
        status_code=204,
    )
    async def remove(self, dataset_id: Id, services: Parts) -> None:
        """Delete a data set. 409 while an unfinished job works on it."""
        await DatasetService(services).delete(dataset_id)

    @get_or_head(
        "/{dataset_id:str}/content",
        operation_id="getDatasetContent",
        doc=CONTENT,
    )
    async def content(self, dataset_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Download the file, byte for byte; `Range` and `If-None-Match` are understood, the ETag is the sha256."""
        return uploaded_file(request, services.blobs, await DatasetService(services).get(dataset_id))
