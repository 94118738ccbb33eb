"""The named attack lists, each with the analyses of neurons that it asks for."""

from typing import get_args

from pydantic import Field

from openapi.analyses import NeuronOptions
from openapi.analyses.explain import ExplainOptions
from openapi.analyses.presets import explain_of, neurons_of, regions_of, samples_of
from openapi.analyses.regions import RegionOptions
from openapi.attacks import Apgd, AttackSpec, AutoAttack, Cw, Ddn, Fgsm, Nattack, Pgd, Spsa, Square
from openapi.attacks.corruptions import GaussianNoise
from openapi.audits import PresetName
from openapi.base import Frozen


class Preset(Frozen):
    """A named list of attacks, every default written out."""

    name: PresetName
    summary: str
    attacks: tuple[AttackSpec, ...]
    neurons: NeuronOptions = Field(
        default_factory=lambda given: neurons_of({"preset": given.get("name")}), description="Its analyses of neurons"
    )
    explain: ExplainOptions | None = Field(
        default_factory=lambda given: explain_of({"preset": given.get("name")}), description="Its explanations"
    )
    regions: RegionOptions | None = Field(
        default_factory=lambda given: regions_of({"preset": given.get("name")}), description="Its search by regions"
    )
    max_samples: int | None = Field(
        default_factory=lambda given: samples_of({"preset": given.get("name")}),
        description="Samples that are evaluated unless the request says so; null is all",
    )


PRESETS: dict[str, Preset] = {
    p.name: p
    for p in (
        Preset(name="smoke", summary="Seconds: does the model break at all?", attacks=(Fgsm(), Pgd(steps=5))),
        Preset(
            name="standard",
            summary="The default: white box and black box, L-infinity 8/255 and L2 0.5, and the smallest L2 distance.",
            attacks=(
                Fgsm(),
                Pgd(steps=20),
                Apgd(steps=50),
                Apgd(steps=50, loss="dlr"),
                Square(queries=1000),
                Pgd(norm="l2", eps=0.5, steps=20),
                Apgd(norm="l2", eps=0.5, steps=50),
                Ddn(),
            ),
        ),
        Preset(
            name="paper",
            summary="The settings of the neuron-sensitivity paper (SNS).",
            attacks=(
                Fgsm(),
                Pgd(steps=10),
                Pgd(steps=10, targeted=True),
                Pgd(norm="l2", eps=80 / 255, steps=10),
                Cw(),
                Spsa(),
                Nattack(),
                *(GaussianNoise(severity=severity) for severity in range(1, 6)),
            ),
        ),
        Preset(
            name="deep",
            summary="Everything that is known of neurons, on 200 samples: minutes for a small net on two cores.",
            attacks=(Fgsm(), Pgd(steps=10), Pgd(norm="l2", eps=0.5, steps=10)),
        ),
        Preset(
            name="autoattack",
            summary="The strongest there is: AutoAttack standard, L-infinity 8/255 and L2 0.5. Hours on a CPU.",
            attacks=(AutoAttack(), AutoAttack(norm="l2", eps=0.5)),
        ),
    )
}

assert set(PRESETS) == set(get_args(PresetName))  # the literal and the table are one list
