"""The named attack lists."""

from typing import get_args

from openapi.attacks import AttackSpec, Fgsm, Pgd
from openapi.audits import PresetName
from openapi.base import Frozen

_LINF = 8 / 255


class Preset(Frozen):
    """A named list of attacks, every default written out."""

    name: PresetName
    summary: str
    attacks: tuple[AttackSpec, ...]


PRESETS: dict[str, Preset] = {
    p.name: p
    for p in (
        Preset(name="smoke", summary="Seconds: does the model break at all?", attacks=(Fgsm(), Pgd(steps=5))),
        Preset(
            name="standard",
            summary="The default: white-box attacks in L-infinity and L2.",
            attacks=(Fgsm(), Pgd(steps=20), Pgd(norm="l2", eps=0.5, steps=20)),
        ),
        Preset(
            name="paper",
            summary="The settings of the neuron-sensitivity paper (SNS).",
            attacks=(Fgsm(), Pgd(steps=10), Pgd(norm="l2", eps=80 / 255, steps=10)),
        ),
        Preset(name="autoattack", summary="The strongest that there is here.", attacks=(Pgd(steps=100, restarts=5),)),
    )
}

assert set(PRESETS) == set(get_args(PresetName))  # the literal and the table are one list
