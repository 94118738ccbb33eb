"""The steps of regions: each of a few images, which have thousands of passes each."""

from collections.abc import Iterator

from openapi.analyses.regions import REGIONS, RegionOptions, RegionParams
from openapi.audits import AuditRequest
from openapi.problems import InvalidField
from service.orchestrator.analyses.base import Plan, Planning
from service.orchestrator.analyses.layers import check_maps
from service.orchestrator.plan import Step
from service.orchestrator.subjects import DatasetSubject, ModelSubject

(WORK,) = REGIONS.works
#: Pixels of the images of a step: 16 images of 32×32, one alone from about 128×128 on. So several workers share what
#: takes minutes, one that is lost costs few images, and a step of large images stays within its wall time.
_STEP_PIXELS = 16 * 32 * 32
#: Corners of the colour cube beyond this many channels are too many.
_MOST_CORNERS = 6


def steps(options: RegionOptions, plan: Planning) -> list[Step]:
    """Steps of a few images each, within the audit's slices."""
    told, inputs = options.model_dump(exclude={"max_samples"}), plan.data()
    if options.segmentation == "masks":
        inputs |= plan.dataset.masks()
        told["concepts"] = plan.dataset.inspection.concepts
    return [
        plan.step(REGIONS, (j,), inputs, RegionParams(**plan.sliced(WORK, start, stop), **told), stop - start)
        for j, (start, stop) in enumerate(_pieces(options, plan))
    ]


def _pieces(options: RegionOptions, plan: Planning) -> Iterator[tuple[int, int]]:
    """(start, stop) of the samples of each step."""
    _, h, w = _shape(plan.model, plan.dataset)
    size = max(1, _STEP_PIXELS // (h * w))
    for _, start, stop in plan.slices(options.max_samples):
        for begin in range(start, stop, size):
            yield begin, min(begin + size, stop)


def _shape(model: ModelSubject, dataset: DatasetSubject) -> tuple[int, int, int]:
    """Channels, rows and columns of the images that the model is given."""
    return model.inspection.input.shape or dataset.inspection.shape


def check(options: RegionOptions, request: AuditRequest, model: ModelSubject, dataset: DatasetSubject) -> None:
    """Raise `InvalidField` when regions or values cannot be had of this data set."""
    if options.segmentation == "masks" and dataset.inspection.concepts is None:
        raise InvalidField(
            "/regions/segmentation", f"the data set {dataset.name!r} carries no masks; take slic, felzenszwalb or grid"
        )
    for field in ("segmentation", "semantic"):
        if getattr(options, field) in ("cam", "cam_mass"):
            check_maps(model, f"/regions/{field}")
    channels, _, _ = _shape(model, dataset)
    if options.values == "corners" and channels > _MOST_CORNERS:
        raise InvalidField("/regions/values", f"{channels} channels have 2^{channels} corners; take minmax or random")


PLAN = Plan(steps, check)
