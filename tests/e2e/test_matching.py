"""The same pictures in another dress: colour files in folders of names, for a model that takes grey and numbers."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from tests.e2e.client import DEMO, INPUT, Client, Json

NAMES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
N = 100


def folders() -> bytes:
    """The first images as turned colour JPEG-like files would be: PNG, RGB, stored on their side, in named folders."""
    turned = Image.Exif()
    turned[0x0112] = 6
    buffer = io.BytesIO()
    with np.load(DEMO / "holdout.npz") as data, zipfile.ZipFile(buffer, "w") as archive:
        for i in range(N):
            stored = Image.fromarray(data["x"][i].reshape(28, 28)).transpose(Image.Transpose.ROTATE_90)
            name = NAMES[int(data["y"][i])].lower().replace(" ", "_").replace("/", " ")
            with archive.open(f"photos/{name}/{i:03}.png", "w") as file:
                stored.convert("RGB").save(file, "PNG", exif=turned)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def audits(client: Client) -> tuple[Json, Json, list[Json], list[Json]]:
    content = (DEMO / "small_vgg.onnx").read_bytes()
    labels = [name.replace("/", " ") for name in NAMES]
    model = client.upload("models", "m.onnx", content, {"name": "named", "input": INPUT, "labels": labels})
    body = {"model_id": model, "attacks": [{"name": "fgsm", "eps": 0.1}], "neurons": None}
    plain = client.start({**body, "dataset_id": client.dataset(N)})
    other = client.start({**body, "dataset_id": client.upload("datasets", "photos.zip", folders(), {})})
    return client.report(plain), client.report(other), client.samples(plain), client.samples(other)


def test_the_numbers_are_those_of_the_plain_arrays(audits: tuple[Json, Json, list[Json], list[Json]]) -> None:
    plain, other, ours, theirs = audits
    assert 0.6 < plain["clean"]["accuracy"] < 1
    for part in ("correct", "by_class"):
        assert plain["clean"][part] == other["clean"][part]
    assert plain["attacks"][0]["robust"] == other["attacks"][0]["robust"]

    def outcomes(samples: list[Json]) -> list[tuple[int, int, bool]]:
        return sorted((s["label"], s["predicted"], s["attacks"]["fgsm-linf-0.1"]["success"]) for s in samples)

    assert outcomes(ours) == outcomes(theirs)


def test_the_report_says_how_they_were_brought_together(audits: tuple[Json, Json, list[Json], list[Json]]) -> None:
    plain, other, _, _ = audits
    assert plain["dataset"]["label_mapping"] is None
    about = other["dataset"]
    assert about["label_mapping"]["order"] == "name"
    assert sorted(about["label_mapping"]["logits"]) == list(range(10))
    assert about["label_mapping"]["logits"] != list(range(10))
    assert "luminance" in about["channels"]
    said = " | ".join(about["warnings"])
    for words in (f"{N} images with an EXIF orientation", "class names are spelt differently", "in another order"):
        assert words in said
