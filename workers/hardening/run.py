"""A hardening from beginning to end: what its options leave open is found out, then the network is trained."""

from dataclasses import replace

from openapi.hardening_methods import METHODS
from openapi.hardening_options import HardenOptions
from openapi.stages.harden import Decided
from workers.exact_float32 import exact_float32
from workers.hardening.data import TrainingSet
from workers.hardening.deciding import decide, resolved
from workers.hardening.layers import stabilised_layers
from workers.hardening.meansparse import harden_by_edit
from workers.hardening.ranks import Ranks
from workers.hardening.saved import Moment
from workers.hardening.training import Hardener, Hardening
from workers.hardening.watchers import NOBODY, Watchers
from workers.models.audited import AuditedModel
from workers.models.inserted_norms import fold_norms, insert_norms, is_inserted

#: Training images whose activations give inserted norms their first statistics.
STATISTICS_IMAGES = 512


def harden(
    model: AuditedModel,
    data: TrainingSet,
    options: HardenOptions,
    *,
    seed: int = 0,
    watchers: Watchers = NOBODY,
    moment: Moment | None = None,
) -> Hardening:
    """Harden `model` in place, or go on from `moment`.

    Raises `NotTrainable`, `InvalidField`, `DatasetMismatch`, `JobFailed`, `MemoryLimit`.
    """
    ranks, report = Ranks.here(), watchers.report
    with exact_float32():
        if METHODS[options.method].kind == "edit":
            return harden_by_edit(model, data, options, seed=seed, report=report)
        if options.batch_norm == "inserted":
            _insert_norms(model, data, options, seed)
        if moment is not None and moment.decided is not None:
            decided = Decided.model_validate(moment.decided)
        else:
            found = ranks.agreed(lambda: decide(model, data, options, seed=seed, report=report).dump())
            decided = Decided.model_validate(found)

        def keep(moment: Moment) -> None:
            watchers.keep(replace(moment, decided=decided.dump()))

        settled = resolved(options, decided)
        watchers.planned(settled)
        training = Hardener(model, data, settled, seed=seed, watchers=replace(watchers, keep=keep), ranks=ranks)
        result = training.run(moment)
        if options.batch_norm == "inserted":
            fold_norms(model, training.frozen)  # which gives the biases that these norms subtracted other values
            result = replace(result, frozen=tuple(name for name in training.frozen if not is_inserted(name)))
    return result if decided == Decided() else replace(result, decided=decided)


def _insert_norms(model: AuditedModel, data: TrainingSet, options: HardenOptions, seed: int) -> None:
    """From the lowest layer of S upwards, where parameters train; with `auto` S is not known yet: everywhere."""
    lowest = "all" if options.layers == "auto" else options.layers
    known = [layer.name for layer in model.layers]
    layers = known[known.index(stabilised_layers(model, lowest)[0]) :]
    kept = data.split(options.validation, seed)[0] if options.validation else data
    rows = kept.sample(STATISTICS_IMAGES, seed, 7, options.batch_size)
    insert_norms(model, (part.x for part in rows), layers)
