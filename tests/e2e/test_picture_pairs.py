"""`examples.zip`: every success as a pair of PNG images, with a table that says what each is."""

import csv
import io
import zipfile

import numpy as np
from PIL import Image

from tests.e2e.client import DEMO, INPUT, Client

N = 24


def test_every_success_is_a_pair_of_pictures(client: Client) -> None:
    names = ["=1+1", *(f"class {i}" for i in range(1, 10))]
    content = (DEMO / "small_vgg.pt").read_bytes()
    model = client.upload("models", "m.pt", content, {"input": INPUT, "labels": names})
    body = {
        "model_id": model,
        "dataset_id": client.dataset(N),
        "attacks": [{"name": "fgsm", "eps": 0.05}, {"name": "deepfool", "steps": 20}],
        "neurons": None,
        "keep_examples": True,
        "execution": {"shards": 2},
    }
    audit = client.start(body)
    report, samples = client.report(audit), client.samples(audit)
    items = {a["name"]: a for a in client.http.get(f"/audits/{audit}/artifacts").json()["items"]}
    assert {a["name"] for a in report["artifacts"]} >= {"examples.zip", "examples-fgsm-linf-0.05.npz"}
    answer = client.http.get(items["examples.zip"]["href"].removeprefix("/v1"))
    assert answer.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    rows = list(csv.DictReader(io.StringIO(archive.read("examples.csv").decode())))
    fooled = [(a["id"], s) for a in report["attacks"] for s in samples if s["attacks"][a["id"]]["success"]]
    assert [(r["attack"], int(r["index"])) for r in rows] == [(a, s["index"]) for a, s in fooled]
    assert len(rows) > 5
    with np.load(DEMO / "holdout.npz") as data:
        x = data["x"][:N].reshape(N, 28, 28)
    kept = {}
    for attack in report["attacks"]:
        link = items[f"examples-{attack['id']}.npz"]["href"].removeprefix("/v1")
        kept[attack["id"]] = dict(np.load(io.BytesIO(client.http.get(link).content)))
    for row, (attack, sample) in zip(rows, fooled, strict=True):
        index, outcome = sample["index"], sample["attacks"][attack]
        benign, adversarial = (np.asarray(Image.open(archive.open(row[name]))) for name in ("benign", "adversarial"))
        assert (benign == x[index]).all()
        assert (adversarial == np.rint(kept[attack]["x"][index, 0] * 255)).all()
        assert (int(row["label"]), int(row["predicted"])) == (sample["label"], outcome["predicted"])
        assert float(row["distance"]) == outcome["distance"]
        assert row["norm"] == ("linf" if attack.startswith("fgsm") else "l2")
        assert 0 <= int(row["png_predicted"]) < 10
        shown = {0: "'=1+1"}.get(outcome["predicted"], f"class {outcome['predicted']}")
        assert row["predicted_name"] == shown, "no spreadsheet takes a name for a formula"
    # A change of 0.05 is 13 grey levels: rounding cannot undo it. The smallest changes it can.
    assert all(r["png_predicted"] != r["label"] for r in rows if r["attack"].startswith("fgsm"))


def test_nothing_is_kept_unless_asked_for(client: Client) -> None:
    audit = client.start(
        {"model_id": client.model(), "dataset_id": client.dataset(N), "attacks": [{"name": "fgsm"}], "neurons": None}
    )
    client.report(audit)
    names = {a["name"] for a in client.http.get(f"/audits/{audit}/artifacts").json()["items"]}
    assert "examples.zip" not in names
