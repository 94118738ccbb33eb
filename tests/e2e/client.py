"""A small client of the HTTP API, and the shipped model and images that the tests use."""

import io
import json
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import numpy as np

Json = dict[str, Any]
DEMO = Path(__file__).parents[2] / "deploy" / "demo"
INPUT = {"shape": [1, 28, 28], "mean": [0.286], "std": [0.353]}
FINISHED = {"succeeded", "failed", "cancelled"}
PATIENCE = 240.0


class Client:
    """Uploads, starts, waits. Fails a test with the problem's text when something goes wrong."""

    def __init__(self, url: str, patience: float = PATIENCE, key: str | None = None, **options: Any) -> None:
        self.url, self.key = url, key
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.http = httpx.Client(base_url=url + "/v1", timeout=120, headers=headers, **options)
        self._patience = patience

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def upload(self, kind: str, name: str, content: bytes, metadata: Json) -> str:
        """Upload a file and wait until it is ready; returns its id."""
        answer = self.http.post(f"/{kind}", files={"file": (name, content)}, data={"metadata": json.dumps(metadata)})
        assert answer.status_code in (200, 201), answer.text
        path = f"/{kind}/{answer.json()['id']}"
        found = self.wait(path, lambda body: body["status"] != "inspecting")
        assert found["status"] == "ready", found
        return str(found["id"])

    def model(self, name: str = "small_vgg.onnx") -> str:
        """The shipped model."""
        return self.upload("models", name, (DEMO / name).read_bytes(), {"name": name, "input": INPUT})

    def dataset(self, samples: int) -> str:
        """The first images of the shipped held-out split."""
        with np.load(DEMO / "holdout.npz") as data:
            buffer = io.BytesIO()
            np.savez(buffer, x=data["x"][:samples], y=data["y"][:samples])
        return self.upload("datasets", "images.npz", buffer.getvalue(), {"name": f"first {samples}"})

    def start(self, request: Json) -> str:
        """Start an audit; returns its id."""
        answer = self.http.post("/audits", json=request)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def wait(self, path: str, until: Any) -> Json:
        """Read `path` until ``until(body)``; returns the body."""
        deadline = time.monotonic() + self._patience
        while True:
            body: Json = self.http.get(path).json()
            if until(body):
                return body
            assert time.monotonic() < deadline, body
            time.sleep(0.1)

    def finish(self, audit: str) -> Json:
        """Wait for an audit's end."""
        return self.wait(f"/audits/{audit}", lambda body: body["status"] in FINISHED)

    def report(self, audit: str) -> Json:
        """Wait for a success and return the report."""
        ended = self.finish(audit)
        assert ended["status"] == "succeeded", ended
        report: Json = self.http.get(f"/audits/{audit}/report").json()
        return report

    def samples(self, audit: str) -> list[Json]:
        """All per-sample results."""
        found: list[Json] = []
        cursor: str | None = None
        while True:
            params = {"limit": 100} | ({"cursor": cursor} if cursor else {})
            page = self.http.get(f"/audits/{audit}/samples", params=params).json()
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found


def numbers(report: Json) -> Json:
    """What of a report must not depend on who computed it, when, how often, or in what pieces."""
    parts = ("model", "dataset", "clean", "worst_case", "checks", "neurons", "explain", "regions")
    kept = {key: report[key] for key in parts}
    attacks = [{key: value for key, value in attack.items() if key != "seconds"} for attack in report["attacks"]]
    verdict = report["verdict"]
    return {**kept, "attacks": attacks, "verdict": verdict}


def by_neuron(neurons: Json) -> Json:
    """The neuron part with each layer's neurons in their own order: near ties may be ranked either way."""
    layers = []
    for layer in neurons["layers"]:
        measured = [{k: v for k, v in n.items() if k != "rank"} for n in layer["ranking"]]
        ordered = sorted(measured, key=lambda neuron: neuron["neuron"])
        layers.append({"name": layer["name"], "ranking": ordered, "ratio": layer["ratio"], "dead": layer["dead"]})
    return {"pairs": neurons["pairs"], "layers": layers}


def assert_same(one: Any, other: Any, path: str = "", tolerance: float = 1e-5) -> None:
    """Equal structure, strings, whole numbers and flags; other numbers equal to `tolerance`."""
    if isinstance(one, dict):
        assert isinstance(other, dict), path
        assert one.keys() == other.keys(), path
        for key in one:
            assert_same(one[key], other[key], f"{path}/{key}", tolerance)
    elif isinstance(one, list):
        assert isinstance(other, list), path
        assert len(one) == len(other), path
        for place, (a, b) in enumerate(zip(one, other, strict=True)):
            assert_same(a, b, f"{path}/{place}", tolerance)
    elif isinstance(one, float) or isinstance(other, float):
        assert abs(one - other) <= tolerance * max(1.0, abs(one)), f"{path}: {one} and {other}"
    else:
        assert one == other, f"{path}: {one} and {other}"
