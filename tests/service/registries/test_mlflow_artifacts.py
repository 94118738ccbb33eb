"""Which file of a version is fetched from a real MLflow server: ONNX, TorchScript, `.pt2`; a pickled one is refused."""

import io
import zipfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

from tests.service.registries.team import ONNX, TORCH, Team, done


def test_a_pickled_model_is_refused_and_the_registry_is_told_what_to_do(team: Team) -> None:
    model, pickled = team.model(), io.BytesIO()
    torch.save({"a": torch.zeros(1)}, pickled)
    team.server.register(model, team.server.log({"MLmodel": TORCH, "data/model.pth": pickled.getvalue()}))
    tags = team.work(done(team, model))
    assert set(tags) == {"tremor.status", "tremor.problem"}
    assert tags["tremor.status"] == "refused"
    assert "runs whatever program is in it" in tags["tremor.problem"]
    assert "mlflow.onnx.log_model" in tags["tremor.problem"]
    assert team.audits(model) == []


def test_flavours_that_are_not_read_are_named(team: Team) -> None:
    model = team.model()
    flavours = b"flavors: {sklearn: {pickled_model: model.pkl}, python_function: {}}"
    team.server.register(model, team.server.log({"MLmodel": flavours, "model.pkl": b""}))
    assert "its flavours are: sklearn" in team.work(done(team, model))["tremor.problem"]
    team.server.register(model, team.server.log({"notes.txt": b"no model"}))
    assert "it has no file MLmodel" in team.work(done(team, model, "2"))["tremor.problem"]


def content(team: Team, model: str) -> tuple[str, bytes]:
    """Name and bytes of the file that was uploaded for a model's version."""
    (audit,) = team.audits(model)
    answer = team.api.get(f"/v1/models/{audit['model_id']}/content")
    return answer.headers["content-disposition"], answer.content


def test_torchscript_and_exported_programs_are_fetched_as_they_are(team: Team) -> None:
    net, scripted, exported = torch.nn.Linear(2, 2).eval(), io.BytesIO(), io.BytesIO()
    torch.jit.save(torch.jit.trace(net, torch.zeros(1, 2)), scripted)
    torch.export.save(torch.export.export(net, (torch.zeros(1, 2),)), exported)
    for name, file, suffix in (("model.pth", scripted, ".pt"), ("model.pt2", exported, ".pt2")):
        model = team.model()
        team.server.register(model, team.server.log({"MLmodel": TORCH, f"data/{name}": file.getvalue()}))
        team.work(done(team, model))
        found, data = content(team, model)
        assert suffix in found
        assert data == file.getvalue()


def test_an_onnx_model_comes_with_the_files_that_hold_its_data(team: Team, tmp_path: Path) -> None:
    """As mlflow.onnx.log_model writes one: tensors beside the model, under a name that only the model says."""
    weight = numpy_helper.from_array(np.arange(1000, dtype=np.float32), "w")
    graph = helper.make_graph([], "g", [], [], [weight])
    onnx.save_model(
        helper.make_model(graph), str(tmp_path / "model.onnx"), save_as_external_data=True, location="9.data"
    )
    files = {name: (tmp_path / name).read_bytes() for name in ("model.onnx", "9.data")}
    model = team.model()
    team.server.register(model, team.server.log({"MLmodel": ONNX, **files}))
    team.work(done(team, model))
    with zipfile.ZipFile(io.BytesIO(content(team, model)[1])) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
