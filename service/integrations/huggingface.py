"""The Hugging Face Hub (https://huggingface.co/docs/hub/webhooks): each commit to a model's main branch is a version.

Its webhooks carry a shared secret and no time: what is sent again is known by its commit. Nothing is written to the
Hub; webhooks tell what was found (see `service.webhooks`).
"""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from openapi.problems import Unauthorized
from openapi.request_errors import MalformedRequest
from openapi.wire.settings import Settings
from service.integrations.asking import Api
from service.integrations.base import Artifact, Gone, Outcome, Registry, Spool, Version, VersionRefused
from service.integrations.config import Config
from service.integrations.packing import data_files, torch_format, zipped

_MAIN = "refs/heads/main"
#: Names of files that are models here, the most telling first.
_SUFFIXES = (".onnx", ".pt2", ".pt", ".torchscript")
_WHAT_TO_DO = (
    "put one file into the repository: ONNX, TorchScript or .pt2 (torch.onnx.export, torch.jit.save, torch.export)"
)


class HuggingFace(Registry):
    """Model repositories of the Hub."""

    def __init__(self, config: Config, settings: Settings) -> None:
        super().__init__(config, settings)
        self._api = Api(config, settings)

    async def close(self) -> None:
        """Close its connections."""
        await self._api.close()

    def read_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Version | None:
        """The commit that the main branch of a model has got."""
        secret = self.config.secret
        given = headers.get("x-webhook-secret", "").encode()
        if secret is None or not hmac.compare_digest(given, secret.get_secret_value().encode()):
            raise Unauthorized("The event is not signed by this registry, or it is too old")
        try:
            event = json.loads(body)
            repo, kind = event["repo"], event["event"]
            if repo["type"] != "model" or kind["action"] not in ("create", "update"):
                return None
            moved = [ref["newSha"] for ref in event.get("updatedRefs", ()) if ref["ref"] == _MAIN and ref["newSha"]]
            return Version(str(repo["name"]), str(moved[-1])) if moved else None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise MalformedRequest(f"This is no event of the Hub: {type(error).__name__}") from error

    async def versions(self) -> AsyncIterator[Version]:
        """What the main branches of the repositories are at that are named in full."""
        missing = []
        for name in self.config.registered_models:
            if "*" in name:
                continue
            try:
                found = await self._api.json("GET", f"/api/models/{quote(name)}")
            except Gone:
                missing.append(name)  # the others are there
                continue
            yield Version(name, str(found["sha"]))
        if missing:
            raise Gone(f"there is no repository {missing[0]}")

    async def fetch(self, version: Version, spool: Spool) -> Artifact:
        """The one model file of the commit."""
        found = await self._api.json("GET", f"/api/models/{quote(version.model)}/revision/{quote(version.version)}")
        names = [str(entry["rfilename"]) for entry in found.get("siblings", ())]
        name = _chosen(version, names)
        path = await self._download(version, name, spool)
        suffix = PurePosixPath(name).suffix
        if suffix == ".onnx":
            beside = await asyncio.to_thread(data_files, path)
            files = {PurePosixPath(name).name: path}
            for other in beside:
                files[other] = await self._download(version, str(PurePosixPath(name).parent / other), spool)
            if beside:
                path, suffix = spool.new(), ".zip"
                await asyncio.to_thread(zipped, files, path)
        elif await asyncio.to_thread(torch_format, path) == "pickle":
            raise VersionRefused(
                f"{name} is a pickled PyTorch model, which runs its own program when loaded; {_WHAT_TO_DO}"
            )
        label = f"{version.model.replace('/', '-')}-{version.version[:12]}{suffix}"
        return Artifact(path, label, tags=_tags(found))

    async def _download(self, version: Version, name: str, spool: Spool) -> Any:
        path = spool.new()
        place = f"/{quote(version.model)}/resolve/{quote(version.version)}/{quote(name)}"
        try:
            await self._api.fetch(place, path, spool.most_bytes)
        except Gone as error:
            raise VersionRefused(f"The repository has no file {name}") from error
        return path

    async def report(self, version: Version, outcome: Outcome, spool: Spool) -> None:
        """Nothing: webhooks tell."""
        return


def _chosen(version: Version, names: list[str]) -> str:
    """The file that is the model: the only one of the first kind that there is any of. Raises `VersionRefused`."""
    for suffix in _SUFFIXES:
        of_kind = [name for name in names if name.endswith(suffix)]
        if len(of_kind) == 1:
            return of_kind[0]
        if of_kind:
            raise VersionRefused(f"{version.model} has {len(of_kind)} files *{suffix}, and which to audit is not said")
    raise VersionRefused(f"{version.model} has no model that is read here; {_WHAT_TO_DO}")


def _tags(found: Any) -> dict[str, str]:
    """The Hub's tags, each with itself as its value: policies may be bound to them."""
    return {str(tag): str(tag) for tag in found.get("tags", ())}
