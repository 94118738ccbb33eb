"""`/v1/datasets`."""

from litestar import Controller
from litestar.di import Provide

from service.datasets.service import DatasetService
from service.http.arguments import Id
from service.uploads.controller import content_call, list_call, read_call, remove_call, upload_call

_UPLOAD = """Upload a data set file.

Multipart with the part `file` (`.npz` of images and labels, `.zip` or `.tar` of pictures in class folders, with
a table, or as WebDataset, `.parquet` of images and labels, `.csv` of pixels) and optionally `metadata` (JSON).
The data set is `inspecting` until a worker has decoded it. Identical bytes and metadata give the same id with
status 200; the name of the file does not count: what is here keeps the name that it has.
"""
_EXAMPLE = {"name": "fashion-mnist test", "layout": "NHWC", "split": "test"}


def _identity(dataset_id: Id) -> str:
    return dataset_id


class DatasetController(Controller):
    """Uploaded data sets."""

    path = "/datasets"
    tags = ["datasets"]
    dependencies = {"identity": Provide(_identity, sync_to_thread=False)}

    upload = upload_call(DatasetService, _UPLOAD, _EXAMPLE)
    listing = list_call(DatasetService)
    read = read_call(DatasetService)
    remove = remove_call(DatasetService)
    content = content_call(DatasetService)
