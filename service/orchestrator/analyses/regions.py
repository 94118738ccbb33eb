"""The steps of regions: one a slice of the searched samples."""

from openapi.analyses.regions import REGIONS, RegionOptions, RegionParams
from openapi.audits import AuditRequest
from openapi.problems import InvalidField
from service.orchestrator.analyses.base import Plan, Planning
from service.orchestrator.analyses.layers import check_maps
from service.orchestrator.plan import Step
from service.orchestrator.subjects import DatasetSubject, ModelSubject

(WORK,) = REGIONS.works
#: Corners of the colour cube beyond this many channels are too many.
_MOST_CORNERS = 6


def steps(options: RegionOptions, plan: Planning) -> list[Step]:
    """One step for each slice."""
    told, inputs = options.model_dump(exclude={"max_samples"}), plan.data()
    if options.segmentation == "masks":
        inputs |= plan.dataset.masks()
        told["concepts"] = plan.dataset.inspection.concepts
    return [
        plan.step(REGIONS, (j,), inputs, RegionParams(**plan.sliced(WORK, start, stop), **told), stop - start)
        for j, start, stop in plan.slices(options.max_samples)
    ]


def check(options: RegionOptions, request: AuditRequest, model: ModelSubject, dataset: DatasetSubject) -> None:
    """Raise `InvalidField` when regions or values cannot be had of this data set."""
    if options.segmentation == "masks" and dataset.inspection.concepts is None:
        raise InvalidField(
            "/regions/segmentation", f"the data set {dataset.name!r} carries no masks; take slic, felzenszwalb or grid"
        )
    for field in ("segmentation", "semantic"):
        if getattr(options, field) in ("cam", "cam_mass"):
            check_maps(model, f"/regions/{field}")
    channels = (model.inspection.input.shape or dataset.inspection.shape)[0]
    if options.values == "corners" and channels > _MOST_CORNERS:
        raise InvalidField("/regions/values", f"{channels} channels have 2^{channels} corners; take minmax or random")


PLAN = Plan(steps, check)
