"""The attacks that can be asked for: one frozen model each, with defaults, threat model, paper and what else is known.

Adding an attack begins here; its implementation goes into `workers/attacks/`, found by the same `name`.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from openapi.attacks.ball import Apgd, ApgdT, AutoAttack, FabT, Fgsm, Ifgsm, Pgd
from openapi.attacks.base import Attack
from openapi.attacks.black_box import Nattack, OnePixel, Spsa, Square
from openapi.attacks.corruptions import Corruption, GaussianNoise
from openapi.attacks.minimal import Cw, Ddn, Deepfool, Ead, Fmn, StrAttack

__all__ = [
    "ATTACKS",
    "ATTACK_ADAPTER",
    "Apgd",
    "ApgdT",
    "Attack",
    "AttackSpec",
    "AutoAttack",
    "Corruption",
    "Cw",
    "Ddn",
    "Deepfool",
    "Ead",
    "FabT",
    "Fgsm",
    "Fmn",
    "GaussianNoise",
    "Ifgsm",
    "Nattack",
    "OnePixel",
    "Pgd",
    "Spsa",
    "Square",
    "StrAttack",
]

#: One attack with its options; `name` decides which.
AttackSpec = Annotated[
    Fgsm
    | Pgd
    | Ifgsm
    | Apgd
    | ApgdT
    | FabT
    | Square
    | AutoAttack
    | Cw
    | Deepfool
    | Ddn
    | Fmn
    | Ead
    | StrAttack
    | OnePixel
    | Spsa
    | Nattack
    | GaussianNoise
    | Corruption,
    Field(discriminator="name"),
]

#: Name → model, for `GET /attacks` and for the workers' registry.
ATTACKS: dict[str, type[Attack]] = {
    "fgsm": Fgsm,
    "pgd": Pgd,
    "ifgsm": Ifgsm,
    "apgd": Apgd,
    "apgd_t": ApgdT,
    "fab_t": FabT,
    "square": Square,
    "autoattack": AutoAttack,
    "cw": Cw,
    "deepfool": Deepfool,
    "ddn": Ddn,
    "fmn": Fmn,
    "ead": Ead,
    "strattack": StrAttack,
    "one_pixel": OnePixel,
    "spsa": Spsa,
    "nattack": Nattack,
    "gaussian_noise": GaussianNoise,
    "corruption": Corruption,
}

ATTACK_ADAPTER: TypeAdapter[AttackSpec] = TypeAdapter(AttackSpec)
