"""Rows that only the strength table has: attacks whose speed is of less interest, as ours and as peers offer them.

Like `contenders`, whose rows the table holds too: equal eps, steps and budgets where the libraries let them.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from openapi.attacks import ATTACKS
from openapi.threat_models import Attack
from tests.benchmarks.contenders import Contender, installed
from tests.benchmarks.subject import Subject
from workers.attacks.corruptions.tables import SEVERITIES, scale_of

_IFGSM_STEPS = 10
_POPULATION, _GENERATIONS = 100, 20


def more_attacks(linf: float, l2: float) -> dict[str, tuple[str, Attack]]:
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
        "Gaussian noise 3": ("l2", a("gaussian_noise", severity=3)),
    }


#: Radius of a row's ball besides the table's linf and l2: one pixel; none.
OTHER_RADII: dict[str, float | None] = {"One pixel 100x20": 1.0, "Gaussian noise 3": None}
MINIMAL = ("C&W", "EAD", "DeepFool", "DDN", "FMN", "StrAttack")


def more_peers(row: str, linf: float, l2: float) -> dict[str, Contender]:
    """Return the installed peers' versions of one of these rows."""
    found: dict[str, Contender] = {}
    for library, offers in (
        ("torchattacks", _torchattacks),
        ("foolbox", _foolbox),
        ("art", _art),
        ("adv_lib", _adv_lib),
        ("autoattack", _authors),
    ):
        if installed(library) is not None and (contender := offers(row, linf, l2)) is not None:
            found[library] = contender
    return found


def _torchattacks(row: str, linf: float, l2: float) -> Contender | None:
    import torchattacks as t

    targets = {"steps": 100, "n_restarts": 1}
    offers: dict[str, Callable[[Any, Tensor], Any]] = {
        "I-FGSM-10 Linf": lambda m, x: t.BIM(m, eps=linf, alpha=linf / _IFGSM_STEPS, steps=_IFGSM_STEPS),
        "APGD-CE-100 L2": lambda m, x: t.APGD(m, norm="L2", eps=l2, steps=100),
        "APGD-DLR-100 L2": lambda m, x: t.APGD(m, norm="L2", eps=l2, steps=100, loss="dlr"),
        "APGD-T Linf": lambda m, x: t.APGDT(m, eps=linf, n_classes=_classes(m, x), **targets),
        "FAB-T Linf": lambda m, x: t.FAB(m, eps=linf, multi_targeted=True, n_classes=_classes(m, x), **targets),
        "FAB-T L2": lambda m, x: t.FAB(m, norm="L2", eps=l2, multi_targeted=True, n_classes=_classes(m, x), **targets),
        "Square-500 L2": lambda m, x: t.Square(m, norm="L2", eps=l2, n_queries=500),
        "Square-5000 Linf": lambda m, x: t.Square(m, eps=linf, n_queries=5000),
        "One pixel 100x20": lambda m, x: t.OnePixel(m, steps=_GENERATIONS, popsize=_POPULATION, inf_batch=128),
        "Gaussian noise 3": lambda m, x: t.GN(m, std=SEVERITIES[scale_of(*x.shape[2:])]["gaussian_noise"][2]),
    }
    make = offers.get(row)
    return None if make is None else lambda s: make(s.model, s.x)(s.x, s.y)


def _foolbox(row: str, linf: float, l2: float) -> Contender | None:
    import foolbox.attacks as f
    from foolbox import PyTorchModel

    step = linf / _IFGSM_STEPS
    offers: dict[str, tuple[Callable[[], Any], float | None]] = {
        "FGSM L2": (f.L2FastGradientAttack, l2),
        "I-FGSM-10 Linf": (lambda: f.LinfBasicIterativeAttack(abs_stepsize=step, steps=_IFGSM_STEPS), linf),
        "DeepFool Linf": (lambda: f.LinfDeepFoolAttack(steps=50), None),
        "FMN-100 Linf": (lambda: f.LInfFMNAttack(steps=100), None),
        "FMN-100 L1": (lambda: f.L1FMNAttack(steps=100), None),
        "FMN-100 L0": (lambda: f.L0FMNAttack(steps=100), None),
    }
    if row not in offers:
        return None
    make, radius = offers[row]

    def run(s: Subject) -> Tensor:
        _, clipped, _ = make()(PyTorchModel(s.model, bounds=(0, 1)), s.x, s.y, epsilons=radius)
        return clipped  # type: ignore[no-any-return]

    return run


def _art(row: str, linf: float, l2: float) -> Contender | None:
    from art.attacks.evasion import BasicIterativeMethod, FastGradientMethod, SquareAttack
    from art.estimators.classification import PyTorchClassifier

    offers: dict[str, Callable[[Any], Any]] = {
        "FGSM L2": lambda c: FastGradientMethod(c, norm=2, eps=l2, batch_size=256),
        "I-FGSM-10 Linf": lambda c: BasicIterativeMethod(
            c, eps=linf, eps_step=linf / _IFGSM_STEPS, max_iter=_IFGSM_STEPS, batch_size=256, verbose=False
        ),
        "Square-500 L2": lambda c: SquareAttack(c, norm=2, eps=l2, max_iter=500, batch_size=256, verbose=False),
    }
    if row not in offers:
        return None

    def run(s: Subject) -> Tensor:
        shape, loss = tuple(s.x.shape[1:]), torch.nn.CrossEntropyLoss()
        classes = _classes(s.model, s.x)
        classifier = PyTorchClassifier(s.model, loss, shape, classes, clip_values=(0.0, 1.0), device_type="cpu")
        return torch.from_numpy(np.asarray(offers[row](classifier).generate(s.x.numpy(), s.y.numpy())))

    return run


def _adv_lib(row: str, linf: float, l2: float) -> Contender | None:
    import adv_lib.attacks as a

    offers: dict[str, Callable[[Any, Tensor, Tensor], Tensor]] = {
        "APGD-CE-100 L2": lambda m, x, y: a.apgd(m, x, y, l2, 2, loss_function="ce"),
        "APGD-DLR-100 L2": lambda m, x, y: a.apgd(m, x, y, l2, 2, loss_function="dlr"),
        "APGD-T Linf": lambda m, x, y: a.apgd_targeted(m, x, y, linf, math.inf, num_targets=9),
        "DeepFool Linf": lambda m, x, y: a.df(m, x, y, steps=50, norm=math.inf),
        "FMN-100 Linf": lambda m, x, y: a.fmn(m, x, y, math.inf, steps=100),
        "FMN-100 L1": lambda m, x, y: a.fmn(m, x, y, 1, steps=100),
        "FMN-100 L0": lambda m, x, y: a.fmn(m, x, y, 0, steps=100),
        "StrAttack 4x100": lambda m, x, y: a.str_attack(
            m, x, y, binary_search_steps=4, max_iterations=100, retrain=False
        ),
    }
    make = offers.get(row)
    return None if make is None else lambda s: make(s.model, s.x, s.y)


def _authors(row: str, linf: float, l2: float) -> Contender | None:
    from tests.benchmarks.contenders import authors

    parts = {
        "APGD-CE-100 L2": ["apgd-ce"],
        "APGD-DLR-100 L2": ["apgd-dlr"],
        "APGD-T Linf": ["apgd-t"],
        "FAB-T Linf": ["fab-t"],
        "FAB-T L2": ["fab-t"],
        "Square-500 L2": ["square"],
        "Square-5000 Linf": ["square"],
    }
    if row not in parts:
        return None
    return authors(parts[row], l2 if row.endswith("L2") else linf, "L2" if row.endswith("L2") else "Linf", row)


def _classes(model: Any, x: Tensor) -> int:
    with torch.no_grad():
        return int(model.model(x[:1]).shape[1])
