"""`/v1/models`."""

from litestar import Controller
from litestar.di import Provide

from service.http.arguments import Id
from service.models.service import ModelService
from service.uploads.controller import content_call, list_call, read_call, remove_call, upload_call

_UPLOAD = """Upload a model file.

Multipart with the part `file` (ONNX or TorchScript) and optionally `metadata` (JSON). The model is `inspecting`
until a worker has looked at it. Identical bytes and metadata give the same id with status 200; the name of the
file does not count: what is here keeps the name that it has.
"""
_EXAMPLE = {"name": "vgg-small", "format": "onnx", "input": {"mean": [0.5], "std": [0.5]}}


def _identity(model_id: Id) -> str:
    return model_id


class ModelController(Controller):
    """Uploaded and hardened classifiers."""

    path = "/models"
    tags = ["models"]
    dependencies = {"identity": Provide(_identity, sync_to_thread=False)}

    upload = upload_call(ModelService, _UPLOAD, _EXAMPLE)
    listing = list_call(ModelService)
    read = read_call(ModelService)
    remove = remove_call(ModelService)
    content = content_call(ModelService)
