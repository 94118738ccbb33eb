"""Rows that only the strength table has: attacks whose speed is of less interest, as ours and as peers offer them.

Like `contenders`, whose rows the table holds too: equal eps, steps and budgets where the libraries let them.
"""

import math
from typing import Any

from openapi.attacks import ATTACKS
from openapi.attacks.base import Attack
from tests.tools.benchmarks.libraries import Contender, art, authors, classes, foolbox, offered, torchattacks
from tests.tools.benchmarks.subject import Subject
from workers.attacks.corruptions.tables import SEVERITIES, scale_of
from workers.attacks.maths.balls import Norm

_IFGSM_STEPS = 10
_POPULATION, _GENERATIONS = 100, 20
_PAPERS = 400, 100  # population and generations of the one-pixel paper


def more_attacks(linf: float, l2: float) -> dict[str, tuple[Norm, Attack]]:
    """Row name → (norm, our spec)."""

    def a(name: str, **options: Any) -> Attack:
        return ATTACKS[name](**options)

    return {
        "FGSM L2": ("l2", a("fgsm", eps=l2, norm="l2")),
        "I-FGSM-10 Linf": ("linf", a("ifgsm", eps=linf, steps=_IFGSM_STEPS)),
        "APGD-CE-100 L2": ("l2", a("apgd", eps=l2, norm="l2")),
        "APGD-DLR-100 L2": ("l2", a("apgd", eps=l2, norm="l2", loss="dlr")),
        "APGD-T Linf": ("linf", a("apgd_t", eps=linf)),
        "FAB-T Linf": ("linf", a("fab_t", eps=linf)),
        "FAB-T L2": ("l2", a("fab_t", eps=l2, norm="l2")),
        "Square-500 L2": ("l2", a("square", eps=l2, norm="l2", queries=500)),
        "Square-5000 Linf": ("linf", a("square", eps=linf)),
        "DeepFool Linf": ("linf", a("deepfool", norm="linf")),
        "FMN-100 Linf": ("linf", a("fmn", norm="linf")),
        "FMN-100 L1": ("l1", a("fmn", norm="l1")),
        "FMN-100 L0": ("l0", a("fmn", norm="l0")),
        "StrAttack 4x100": ("l2", a("strattack")),
        "One pixel 100x20": ("l0", a("one_pixel", population=_POPULATION, generations=_GENERATIONS)),
        "One pixel 400x100": ("l0", a("one_pixel", population=_PAPERS[0], generations=_PAPERS[1])),
        "Gaussian noise 3": ("l2", a("gaussian_noise", severity=3)),
    }


#: Radius of a row's ball besides the table's linf and l2: one pixel; none.
OTHER_RADII: dict[str, float | None] = {"One pixel 100x20": 1.0, "One pixel 400x100": 1.0, "Gaussian noise 3": None}
MINIMAL = ("C&W", "EAD", "DeepFool", "DDN", "FMN", "StrAttack")


def more_peers(row: str, linf: float, l2: float) -> dict[str, Contender]:
    """Return the installed peers' versions of one of these rows."""
    return offered((_torchattacks, _foolbox, _art, _adv_lib, _authors), row, linf, l2)


def _torchattacks(linf: float, l2: float) -> dict[str, Contender]:
    import torchattacks as t

    step = linf / _IFGSM_STEPS
    targets = {"steps": 100, "n_restarts": 1}
    fab = {"multi_targeted": True, **targets}
    return {
        "I-FGSM-10 Linf": torchattacks(lambda s: t.BIM(s.model, eps=linf, alpha=step, steps=_IFGSM_STEPS)),
        "APGD-CE-100 L2": torchattacks(lambda s: t.APGD(s.model, norm="L2", eps=l2, steps=100)),
        "APGD-DLR-100 L2": torchattacks(lambda s: t.APGD(s.model, norm="L2", eps=l2, steps=100, loss="dlr")),
        "APGD-T Linf": torchattacks(lambda s: t.APGDT(s.model, eps=linf, n_classes=classes(s), **targets)),
        "FAB-T Linf": torchattacks(lambda s: t.FAB(s.model, eps=linf, n_classes=classes(s), **fab)),
        "FAB-T L2": torchattacks(lambda s: t.FAB(s.model, norm="L2", eps=l2, n_classes=classes(s), **fab)),
        "Square-500 L2": torchattacks(lambda s: t.Square(s.model, norm="L2", eps=l2, n_queries=500)),
        "Square-5000 Linf": torchattacks(lambda s: t.Square(s.model, eps=linf, n_queries=5000)),
        # population and generations as ours: the library cuts the population to a multiple of a pixel's 5 unknowns (100
        # and 400 are), and asks once more a generation, about the best
        "One pixel 100x20": torchattacks(
            lambda s: t.OnePixel(s.model, steps=_GENERATIONS, popsize=_POPULATION, inf_batch=128)
        ),
        "One pixel 400x100": torchattacks(
            lambda s: t.OnePixel(s.model, steps=_PAPERS[1], popsize=_PAPERS[0], inf_batch=128)
        ),
        "Gaussian noise 3": torchattacks(lambda s: t.GN(s.model, std=_noise(s))),
    }


def _foolbox(linf: float, l2: float) -> dict[str, Contender]:
    import foolbox.attacks as f

    step = linf / _IFGSM_STEPS
    return {
        "FGSM L2": foolbox(f.L2FastGradientAttack, l2),
        "I-FGSM-10 Linf": foolbox(lambda: f.LinfBasicIterativeAttack(abs_stepsize=step, steps=_IFGSM_STEPS), linf),
        "DeepFool Linf": foolbox(lambda: f.LinfDeepFoolAttack(steps=50)),
        "FMN-100 Linf": foolbox(lambda: f.LInfFMNAttack(steps=100)),
        "FMN-100 L1": foolbox(lambda: f.L1FMNAttack(steps=100)),
        "FMN-100 L0": foolbox(lambda: f.L0FMNAttack(steps=100)),
    }


def _art(linf: float, l2: float) -> dict[str, Contender]:
    from art.attacks.evasion import BasicIterativeMethod, FastGradientMethod, PixelAttack, SquareAttack

    step = linf / _IFGSM_STEPS
    rest = {"batch_size": 256, "verbose": False}
    return {
        "FGSM L2": art(lambda c: FastGradientMethod(c, norm=2, eps=l2, batch_size=256)),
        "I-FGSM-10 Linf": art(
            lambda c: BasicIterativeMethod(c, eps=linf, eps_step=step, max_iter=_IFGSM_STEPS, **rest)
        ),
        "Square-500 L2": art(lambda c: SquareAttack(c, norm=2, eps=l2, max_iter=500, **rest)),
        # th: pixels; es=1: differential evolution; max_iter: generations, with one query more in each as above. Its
        # population is 400 and cannot be set, so that the row of 100 lacks it
        "One pixel 400x100": art(lambda c: PixelAttack(c, th=1, es=1, max_iter=_PAPERS[1])),
    }


def _adv_lib(linf: float, l2: float) -> dict[str, Contender]:
    import adv_lib.attacks as a

    sparse = {"binary_search_steps": 4, "max_iterations": 100, "retrain": False}
    return {
        "APGD-CE-100 L2": lambda s: a.apgd(s.model, s.x, s.y, l2, 2, loss_function="ce"),
        "APGD-DLR-100 L2": lambda s: a.apgd(s.model, s.x, s.y, l2, 2, loss_function="dlr"),
        "APGD-T Linf": lambda s: a.apgd_targeted(s.model, s.x, s.y, linf, math.inf, num_targets=9),
        "DeepFool Linf": lambda s: a.df(s.model, s.x, s.y, steps=50, norm=math.inf),
        "FMN-100 Linf": lambda s: a.fmn(s.model, s.x, s.y, math.inf, steps=100),
        "FMN-100 L1": lambda s: a.fmn(s.model, s.x, s.y, 1, steps=100),
        "FMN-100 L0": lambda s: a.fmn(s.model, s.x, s.y, 0, steps=100),
        "StrAttack 4x100": lambda s: a.str_attack(s.model, s.x, s.y, **sparse),
    }


def _authors(linf: float, l2: float) -> dict[str, Contender]:
    return {
        "APGD-CE-100 L2": authors(["apgd-ce"], l2, "L2"),
        "APGD-DLR-100 L2": authors(["apgd-dlr"], l2, "L2"),
        "APGD-T Linf": authors(["apgd-t"], linf, "Linf"),
        "FAB-T Linf": authors(["fab-t"], linf, "Linf"),
        "FAB-T L2": authors(["fab-t"], l2, "L2"),
        "Square-500 L2": authors(["square"], l2, "L2", queries=500),
        "Square-5000 Linf": authors(["square"], linf, "Linf"),
    }


def _noise(s: Subject) -> float:
    return float(SEVERITIES[scale_of(*s.x.shape[2:])]["gaussian_noise"][2])
