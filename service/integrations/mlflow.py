"""MLflow, spoken to by its REST API (https://mlflow.org/docs/latest/rest-api.html) and heard by its webhooks.

A version is asked for by being registered, and again by each new value of its tag `tremor.request`. What was found is
written as tags; an alias leads to the newest version that has passed; a hardened checkpoint becomes a version of its
own, in a run below the one that the uploaded version came from.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from openapi.base import JsonObject
from openapi.models import InputSpec, ModelMetadata
from openapi.problems import Unauthorized
from openapi.request_errors import MalformedRequest
from openapi.wire.settings import Settings
from service.integrations.base import (
    Artifact,
    Gone,
    Outcome,
    Registry,
    Spool,
    Version,
    VersionRefused,
)
from service.integrations.config import Config
from service.integrations.mlflow_api import MLflowApi, no_model, tags_of
from service.integrations.mlflow_checkpoints import FROM, register
from service.integrations.packing import data_files, torch_format, zipped
from service.webhooks.signing import is_signed

#: Tags that say what is wanted of us.
ASK, INPUT = "tremor.request", "tremor.input"
#: Tags that are there only where there is such a thing: they are taken away from a version that is audited again.
_PASSING = ("tremor.problem", "tremor.verdict", "tremor.clean_accuracy", "tremor.robust_accuracy", "tremor.report")
_PICKLED = (
    "Version {version} of {model} holds a pickled PyTorch model, and loading one runs whatever program is in it. Log "
    "the model with mlflow.onnx.log_model, with mlflow.pytorch.log_model(…, serialization_format='pt2'), or as "
    "TorchScript (torch.jit.script or torch.jit.trace, then mlflow.pytorch.log_model), and register that"
)


class MLflow(Registry):
    """The registry of an MLflow server."""

    def __init__(self, config: Config, settings: Settings) -> None:
        super().__init__(config, settings)
        self._api = MLflowApi(config, settings)

    async def close(self) -> None:
        """Close its connections."""
        await self._api.close()

    # What is to be audited

    def read_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Version | None:
        """A created version, or a version whose tag `tremor.request` was set; signed over ``id.timestamp.body``."""
        secret = self.config.secret
        names = ("x-mlflow-delivery-id", "x-mlflow-timestamp", "x-mlflow-signature")
        identity, at, signature = (headers.get(name, "") for name in names)
        if secret is None or not is_signed(identity, at, body, signature, secret.get_secret_value().encode(), now):
            raise Unauthorized("The event is not signed by this registry, or it is too old")
        try:
            event = json.loads(body)
            data, kind = event["data"], (event["entity"], event["action"])
            if kind == ("model_version", "created"):
                return self._asked(str(data["name"]), str(data["version"]), data.get("tags") or {})
            if kind == ("model_version_tag", "set") and data["key"] == ASK:
                return Version(str(data["name"]), str(data["version"]), str(data["value"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise MalformedRequest(f"This is no event of MLflow: {type(error).__name__}") from error
        return None

    def _asked(self, name: str, number: str, tags: Mapping[str, str]) -> Version | None:
        """The version, unless it is of our own making and nobody asks for it."""
        return None if FROM in tags and ASK not in tags else Version(name, number, tags.get(ASK, ""))

    async def versions(self) -> AsyncIterator[Version]:
        """Every version in the registry since the time that the integration names."""
        since = 0 if self.config.since is None else int(self.config.since.timestamp() * 1000)
        async for found in self._api.search({}):
            tags = tags_of(found)
            if ASK in tags or int(found.get("creation_timestamp", 0)) >= since:
                asked = self._asked(found["name"], str(found["version"]), tags)
                if asked is not None:
                    yield asked

    # The artifact

    async def fetch(self, version: Version, spool: Spool) -> Artifact:
        """The file of the ONNX flavour, or of the PyTorch flavour where it is TorchScript or a `.pt2`."""
        details = await self._api.details(version)
        path, suffix = await self._file(version, await self._flavours(version, spool), spool)
        tags = tags_of(details)
        return Artifact(path, f"{version.model}-{version.version}.{suffix}", _metadata(tags), _foreign(tags))

    async def _flavours(self, version: Version, spool: Spool) -> dict[str, Any]:
        found = await self._api.mlmodel(version, spool)
        flavours = found.get("flavors") if isinstance(found, dict) else None
        if not isinstance(flavours, dict):
            raise VersionRefused(no_model(version, "its file MLmodel names no flavours"))
        return {str(name): value if isinstance(value, dict) else {} for name, value in flavours.items()}

    async def _file(self, version: Version, flavours: dict[str, Any], spool: Spool) -> tuple[Path, str]:
        if "onnx" in flavours:
            return await self._onnx(version, str(flavours["onnx"].get("data", "model.onnx")), spool)
        if "pytorch" in flavours:
            return await self._torch(version, str(flavours["pytorch"].get("model_data", "data")), spool)
        names = ", ".join(sorted(set(flavours) - {"python_function"})) or "none"
        raise VersionRefused(no_model(version, f"its flavours are: {names}"))

    async def _part(self, version: Version, name: str, spool: Spool) -> Path:
        """A file that the version's MLmodel promises."""
        try:
            return await self._api.download(version, name, spool)
        except Gone as error:
            raise VersionRefused(no_model(version, f"its file {name} is missing")) from error

    async def _onnx(self, version: Version, name: str, spool: Spool) -> tuple[Path, str]:
        path = await self._part(version, name, spool)
        beside = await asyncio.to_thread(data_files, path)
        if not beside:
            return path, "onnx"
        files = {"model.onnx": path}
        for other in beside:
            files[other] = await self._part(version, other, spool)
        whole = spool.new()
        await asyncio.to_thread(zipped, files, whole)
        return whole, "zip"

    async def _torch(self, version: Version, folder: str, spool: Spool) -> tuple[Path, str]:
        try:
            return await self._api.download(version, f"{folder}/model.pt2", spool), "pt2"
        except Gone:
            path = await self._part(version, f"{folder}/model.pth", spool)
        kind = await asyncio.to_thread(torch_format, path)
        if kind == "pickle":
            raise VersionRefused(_PICKLED.format(model=version.model, version=version.version))
        return path, "pt" if kind == "torchscript" else "pt2"

    # What was found

    async def report(self, version: Version, outcome: Outcome, spool: Spool) -> None:
        """Write tags, a hardened version, the alias, and last `tremor.status`: whoever waits for it finds all."""
        details = await self._api.details(version)
        tags = {
            "tremor.verdict": outcome.verdict,
            **{f"tremor.{name}": value for name, value in outcome.headline.items()},
            "tremor.audit": outcome.audit_id,
            "tremor.report": outcome.report,
            "tremor.problem": outcome.problem.detail if outcome.problem else None,
        }
        if outcome.hardened is not None:
            tags["tremor.hardened_version"] = await register(self._api, version, details, outcome.hardened, spool)
        there = tags_of(details)
        for name in _PASSING:
            if tags.get(name) is None and name in there:
                await self._api.delete_tag(version, name)
        for name, value in tags.items():
            if value is not None and there.get(name) != value:
                await self._api.set_tag(version, name, value)
        await self._point(version, outcome.verdict == "pass")
        await self._api.set_tag(version, "tremor.status", outcome.status)

    async def _point(self, version: Version, passed: bool) -> None:
        """Have the alias lead to a version that has passed, unless a newer one has; and away from one that has not."""
        alias = self.config.alias
        if alias is None:
            return
        of: JsonObject = {"name": version.model, "alias": alias}
        present = None
        for known in await self._api.aliases(version.model):
            if known["alias"] == alias:
                present = str(known["version"])
        if passed and (present is None or int(present) < int(version.version)):
            await self._api.call("/registered-models/alias", {**of, "version": version.version})
        elif not passed and present == version.version:
            await self._api.call("/registered-models/alias", of, "DELETE")


def _metadata(tags: Mapping[str, str]) -> ModelMetadata:
    """What the tag `tremor.input` says of the input (`InputSpec` as JSON)."""
    if INPUT not in tags:
        return ModelMetadata()
    try:
        return ModelMetadata(input=InputSpec.model_validate_json(tags[INPUT]))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or INPUT
        raise VersionRefused(f"The tag {INPUT} does not say how the input is made: {where}: {first['msg']}") from error


def _foreign(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags that others have set: policies may be bound to them."""
    return {name: value for name, value in tags.items() if not name.startswith(("tremor.", "mlflow."))}
