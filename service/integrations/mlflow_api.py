"""MLflow's REST API (https://mlflow.org/docs/latest/rest-api.html), as far as it is called here."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import yaml
from pydantic import JsonValue

from openapi.base import JsonObject
from openapi.wire.settings import Settings
from service.integrations.asking import Api
from service.integrations.base import Gone, Spool, Version, VersionRefused
from service.integrations.config import Config

#: Versions a page, and bytes of the file that says what a model is.
_PAGE, MOST_MLMODEL = "1000", 1 << 20
API, ARTIFACTS = "/api/2.0/mlflow", "/api/2.0/mlflow-artifacts/artifacts"


class MLflowApi:
    """The calls of one server."""

    def __init__(self, config: Config, settings: Settings) -> None:
        self._api = Api(config, settings)
        self.close, self.send = self._api.close, self._api.send

    async def get(self, path: str, params: Mapping[str, str]) -> Any:
        """Read."""
        return await self._api.json("GET", API + path, params=params)

    async def call(self, path: str, body: JsonObject, method: str = "POST") -> Any:
        """Change something."""
        return await self._api.json(method, API + path, body=body)

    async def search(self, params: Mapping[str, str]) -> AsyncIterator[Any]:
        """Versions of the registry, page after page."""
        token = ""
        while True:
            paging = {"max_results": _PAGE, **({"page_token": token} if token else {})}
            page = await self.get("/model-versions/search", {**params, **paging})
            for found in page.get("model_versions", ()):
                yield found
            if not (token := page.get("next_page_token", "")):
                return

    async def details(self, version: Version) -> Any:
        """A version as the server knows it. Raises `Gone`."""
        params = {"name": version.model, "version": version.version}
        return (await self.get("/model-versions/get", params))["model_version"]

    async def download(self, version: Version, name: str, spool: Spool, most: int | None = None) -> Path:
        """A file of the version's folder. Raises `Gone` where there is none of this name."""
        path = spool.new()
        address, params = await self.address(version, name)
        await self._api.fetch(address, path, most or spool.most_bytes, params=params)
        return path

    async def address(self, version: Version, name: str) -> tuple[str, dict[str, str]]:
        """Where the server has a file of the version's folder, wherever the store behind it is."""
        params = {"name": version.model, "version": version.version}
        found = await self.get("/model-versions/get-download-uri", params)
        uri = str(found["artifact_uri"])
        if uri.startswith("mlflow-artifacts:"):
            return f"{ARTIFACTS}{quote(urlsplit(uri).path)}/{quote(name)}", {}
        if uri.startswith("runs:/"):
            run, _, folder = uri.removeprefix("runs:/").partition("/")
            return "/get-artifact", {"run_id": run, "path": f"{folder}/{name}".lstrip("/")}
        return "/model-versions/get-artifact", {**params, "path": name}

    async def mlmodel(self, version: Version, spool: Spool) -> Any:
        """What the file MLmodel beside a model says. Raises `VersionRefused`."""
        try:
            path = await self.download(version, "MLmodel", spool, MOST_MLMODEL)
            return yaml.safe_load(path.read_bytes())
        except Gone as error:
            raise VersionRefused(no_model(version, "it has no file MLmodel")) from error
        except yaml.YAMLError as error:
            raise VersionRefused(no_model(version, "its file MLmodel is damaged")) from error

    async def set_tag(self, version: Version, name: str, value: str) -> None:
        """Set a tag of a version."""
        body: JsonObject = {"name": version.model, "version": version.version, "key": name, "value": value}
        await self.call("/model-versions/set-tag", body)

    async def delete_tag(self, version: Version, name: str) -> None:
        """Take a tag from a version."""
        body: JsonObject = {"name": version.model, "version": version.version, "key": name}
        await self.call("/model-versions/delete-tag", body, "DELETE")

    async def aliases(self, name: str) -> Any:
        """The aliases of a registered model."""
        found = await self.get("/registered-models/get", {"name": name})
        return found["registered_model"].get("aliases", ())


def tags_of(found: Any) -> dict[str, str]:
    """Tag → value of what the server answers."""
    return {str(tag["key"]): str(tag.get("value", "")) for tag in found.get("tags", ())}


def pairs(tags: Mapping[str, str]) -> list[JsonValue]:
    """Tags as the server takes them."""
    return [{"key": name, "value": value} for name, value in tags.items()]


def no_model(version: Version, why: str) -> str:
    """Why a version is refused, and what to do."""
    return (
        f"Version {version.version} of {version.model} has no model that is read here: {why}. Register one that was "
        "logged with mlflow.onnx.log_model, or with mlflow.pytorch.log_model as TorchScript or .pt2"
    )
