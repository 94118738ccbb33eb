"""The calls of the typed client that are alike for models and data sets, or for audits and hardenings, by kind."""

from collections.abc import Iterator
from typing import BinaryIO

from openapi.client.api.audits import cancel_audit, create_audit, get_audit, list_audit_artifacts
from openapi.client.api.datasets import get_dataset, list_datasets, upload_dataset
from openapi.client.api.hardenings import cancel_hardening, create_hardening, get_hardening, list_hardening_artifacts
from openapi.client.api.models import get_model, list_models, upload_model
from openapi.client.models.artifact_info import ArtifactInfo
from openapi.client.models.audit_info import AuditInfo
from openapi.client.models.audit_request_input import AuditRequestInput
from openapi.client.models.dataset_info import DatasetInfo
from openapi.client.models.dataset_metadata_input import DatasetMetadataInput
from openapi.client.models.dataset_source import DatasetSource
from openapi.client.models.hardening_info import HardeningInfo
from openapi.client.models.hardening_request_input import HardeningRequestInput
from openapi.client.models.model_info import ModelInfo
from openapi.client.models.model_metadata import ModelMetadata
from openapi.client.models.model_source import ModelSource
from openapi.client.models.upload_dataset_files_body import UploadDatasetFilesBody
from openapi.client.models.upload_model_files_body import UploadModelFilesBody
from openapi.client.types import File
from service.cli.client import Answer, Ask, Client, JobKind, Json, Page, UploadKind
from service.cli.exits import Exit

Uploaded = ModelInfo | DatasetInfo
Job = AuditInfo | HardeningInfo


# Models and data sets


def read_upload(kind: UploadKind, identity: str, wait: float) -> Ask[Uploaded]:
    """Read a model or data set, and `wait` for its inspection."""
    if kind == "models":
        return lambda api: get_model.sync_detailed(identity, client=api, wait=wait)
    return lambda api: get_dataset.sync_detailed(identity, client=api, wait=wait)


def find_uploads(kind: UploadKind, sha256: str) -> Ask[Page[Uploaded]]:
    """List those of these bytes."""
    if kind == "models":
        return lambda api: list_models.sync_detailed(client=api, sha256=sha256)
    return lambda api: list_datasets.sync_detailed(client=api, sha256=sha256)


def send_file(kind: UploadKind, name: str, file: BinaryIO, metadata: Json, key: str) -> Ask[Uploaded]:
    """Send a file as one request."""
    sent = File(file, name, "application/octet-stream")
    if kind == "models":
        model = UploadModelFilesBody(sent, ModelMetadata.from_dict(metadata))
        return lambda api: upload_model.sync_detailed(client=api, body=model, idempotency_key=key)
    data = UploadDatasetFilesBody(sent, DatasetMetadataInput.from_dict(metadata))
    return lambda api: upload_dataset.sync_detailed(client=api, body=data, idempotency_key=key)


def make_of_upload(kind: UploadKind, upload: str, metadata: Json, key: str) -> Ask[Uploaded]:
    """Have something made of a file that came in parts."""
    if kind == "models":
        model = ModelSource(upload_id=upload, metadata=ModelMetadata.from_dict(metadata))
        return lambda api: upload_model.sync_detailed(client=api, body=model, idempotency_key=key)
    data = DatasetSource(upload_id=upload, metadata=DatasetMetadataInput.from_dict(metadata))
    return lambda api: upload_dataset.sync_detailed(client=api, body=data, idempotency_key=key)


# Audits and hardenings


def start_job(kind: JobKind, request: Json, key: str) -> Ask[Job]:
    """Start an audit or hardening."""
    if kind == "audits":
        audit = AuditRequestInput.from_dict(request)
        return lambda api: create_audit.sync_detailed(client=api, body=audit, idempotency_key=key)
    hardening = HardeningRequestInput.from_dict(request)
    return lambda api: create_hardening.sync_detailed(client=api, body=hardening, idempotency_key=key)


def read_job(kind: JobKind, identity: str, wait: float = 0.0) -> Ask[Job]:
    """Read an audit or hardening, and `wait` for its end."""
    if kind == "audits":
        return lambda api: get_audit.sync_detailed(identity, client=api, wait=wait)
    return lambda api: get_hardening.sync_detailed(identity, client=api, wait=wait)


def cancel_job(kind: JobKind, identity: str) -> Ask[Job]:
    """Cancel an audit or hardening."""
    if kind == "audits":
        return lambda api: cancel_audit.sync_detailed(identity, client=api)
    return lambda api: cancel_hardening.sync_detailed(identity, client=api)


def artifacts_of(client: Client, kind: JobKind, identity: str) -> Iterator[Answer[ArtifactInfo]]:
    """Every file that a job left."""
    listed = list_audit_artifacts if kind == "audits" else list_hardening_artifacts
    return client.all_of(
        lambda api, cursor: listed.sync_detailed(identity, client=api, cursor=cursor), failure=Exit.JOB_FAILED
    )
