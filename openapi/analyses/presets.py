"""The analyses that presets ask for, and on how many samples, where a request leaves that open."""

from collections.abc import Mapping
from typing import Any

from openapi.analyses import NeuronOptions
from openapi.analyses.dissection import DissectionOptions
from openapi.analyses.explain import ExplainOptions
from openapi.analyses.masking import MaskingOptions
from openapi.analyses.regions import RegionOptions
from openapi.attacks import Cw, Ead, Fgsm, Ifgsm, Pgd, StrAttack

#: Images of the analyses of `deep`.
_FEW = 64

#: Preset → analyses; the other presets measure σ alone. `paper` has the settings of SNS on every sample.
NEURONS: dict[str, NeuronOptions] = {
    "paper": NeuronOptions.model_validate(
        {
            "sweep": {},
            "importance": {},
            "similarity": {},
            "suppression": {},
            "receptive_fields": {},
            "vulnerability": {"window": "auto"},
        },
    ),
    "deep": NeuronOptions.model_validate(
        {
            "sweep": {"max_samples": _FEW},
            "importance": {"steps": 5, "eps": "8/255", "max_samples": _FEW},
            "similarity": {},
            "suppression": {
                "betas": [1.0, 0.5, 0.0],
                "repeats": 2,
                "attacks": [Fgsm(), Pgd(steps=5)],
                "max_samples": _FEW,
            },
            "receptive_fields": {"max_samples": 200},
            "vulnerability": {"max_samples": 200, "window": 4, "map_samples": 16},
        }
    ),
}

#: Preset → explanations; the others make none. Both compare the five attacks of the paper, `deep` with short searches.
EXPLAIN: dict[str, ExplainOptions] = {
    "paper": ExplainOptions(
        attack=Cw(),
        compare=(Ead(), StrAttack(), Ifgsm(), Pgd()),
        masking=MaskingOptions(),
        dissection=DissectionOptions(),
    ),
    "deep": ExplainOptions(
        compare=(
            Cw(initial_const=1.0, binary_search_steps=2, steps=60),
            Ead(initial_const=1.0, binary_search_steps=3, steps=60),
            StrAttack(initial_const=10.0, binary_search_steps=2, steps=40),
            Ifgsm(),
        ),
        masking=MaskingOptions(attacks=(Pgd(steps=5),), max_samples=32),
        dissection=DissectionOptions(max_samples=200),
        max_samples=32,
    ),
}

#: Preset → search by regions.
REGIONS: dict[str, RegionOptions] = {
    "paper": RegionOptions(),
    "deep": RegionOptions(max_samples=16),
}

#: Preset → samples that are evaluated; the others take all.
SAMPLES: dict[str, int] = {"deep": 200}


def neurons_of(given: Mapping[str, Any]) -> NeuronOptions:
    """What is asked for of neurons where a request does not say so; `given`: its fields so far."""
    return NEURONS.get(given.get("preset") or "", NeuronOptions())


def explain_of(given: Mapping[str, Any]) -> ExplainOptions | None:
    """Which explanations are asked for where a request does not say so."""
    return EXPLAIN.get(given.get("preset") or "")


def regions_of(given: Mapping[str, Any]) -> RegionOptions | None:
    """Which search by regions is asked for where a request does not say so."""
    return REGIONS.get(given.get("preset") or "")


def samples_of(given: Mapping[str, Any]) -> int | None:
    """How many samples are evaluated where a request does not say so."""
    return SAMPLES.get(given.get("preset") or "")
