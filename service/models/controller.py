"""`/v1/models`."""

from typing import Any

from litestar import Controller, Response, delete, post

from openapi.models import ModelInfo, ModelMetadata
from service.http.arguments import Id, Parts, Req
from service.http.bodies import answer
from service.http.content import uploaded_file
from service.http.docs import CONTENT, UPLOADING, Doc, get_or_head
from service.http.paging import Cursor, Limit, Page, Sha256, Wait
from service.models.service import ModelService

_UPLOAD = Doc(
    {201: ModelInfo, 200: ModelInfo},
    UPLOADING,
    upload=ModelMetadata,
    headers=("Idempotency-Key",),
    examples={"metadata": {"name": "vgg-small", "format": "onnx", "input": {"mean": [0.5], "std": [0.5]}}},
)


class ModelController(Controller):
    """Uploaded and hardened classifiers."""

    path = "/models"
    tags = ["models"]

    @post(operation_id="uploadModel", opt=_UPLOAD.opt(), request_max_body_size=None, status_code=201)
    async def upload(self, request: Req, services: Parts) -> Response[Any]:
        """Upload a model file.

        Multipart with the part `file` (ONNX or TorchScript) and optionally `metadata` (JSON). The model is `inspecting`
        until a worker has looked at it. Identical bytes and metadata give the same id with status 200.
        """
        return await ModelService(services).upload(request)

    @get_or_head(operation_id="listModels", doc=Doc({200: Page[ModelInfo]}, ("validation",)))
    async def listing(
        self, services: Parts, limit: Limit = 50, cursor: Cursor = None, sha256: Sha256 = None
    ) -> Response[Any]:
        """List models, newest first; with `sha256` those of these bytes, so that nobody sends gigabytes twice."""
        return answer(await ModelService(services).listing(limit, cursor, sha256))

    @get_or_head("/{model_id:str}", operation_id="getModel", doc=Doc({200: ModelInfo}, ("not-found", "validation")))
    async def read(self, model_id: Id, services: Parts, wait: Wait = 0) -> Response[Any]:
        """Read a model; `wait` until its inspection has ended."""
        return answer(await ModelService(services).wait(model_id, wait))

    @delete(
        "/{model_id:str}",
        operation_id="deleteModel",
        opt=Doc({204: None}, ("not-found", "conflict")).opt(),
        status_code=204,
    )
    async def remove(self, model_id: Id, services: Parts) -> None:
        """Delete a model. 409 while an unfinished job works on it."""
        await ModelService(services).delete(model_id)

    @get_or_head(
        "/{model_id:str}/content",
        operation_id="getModelContent",
        doc=CONTENT,
    )
    async def content(self, model_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Download the file, byte for byte; `Range` and `If-None-Match` are understood, the ETag is the sha256."""
        return uploaded_file(request, services.blobs, await ModelService(services).get(model_id))
