"""Hardened checkpoints as versions of their own in MLflow, beside the versions that they were trained from."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import yaml

from openapi.base import JsonObject
from service.integrations.base import Gone, Hardened, NotYet, Spool, Version
from service.integrations.mlflow_api import ARTIFACTS, MOST_MLMODEL, MLflowApi, pairs, tags_of

#: Tags that lead from a hardened version to where it comes from.
FROM, BY = "tremor.hardened_from", "tremor.hardening_id"
#: Files beside a model that say how it is loaded.
_BESIDE = ("conda.yaml", "python_env.yaml", "requirements.txt")


async def register(api: MLflowApi, version: Version, details: Any, hardened: Hardened, spool: Spool) -> str:
    """Make a hardened checkpoint a version beside the one that it was trained from; returns its number."""
    async for found in api.search({"filter": f"name = {_quoted(version.model)}"}):
        if tags_of(found).get(BY) == hardened.hardening_id:
            return str(found["version"])  # a try before has come so far
    run = await _run(api, version, details, hardened)
    await _upload(api, version, run["info"]["artifact_uri"], hardened, spool)
    identity = run["info"]["run_id"]
    await api.call("/runs/update", {"run_id": identity, **_finished()})
    tags = {
        FROM: version.version,
        BY: hardened.hardening_id,
        **{f"tremor.{name}": value for name, value in hardened.headline.items()},
    }
    body: JsonObject = {
        "name": version.model,
        "source": f"runs:/{identity}/model",
        "run_id": identity,
        "description": f"Version {version.version}, hardened by Tremor ({hardened.hardening_id})",
        "tags": pairs(tags),
    }
    made = await api.call("/model-versions/create", body)
    return str(made["model_version"]["version"])


async def _run(api: MLflowApi, version: Version, details: Any, hardened: Hardened) -> Any:
    """A run for the checkpoint, below the one of the version where it has one."""
    parent, experiment = details.get("run_id") or "", "0"
    if parent:
        found = await api.get("/runs/get", {"run_id": parent})
        experiment = found["run"]["info"]["experiment_id"]
    tags = {BY: hardened.hardening_id, **({"mlflow.parentRunId": parent} if parent else {})}
    body: JsonObject = {
        "experiment_id": experiment,
        "run_name": f"{version.model} {version.version} hardened",
        "start_time": int(datetime.now(UTC).timestamp() * 1000),
        "tags": pairs(tags),
    }
    return (await api.call("/runs/create", body))["run"]


async def _upload(api: MLflowApi, version: Version, uri: str, hardened: Hardened, spool: Spool) -> None:
    """Write the version's folder anew, with the checkpoint in the place of the model."""
    if not uri.startswith("mlflow-artifacts:"):
        raise NotYet(f"the MLflow server takes no artifacts for {uri.partition(':')[0]}: run it with --serve-artifacts")
    folder = f"{ARTIFACTS}{quote(urlsplit(uri).path)}/model"
    mlmodel = await api.mlmodel(version, spool)
    for name in ("model_id", "run_id", "artifact_path", "model_uuid"):  # those of the other version
        mlmodel.pop(name, None)
    text = spool.new()
    text.write_text(yaml.safe_dump(mlmodel, sort_keys=False))
    place, beside = _places(mlmodel["flavors"], hardened.filename)
    checkpoint = spool.new()
    await hardened.write(checkpoint)
    await api.send(f"{folder}/{place}", checkpoint)
    for name in beside:
        with suppress(Gone):
            await api.send(f"{folder}/{name}", await api.download(version, name, spool, MOST_MLMODEL))
    await api.send(f"{folder}/MLmodel", text)


def _places(flavours: Any, filename: str) -> tuple[str, tuple[str, ...]]:
    """Where a model's own file lies in its folder, and the small files that say how it is loaded."""
    if "onnx" in flavours:
        return str(flavours["onnx"].get("data", "model.onnx")), _BESIDE
    folder = str(flavours["pytorch"].get("model_data", "data"))
    if filename.endswith(".pt2"):
        return f"{folder}/model.pt2", _BESIDE
    return f"{folder}/model.pth", (*_BESIDE, f"{folder}/pickle_module_info.txt")


def _finished() -> JsonObject:
    return {"status": "FINISHED", "end_time": int(datetime.now(UTC).timestamp() * 1000)}


def _quoted(name: str) -> str:
    return f'"{name}"' if "'" in name else f"'{name}'"
