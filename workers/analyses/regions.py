"""Work `regions`: the images of one slice searched pixel by pixel, region by region."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

import numpy as np
from torch import Tensor

from openapi.analyses.regions import USUAL_PIXELS, Region, RegionFile, RegionParams, RegionSample, RegionValue, Semantic
from openapi.problems import InvalidField, NotDifferentiable
from workers.explain.class_maps import ClassMaps
from workers.jobs.arrays import load_rows, shard_rows
from workers.jobs.context import JobContext
from workers.jobs.rows_file import RowsFile
from workers.models.audited import AuditedModel
from workers.models.load import load_contract
from workers.regions.explore import Explored, Plan, explore
from workers.regions.segmentation import mask_names

_AT_ONCE = 64
#: Column → type and number of dimensions; hits have a row each, and `hit_sample` is a row of the others; so have the
#: pixels that fool together (`few_…`). x: of 255.
COLUMNS = {
    "index": ("i8", 1), "x": ("u1", 4), "segments": ("i2", 3), "vulnerable": ("i2", 3), "tried": ("i2", 3),
    "few_pixels": ("i8", 1),
    "hit_sample": ("i8", 1), "hit_y": ("i2", 1), "hit_x": ("i2", 1), "hit_value": ("f4", 2), "hit_class": ("i4", 1),
    "few_sample": ("i8", 1), "few_y": ("i2", 1), "few_x": ("i2", 1), "few_value": ("f4", 2),
}  # fmt: skip


def run(ctx: JobContext[RegionParams]) -> RegionValue:
    """Search the slice, a few images at a time, and write what was found of each."""
    params = ctx.params
    model = load_contract(ctx.inputs["model"], params.model).to(ctx.device)
    semantic, maps = _maps(model, params)
    rows, concepts = shard_rows(ctx), params.concepts or ()
    all_masks = np.load(ctx.inputs["masks"], mmap_mode="r", allow_pickle=False) if concepts else None
    searched, arrays = 0, RowsFile(ctx.output(RegionFile.ARRAYS, "regions.npz", "regions", "npz"), COLUMNS)
    with ctx.output(RegionFile.ROWS, "regions.jsonl", "rows", "jsonl").open("w", encoding="utf-8") as lines:
        budget = params.budget or 1.0
        for at in range(0, len(rows), _AT_ONCE):
            x, y, index = (
                part.to(ctx.device) for part in load_rows(ctx.inputs["x"], ctx.inputs["y"], rows[at : at + _AT_ONCE])
            )
            budget = params.budget or min(1.0, USUAL_PIXELS / x[0, 0].numel())
            plan = Plan(
                segmentation=params.segmentation,
                segments=params.segments,
                values=params.values,
                budget=budget,
                semantic=semantic,
                pixels=params.pixels,
                seed=params.seed,
            )
            masks = None if all_masks is None else np.asarray(all_masks[rows[at : at + _AT_ONCE]])
            batch, told = ctx.execution.batch_size, _told(ctx, at, len(rows))
            for found in explore(
                model, x, y, index, plan, maps=maps, masks=masks, batch_size=batch, progress=told,
            ):  # fmt: skip
                place = int((index == found.index).nonzero())
                names = None if masks is None else mask_names(masks[place], concepts)
                lines.write(_sample(found, names).model_dump_json() + "\n")
                _add(arrays, found, x[place], searched)
                searched += 1
    arrays.close()
    return RegionValue(n=searched, budget=budget, semantic=semantic)


def _told(ctx: JobContext[RegionParams], before: int, total: int) -> Callable[[float], None]:
    """Tell of images that come after others, with parts of one: a large one takes minutes."""
    return lambda done: ctx.progress(before + done, total, "samples", "regions")


def _maps(model: AuditedModel, params: RegionParams) -> tuple[Semantic, ClassMaps | None]:
    """What a region's meaning is measured by, and the maps that this or the segmentation needs.

    Raises `InvalidField` where maps were asked for that the model has not.
    """
    asked = params.segmentation == "cam" or params.semantic == "cam_mass"
    if params.semantic == "entropy" and not asked:
        return "entropy", None
    try:
        return params.semantic or "cam_mass", ClassMaps(model)
    except (InvalidField, NotDifferentiable) as error:
        if asked:
            field = "segmentation" if params.segmentation == "cam" else "semantic"
            raise InvalidField(f"/regions/{field}", f"needs class activation maps: {error.detail}") from error
        return "entropy", None


def _sample(found: Explored, names: Sequence[str] | None) -> RegionSample:
    called: Sequence[str | None] = names or [None] * len(found.regions)
    regions = [
        {**asdict(r), "classes": {str(c): k for c, k in r.classes.items()}, "name": name}
        for r, name in zip(found.regions, called, strict=True)
    ]
    return RegionSample(
        index=found.index,
        label=found.label,
        predicted=found.label,
        vulnerable_regions=sum(r.vulnerable > 0 for r in found.regions),
        queries=found.queries,
        needed_budget=found.needed,
        few_pixels=found.few_pixels,
        regions=tuple(Region.model_validate(r) for r in regions),
    )


def _add(arrays: RowsFile, found: Explored, image: Tensor, row: int) -> None:
    few = (found.few_pixels_example != image.cpu().numpy()).any(0) & (found.few_pixels is not None)
    few_y, few_x = few.nonzero()
    arrays.add(
        x=(image * 255).round().cpu().numpy()[None],
        index=np.array([found.index]),
        segments=found.segments[None],
        vulnerable=found.vulnerable[None],
        tried=found.tried[None],
        few_pixels=np.array([found.few_pixels or 0]),
        hit_sample=np.full(len(found.hit_class), row),
        hit_y=found.hit_pixel[:, 0],
        hit_x=found.hit_pixel[:, 1],
        hit_value=found.hit_value,
        hit_class=found.hit_class,
        few_sample=np.full(len(few_y), row),
        few_y=few_y,
        few_x=few_x,
        few_value=found.few_pixels_example[:, few_y, few_x].T,
    )
