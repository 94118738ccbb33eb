"""An analysis that nobody knew: its options and section, its plan, its work, its part of the report and its template.

What stands here would be a file each; nothing else is touched.
"""

import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from jinja2 import ChoiceLoader, DictLoader
from pydantic import Field, ValidationError

from openapi.analyses import ANALYSES
from openapi.analyses.base import Analysis
from openapi.audits import AuditRequest
from openapi.base import Frozen
from openapi.metrics import metric_errors
from openapi.problems import InvalidField
from openapi.report import Report
from openapi.stages.analysis import SliceParams, Work
from openapi.stages.base import Wire
from service.fields import field_errors, read_strictly
from service.orchestrator.analyses import PLANS
from service.orchestrator.analyses.base import Plan, Planning
from service.orchestrator.plan import Step
from service.orchestrator.subjects import DatasetSubject, ModelSubject
from tests.analyses.in_process import InProcess
from workers.jobs.arrays import load_rows, shard_rows
from workers.jobs.context import JobContext
from workers.reports.analyses.base import Found, Merged, Output
from workers.reports.templating import environment

# openapi/analyses/bright.py


class BrightOptions(Frozen):
    above: int = Field(128, ge=1, le=255)
    max_samples: int | None = None


class BrightSection(Frozen):
    counts: tuple[int, ...] = Field(description="Of every pixel, the images in which it is bright")
    n: int


class BrightParams(SliceParams):
    above: int


class BrightValue(Wire):
    n: int


BRIGHT = Work("bright", BrightParams, BrightValue)
ENTRY = Analysis(
    "bright", "Bright pixels", BrightOptions, BrightSection, (BRIGHT,), {"": "made up: pixels above a level"}
)

# service/orchestrator/analyses/bright.py


def steps(options: BrightOptions, plan: Planning) -> list[Step]:
    return [
        plan.step(
            ENTRY,
            (j,),
            plan.data(),
            BrightParams(above=options.above, **plan.sliced(BRIGHT, start, stop)),
            stop - start,
        )
        for j, start, stop in plan.slices(options.max_samples)
    ]


def check(options: BrightOptions, request: AuditRequest, model: ModelSubject, dataset: DatasetSubject) -> None:
    if options.above == 255:
        raise InvalidField("/neurons/bright/above", "nothing is above 255")


# workers/analyses/bright.py


def run(ctx: JobContext[BrightParams]) -> BrightValue:
    x, _, _ = load_rows(ctx.inputs["x"], ctx.inputs["y"], shard_rows(ctx))
    path = ctx.output("counts", "counts.npy", "counts", "npy")
    np.save(path, (x * 255 > ctx.params.above).sum(0).flatten().numpy())
    return BrightValue(n=len(x))


# workers/reports/analyses/bright.py


def merge(options: BrightOptions, found: Found) -> Merged:
    parts = found.of("bright")
    counts = np.sum([np.load(part.files["counts"]) for part in parts], axis=0)
    n = sum(part.value.n for part in parts if isinstance(part.value, BrightValue))
    return Merged(BrightSection(counts=tuple(counts.tolist()), n=n), f"{n} images", {"n": n})


def view(section: BrightSection, report: Report) -> dict[str, Any]:
    return {"brightest": max(section.counts)}


def keep(options: BrightOptions, found: Found, output: Output) -> None:
    path = output("bright", "bright.csv", "bright", "csv")
    path.write_text("\n".join(str(part.at) for part in found.of("bright")))


# workers/reports/templates/analyses/bright.html

TEMPLATE = "<p>The brightest pixel is bright in {{ v.brightest }} of {{ s.n }} images.</p>"


@pytest.fixture(autouse=True)
def _made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ANALYSES, "bright", ENTRY)
    monkeypatch.setitem(PLANS, "bright", Plan(steps, check))
    for room, functions in (("analyses", (run,)), ("reports.analyses", (merge, view, keep))):
        module = ModuleType(f"workers.{room}.bright")
        for function in functions:
            setattr(module, function.__name__, function)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    env = environment()
    monkeypatch.setattr(env, "loader", ChoiceLoader([DictLoader({"analyses/bright.html": TEMPLATE}), env.loader]))  # type: ignore[list-item]


def request(**neurons: Any) -> dict[str, Any]:
    return {"model_id": "m", "dataset_id": "d", "attacks": [{"name": "fgsm", "eps": 0.1}], "neurons": neurons}


def test_its_options_are_a_part_of_the_request() -> None:
    read = read_strictly(AuditRequest, request(bright={"above": 7}))
    assert ENTRY.asked(read.neurons) == BrightOptions(above=7)
    assert AuditRequest.model_validate(read.model_dump(mode="json")) == read
    schema = AuditRequest.model_json_schema()["$defs"]["NeuronOptions"]
    options, nothing = schema["properties"]["bright"]["anyOf"]
    assert options["properties"]["above"]["maximum"] == 255
    assert nothing == {"type": "null"}
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("neurons", "pointer", "detail"),
    [
        ({"bright": {"above": 0}}, "/neurons/bright/above", "greater than or equal to 1"),
        ({"bright": {"above": "9"}}, "/neurons/bright/above", "valid integer"),
        ({"bright": {"abov": 9}}, "/neurons/bright/abov", "did you mean 'above'?"),
        ({"brigt": {}}, "/neurons/brigt", "did you mean 'bright'?"),
        ({"tap": 1}, "/neurons/tap", "'conv'"),
    ],
)
def test_wrong_options_are_refused_where_they_stand(neurons: dict[str, Any], pointer: str, detail: str) -> None:
    body = request(**neurons)
    with pytest.raises(ValidationError) as caught:
        read_strictly(AuditRequest, body)
    (error,) = field_errors(caught.value, body, model=AuditRequest)
    assert error.pointer == pointer
    assert detail in error.detail


def test_a_policy_may_name_its_numbers() -> None:
    def errors(metric: str, **neurons: Any) -> list[str]:
        rules = {"rules": [{"metric": metric, "op": ">=", "value": 1}]}
        found = metric_errors(AuditRequest.model_validate({**request(**neurons), "policy": rules}))
        return [error.detail for error in found]

    assert errors("neurons.bright.n", bright={}) == []
    assert "did you mean 'n'" in errors("neurons.bright.nn", bright={})[0]
    assert errors("neurons.bright.n") == ["'neurons.bright' will be null: the audit does not ask for it"]


def test_what_cannot_be_is_refused(small: InProcess) -> None:
    with pytest.raises(InvalidField, match="nothing is above 255"):
        small.audit(**request(bright={"above": 255}))


@pytest.mark.slow
@pytest.mark.parametrize("slice_size", [1000, 7, 3])
def test_it_is_planned_over_slices_merged_and_shown(small: InProcess, slice_size: int) -> None:
    found = small.audit(slice_size=slice_size, **request(bright={"max_samples": 14}))
    planned = [step for step in found.steps if step.phase == "neurons.bright"]
    assert [step.name for step in planned] == [f"bright.{j}" for j in range(-(-14 // min(slice_size, 14)))]
    assert sum(step.weight for step in planned) == 14
    x = np.load(found.paths[small.data.files["x"].blob.sha256])[:14]
    section = found.report["neurons"]["bright"]
    assert section == {"counts": (x > 128).sum(0).flatten().tolist(), "n": 14}
    assert found.report["config"]["neurons"]["bright"] == {"above": 128, "max_samples": 14}
    assert found.report["definitions"]["bright"] == "made up: pixels above a level"
    assert found.check("neurons.bright")["status"] == "pass"
    assert "neurons.bright" in found.report["timings"]
    assert [a["name"] for a in found.report["artifacts"]] == ["bright.csv"]
    assert f"is bright in {max(section['counts'])} of 14 images" in found.html
    assert "<h3>Bright pixels</h3>" in found.html


def test_one_that_nobody_asks_for_is_null_with_the_reason(small: InProcess) -> None:
    found = small.audit(**request())
    assert found.report["neurons"]["bright"] is None
    assert found.check("neurons.bright")["detail"] == "not asked for: `neurons.bright` was null"
    assert "bright" not in found.report["config"]["neurons"]
    assert "Bright pixels" not in found.html.partition('id="checks"')[0]
