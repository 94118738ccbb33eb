"""Work `explain`: the examples of one attack on one slice, taken apart."""

from collections.abc import Callable

import numpy as np
import torch

from openapi.analyses.explain import (
    ExplainedSample,
    ExplainFile,
    ExplainParams,
    ExplainValue,
    Interpretability,
    RefinedSample,
    Score,
    Shares,
)
from openapi.problems import InvalidField, NotDifferentiable
from workers.attacks.minimal.pixel_groups import Groups, usual_side
from workers.explain.class_maps import ClassMaps
from workers.explain.examples import Examples, examples_of
from workers.explain.explain import Explained, Mapping, explain
from workers.explain.shares import GROUP_KINDS, count_kinds, kinds_of_groups, promotion_suppression_ratio, shares
from workers.jobs.arrays import free_pixels, load_rows, shard_rows
from workers.jobs.context import JobContext
from workers.jobs.rows_file import RowsFile
from workers.models.audited import AuditedModel
from workers.models.load import load_contract

#: Bytes of the images that are explained at once, and how many of them at most.
_BYTES, _MOST = 2**23, 64
#: Column → type and number of dimensions. maps, score and chance are missing where the model has no map, x_refined and
#: refined where nothing was pruned.
_COLUMNS = {
    "index": ("i8", 1), "label": ("i8", 1), "target": ("i8", 1), "x": ("f4", 4), "x_adv": ("f4", 4),
    "promotion": ("f8", 3), "suppression": ("f8", 3), "psr": ("f8", 3), "kind": ("i1", 3), "touched": ("?", 3),
}  # fmt: skip
_OF_MAPS = {"maps": ("f4", 4), "score": ("f8", 3), "chance": ("f8", 3)}
_OF_REFINEMENT = {"x_refined": ("f4", 4), "refined": ("?", 1)}


def run(ctx: JobContext[ExplainParams]) -> ExplainValue:
    """Attack the slice, a batch at a time, and explain what succeeds."""
    params = ctx.params
    model = load_contract(ctx.inputs["model"], params.model).to(ctx.device)
    if not (model.differentiable or params.attack.facts.black_box):
        raise NotDifferentiable(f"{params.attack.name} needs gradients, which this model does not give")
    mapping, kind, missing = _mapping(model, params)
    columns = _COLUMNS | (_OF_MAPS if mapping is not None else {}) | (_OF_REFINEMENT if params.refinement else {})
    arrays = RowsFile(ctx.output(ExplainFile.ARRAYS, "explanations.npz", "explanations", "npz"), columns)
    rows, tried, found = shard_rows(ctx), 0, 0
    _, h, w = model.input.shape or (0, 0, 0)
    side = params.grid or usual_side(h, w)
    size = max(1, min(_MOST, _BYTES // (4 * max(1, int(np.prod(model.input.shape or (1,)))))))
    with ctx.output(ExplainFile.ROWS, "explanations.jsonl", "rows", "jsonl").open("w", encoding="utf-8") as lines:
        for at in range(0, len(rows), size):
            loaded = load_rows(ctx.inputs["x"], ctx.inputs["y"], rows[at : at + size])
            x, y, index = (part.to(ctx.device) for part in loaded)
            batch = ctx.execution.batch_size
            free = free_pixels(ctx.inputs, params.attack, params.regions, rows[at : at + size])
            examples = examples_of(
                model, params.attack, params.targets, x, y, index, seed=params.seed, free=free, batch_size=batch,
                progress=_told(ctx, at, len(rows)),
            )  # fmt: skip
            tried += examples.tried
            if len(examples.x):
                does = explain(
                    model, examples, Groups(side, h, w), mapping,
                    quantile=params.quantile, refinement=params.refinement, batch_size=batch,
                )  # fmt: skip
                _write(arrays, examples, does, params.kappa)
                lines.writelines(sample.model_dump_json() + "\n" for sample in _samples(examples, does, params.kappa))
                found += len(examples.x)
            ctx.progress(at + len(x), len(rows), "samples", "explain")
    arrays.close()
    return ExplainValue(tried=tried, n=found, grid=side, map=kind, missing=missing)


def _told(ctx: JobContext[ExplainParams], before: int, total: int) -> Callable[[float, float], None]:
    """Tell of images that are being attacked after others; what follows counts as a tenth."""
    return lambda done, _: ctx.progress(before + 0.9 * done, total, "samples", "explain")


def _mapping(model: AuditedModel, params: ExplainParams) -> tuple[Mapping, str | None, str | None]:
    """How maps are made, what they are called, and why there are none."""
    if params.map == "asm":
        return "asm", "asm", None
    try:
        maps = ClassMaps(model, params.layer)
    except (InvalidField, NotDifferentiable) as error:
        if params.layer is not None:
            raise
        return None, None, error.detail
    return maps, maps.kind, None


def _write(arrays: RowsFile, examples: Examples, does: Explained, kappa: float) -> None:
    effects = does.effects
    promotion, suppression = effects.promotion.cpu().numpy(), effects.suppression.cpu().numpy()
    columns = {
        "index": examples.index, "label": examples.label, "target": examples.target, "x": examples.x,
        "x_adv": examples.x_adv, "touched": effects.touched, "maps": does.maps, "score": does.score,
        "chance": does.chance, "x_refined": does.refined, "refined": does.success,
    }  # fmt: skip
    arrays.add(
        **{name: value.cpu().numpy() for name, value in columns.items() if value is not None},
        promotion=promotion,
        suppression=suppression,
        psr=promotion_suppression_ratio(promotion, suppression, kappa),
        kind=kinds_of_groups(promotion, suppression, kappa),
    )


def _samples(examples: Examples, does: Explained, kappa: float) -> list[ExplainedSample]:
    effects = does.effects
    touched = effects.touched.cpu().numpy()
    kind = kinds_of_groups(effects.promotion.cpu().numpy(), effects.suppression.cpu().numpy(), kappa)
    share = shares(count_kinds(kind, touched))
    return [
        ExplainedSample(
            index=int(examples.index[i]),
            label=int(examples.label[i]),
            target=int(examples.target[i]),
            l2=float(does.l2[i]),
            groups=int(touched[i].sum()),
            shares=Shares(**dict(zip(GROUP_KINDS, share[i].tolist(), strict=True))),
            interpretability=_interpretability(does.score, does.chance, i),
            refinement=_refinement(does, i),
        )
        for i in range(len(examples.x))
    ]


def _interpretability(score: torch.Tensor | None, chance: torch.Tensor | None, i: int) -> Interpretability | None:
    if score is None or chance is None:
        return None
    true, target = (Score(score=float(score[i, c, -1]), chance=float(chance[i, c, -1])) for c in (0, 1))
    return Interpretability(true=true, target=target)


def _refinement(does: Explained, i: int) -> RefinedSample | None:
    if does.l2_refined is None or does.success is None:
        return None
    return RefinedSample(before=float(does.l2[i]), after=float(does.l2_refined[i]), success=bool(does.success[i]))
