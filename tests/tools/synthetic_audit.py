"""A made-up audit in a data folder, with as many neurons and images as are wanted.

    python -m tests.tools.synthetic_audit --data DIR --neurons 2000 --images 10000
    tremor serve --data DIR --workers 0

The activations are noise with a pattern a class; all else (measures, bands, clusters, pictures, columns) is made by
the same code as in a worker, so that the calls and the page have something true to show. Window maps and receptive
fields (`tests.tools.synthetic_fields`), explanations, regions and the hardening (`tests.tools.synthetic_findings`) are
made up.
"""

import argparse
import asyncio
import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from openapi.analyses import NeuronOptions
from openapi.analyses.receptive_fields import ReceptiveFieldOptions
from openapi.analyses.sensitivity import LayerSensitivity, NeuronRank, PairInfo
from openapi.analyses.vulnerability import ActivationsFile, ActivationsValue, VulnerabilityOptions
from openapi.audits import AuditRequest
from openapi.report import NeuronReport, Report
from openapi.stages.report import ReportParams
from openapi.status import JobKind
from openapi.wire.settings import Settings
from tests.service.report import REPORT
from tests.tools.synthetic_fields import receptive_fields, window_maps
from tests.tools.synthetic_findings import compared, explained, hardened, sample_lines, searched
from tests.tools.synthetic_store import About, put
from workers.analyses.activation_files import AttackedImages, write_activations
from workers.neurons.heads.last_layer import LastLayer
from workers.neurons.vulnerability import Pairs
from workers.reports.analyses import receptive_fields as fields_part
from workers.reports.analyses import vulnerability
from workers.reports.analyses.base import Found, Result
from workers.reports.views import write_views

LAYER = "penultimate"
EPS = 8 / 255
_SLICE = 500
_NOW = datetime(2026, 11, 27, tzinfo=UTC)


@dataclass(frozen=True)
class Size:
    """How large the audit is: images are side × side pixels of three colours."""

    neurons: int = 2000
    images: int = 10_000
    classes: int = 10
    side: int = 32

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the classes, some of which nobody should have chosen."""
        odd = ("<img src=x onerror=alert(1)>", "=1+1", "\u202ecat")
        return tuple(odd[y] if y < len(odd) else f"class {y}" for y in range(self.classes))

    @property
    def audit(self) -> str:
        """The id of the audit of this size."""
        told = f"{self.neurons}-{self.images}-{self.classes}-{self.side}"
        return "aud_" + hashlib.sha256(told.encode()).hexdigest()[:26]

    @property
    def hardening(self) -> str:
        """The id of its hardening."""
        return "hrd_" + self.audit.removeprefix("aud_")

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """The true class of every image."""
        starts = range(0, self.images, _SLICE)
        return np.concatenate([_draw(self, start, np.random.default_rng(start + 1)) for start in starts])

    @property
    def won(self) -> npt.NDArray[np.bool_]:
        """Whether the hardened model withstands, of every image."""
        return np.random.default_rng(7).random(self.images) < 0.4


def _draw(size: Size, start: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """True classes of the images of one slice: the first that is drawn of it."""
    return rng.integers(0, size.classes, min(_SLICE, size.images - start))


def last_layer(size: Size) -> LastLayer:
    """Random weights; each neuron speaks for one class more than for others."""
    rng = np.random.default_rng(0)
    weight = rng.normal(0, 0.05, (size.classes, size.neurons))
    weight[np.arange(size.neurons) % size.classes, np.arange(size.neurons)] += 0.15
    return LastLayer(
        name="head",
        penultimate=LAYER,
        neurons=size.neurons,
        neuron_of=np.arange(size.neurons),
        origin=tuple((LAYER, m) for m in range(size.neurons)),
        weight=weight.astype(np.float32),
        bias=np.zeros(size.classes, np.float32),
        nodes=(),
    )


def _slice(size: Size, last: LastLayer, start: int, folder: Path) -> Result:
    """Images ``start…`` of one slice, as a worker leaves them."""
    rng = np.random.default_rng(start + 1)
    n = min(_SLICE, size.images - start)
    label, aim = _draw(size, start, rng), rng.integers(0, size.classes, n)
    own = np.arange(size.neurons) % size.classes
    noise, push = rng.gamma(1.0, 0.2, (2, n, size.neurons))
    a = noise + 0.4 * (own == label[:, None])
    a_adv = a * 0.9 + push * (own == aim[:, None]) * rng.uniform(0.5, 3, (n, 1))
    a, a_adv = a.astype(np.float32), a_adv.astype(np.float32)
    z, z_adv = (last.logits(rows).astype(np.float32) for rows in (a, a_adv))
    pairs = Pairs(a, a_adv, z, z_adv, z.argmax(1), z_adv.argmax(1))
    x = torch.from_numpy(rng.random((n, 3, size.side, size.side), dtype=np.float32))
    change = torch.from_numpy(rng.choice([-EPS, EPS], x.shape).astype(np.float32))
    fooled = (pairs.benign == label) & (pairs.adversarial != label)
    images = AttackedImages(np.arange(start, start + n), label, fooled, x, (x + change).clamp(0, 1))
    files: dict[str, Path] = {}

    def output(key: str, name: str, kind: str, format: str) -> Path:
        files[key] = folder / f"{start}.{name}"
        return files[key]

    write_activations(output, last, pairs, images)
    hit = np.flatnonzero(fooled[: max(0, VulnerabilityOptions().map_samples - start)])
    window_maps(output(ActivationsFile.MAPS, "maps.npz", "", ""), start + hit, size.neurons, size.side)
    value = ActivationsValue(n=n, fooled=int(fooled.sum()), layer=LAYER, neurons=size.neurons, identity_error=0.0)
    return Result((start,), value, files)


def _sigma(name: str, depth: int, neurons: int) -> LayerSensitivity:
    """A layer's σ, made up."""
    sigma = np.random.default_rng(depth).gamma(2.0, 0.01, neurons)
    order = np.argsort(-sigma, kind="stable").tolist()
    ranking = tuple(
        NeuronRank(neuron=m, sensitivity=float(sigma[m]), ratio=float(sigma[m] * 5), rank=i + 1)
        for i, m in enumerate(order)
    )
    mean = float(sigma.mean())
    return LayerSensitivity(
        name=name,
        kind="conv",
        neurons=neurons,
        depth=depth,
        sensitivity={"mean": mean, "max": float(sigma.max())},
        ratio={"mean": mean * 5, "mean_top": float(sigma.max()) * 5, "of_means": mean * 4, "skipped": 0},
        top=tuple(order[: max(1, neurons // 10)]),
        ranking=ranking,
        dead=(),
        tap="conv",
    )


def write_audit(size: Size, folder: Path, audit: str) -> tuple[Path, Report]:
    """Write the columns of the audit into a folder; returns their path, and the report."""
    last = last_layer(size)
    results = [_slice(size, last, start, folder) for start in range(0, size.images, _SLICE)]
    options = NeuronOptions.model_validate({"vulnerability": {"window": "auto"}, "receptive_fields": {}})
    widths = {f"conv{i + 1}": 64 * 2 ** (i // 4) for i in range(12)} | {LAYER: size.neurons}
    layers = tuple(_sigma(name, depth, width) for depth, (name, width) in enumerate(widths.items()))
    neurons = NeuronReport(tap="conv", pairs=PairInfo(attack="pgd linf", eps=EPS, n=size.images), layers=layers)
    request = AuditRequest(model_id="mdl_synthetic", dataset_id="dst_synthetic", neurons=options)
    asked, shown = VulnerabilityOptions(window="auto"), ReceptiveFieldOptions()
    of_fields = receptive_fields(shown, [one for one in layers if one.name != LAYER], size.labels, size.side, folder)
    found = Found(_params(request), request, options, neurons, {"activations": results, **of_fields})
    merged, of_neurons = vulnerability.merge(asked, found), fields_part.merge(shown, found)
    neurons = neurons.with_parts(vulnerability=merged.section, receptive_fields=of_neurons.section)
    found = Found(found.params, request, options, neurons, found.results)
    files: dict[str, Path] = {}

    def output(key: str, name: str, kind: str, format: str) -> Path:
        files[key] = folder / name
        return files[key]

    vulnerability.keep(asked, found, output)
    fields_part.keep(shown, found, output)
    labels = size.labels
    parts = {
        "explain": explained(labels, size.classes, size.side, output("explanations", "explanations.npz", "", "")),
        "regions": searched(labels, size.classes, size.side, output("regions", "regions.npz", "", "")),
        "hardening": hardened(size.hardening, list(widths), labels, np.flatnonzero(size.won), size.names).dump(),
    }
    report = _report(size, audit, request, neurons, parts)
    path = folder / "views.columns"
    write_views(path, report, found, files)
    return path, report


def _params(request: AuditRequest) -> ReportParams:
    about: Mapping[str, Any] = REPORT
    return ReportParams(
        kind=JobKind.AUDIT,
        job_id=about["id"],
        created_at=_NOW,
        model={name: about["model"][name] for name in about["model"]},
        dataset=about["dataset"],
        request=request,
        attacks=(),
        slices=((0, 1),),
        values={},
    )


def _report(size: Size, audit: str, request: AuditRequest, neurons: NeuronReport, parts: Mapping[str, Any]) -> Report:
    names = ("neurons", "neurons.vulnerability", "neurons.receptive_fields")
    checks = [{"id": name, "title": name, "status": "skipped", "detail": "not asked for"} for name in names]
    checks.append({"id": "measured", "title": "Numbers are measured", "status": "fail", "detail": "they are made up"})
    model = {**REPORT["model"], "name": "synthetic", "labels": size.names, "num_classes": size.classes}
    model["input"] = {**model["input"], "shape": (3, size.side, size.side)}
    model["warnings"] = ("there is no model: <b>everything</b> is made up",)
    dataset = {**REPORT["dataset"], "name": "synthetic", "num_samples": size.images, "evaluated": size.images}
    dataset["warnings"] = ("there are no images either",)
    given = {"id": audit, "model": model, "dataset": dataset, "checks": checks, "neurons": neurons, **parts}
    return Report.model_validate({**REPORT, **given, "config": request.model_dump(mode="json", by_alias=True)})


def _files(size: Size, columns: Path, report: Report) -> dict[tuple[str, About], bytes | Path]:
    """What the audit and its hardening leave."""
    samples, labels, won = ("samples", "jsonl", "samples.jsonl"), size.labels, size.won
    pictures = compared(size.side, labels, np.flatnonzero(won))
    return {
        (size.audit, ("report", "json", "report.json")): report.model_dump_json().encode(),
        (size.audit, ("views", "columns", "views.columns")): columns,
        (size.audit, samples): sample_lines(labels, np.zeros_like(won), size.classes).encode(),
        (size.hardening, samples): sample_lines(labels, won, size.classes).encode(),
        (size.hardening, ("pictures", "json", "compared.json")): pictures.model_dump_json().encode(),
    }


def synthetic(settings: Settings, size: Size) -> str:
    """Make the audit and put it into a data folder; returns its id."""
    folder = Path(tempfile.mkdtemp(prefix="tremor-synthetic-"))
    try:
        columns, report = write_audit(size, folder, size.audit)
        request = json.loads(json.dumps(report.config))
        asyncio.run(put(settings, size.audit, size.hardening, request, _files(size, columns, report)))
    finally:
        shutil.rmtree(folder)
    return size.audit


def main() -> None:
    """Read the options, make the audit and say what it is called."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder of `tremor serve`")
    for name, value in vars(Size()).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    given = vars(parser.parse_args())
    print(synthetic(Settings(data_dir=given.pop("data")), Size(**given)))


if __name__ == "__main__":
    main()
