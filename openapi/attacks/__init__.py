"""The attacks that can be asked for: one frozen model each, with defaults, threat model, paper and what else is known.

Adding an attack begins here, with a class in a module of this package, which enters itself (`base.Attack`); its
function goes into `workers/attacks/`. The names below are for those who ask for a certain attack.
"""

import importlib
import pkgutil
from typing import TYPE_CHECKING, Annotated, TypeAlias, Union

from pydantic import Field, TypeAdapter

from openapi.attacks.ball import Apgd, ApgdT, AutoAttack, FabT, Fgsm, Ifgsm, Pgd
from openapi.attacks.base import ATTACKS, Attack
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

for _module in sorted(found.name for found in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")

if TYPE_CHECKING:
    AttackSpec: TypeAlias = Attack
else:
    #: One attack with its options; `name` decides which.
    AttackSpec = Annotated[Union[tuple(ATTACKS.values())], Field(discriminator="name")]  # noqa: UP007

ATTACK_ADAPTER: TypeAdapter[AttackSpec] = TypeAdapter(AttackSpec)
