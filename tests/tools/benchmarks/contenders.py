"""The attacks that are compared, as ours and as each peer offers them; a peer that is not installed is left out.

Settings are equal where the libraries let them be: same eps, steps, step size, restarts, starting constants. How each
library is called says `libraries`.
"""

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from openapi.attacks import ATTACKS
from openapi.attacks.base import Attack
from tests.tools.benchmarks.libraries import Contender, art, authors, foolbox, offered, torchattacks
from tests.tools.benchmarks.subject import Subject
from workers.attacks.engine.suite import run_attack
from workers.attacks.maths.balls import Norm

PGD_STEP = 1 / 4  # of eps, for everybody


def ours(spec: Attack, graphs: bool = False) -> Contender:
    def run(s: Subject) -> Tensor:
        done = run_attack(s.model, spec, s.x, s.y, torch.arange(len(s.x)), seed=0, cuda_graphs=graphs)
        if graphs:  # a replay does not come by the subject's counters: the attack's own passes, without clean and last
            s.model.forwards, s.model.backwards = done.forward_passes, done.backward_passes
        return done.x_adv

    return run


def all_ours(spec: Attack, device: torch.device) -> dict[str, Contender]:
    """Ours, and on a GPU once more with its gradient passes replayed."""
    return {"tremor": ours(spec)} | ({"tremor graphs": ours(spec, graphs=True)} if device.type == "cuda" else {})


def attacks(linf: float, l2: float) -> dict[str, tuple[Norm, Attack]]:
    """Row name → (norm, our spec)."""

    def a(name: str, **options: Any) -> Attack:
        return ATTACKS[name](**options)

    rows: dict[str, tuple[Norm, Attack]] = {
        "FGSM": ("linf", a("fgsm", eps=linf)),
        "PGD-10 Linf": ("linf", a("pgd", eps=linf, steps=10, step_size=linf * PGD_STEP)),
        "PGD-50 Linf": ("linf", a("pgd", eps=linf, steps=50, step_size=linf * PGD_STEP)),
        "PGD-50 L2": ("l2", a("pgd", eps=l2, steps=50, step_size=l2 * PGD_STEP, norm="l2")),
        "APGD-CE-100 Linf": ("linf", a("apgd", eps=linf)),
        "APGD-DLR-100 Linf": ("linf", a("apgd", eps=linf, loss="dlr")),
        "Square-500 Linf": ("linf", a("square", eps=linf, queries=500)),
        "AutoAttack Linf": ("linf", a("autoattack", eps=linf)),
        "AutoAttack L2": ("l2", a("autoattack", eps=l2, norm="l2")),
    }
    for row, name, options in (
        ("C&W L2 3x100", "cw", {"initial_const": 1.0, "steps": 100}),
        ("C&W L2 c=.01 3x300", "cw", {}),
        ("DeepFool L2", "deepfool", {}),
        ("DDN-100 L2", "ddn", {}),
        ("FMN-100 L2", "fmn", {}),
    ):
        if name in ATTACKS:
            rows[row] = ("l2", a(name, **options))
    rows["EAD L1"] = ("l1", a("ead"))
    rows["SPSA-10x128 Linf"] = ("linf", a("spsa", eps=linf, steps=10, directions=128))
    return rows


def peers(row: str, linf: float, l2: float) -> dict[str, Contender]:
    """Return the installed peers' versions of one row."""
    return offered((_torchattacks, _foolbox, _art, _adv_lib, _authors), row, linf, l2)


def _torchattacks(linf: float, l2: float) -> dict[str, Contender]:
    import torchattacks as t

    return {
        "FGSM": torchattacks(lambda s: t.FGSM(s.model, eps=linf)),
        "PGD-10 Linf": torchattacks(lambda s: t.PGD(s.model, eps=linf, alpha=linf * PGD_STEP, steps=10)),
        "PGD-50 Linf": torchattacks(lambda s: t.PGD(s.model, eps=linf, alpha=linf * PGD_STEP, steps=50)),
        "PGD-50 L2": torchattacks(lambda s: t.PGDL2(s.model, eps=l2, alpha=l2 * PGD_STEP, steps=50)),
        "APGD-CE-100 Linf": torchattacks(lambda s: t.APGD(s.model, eps=linf, steps=100)),
        "APGD-DLR-100 Linf": torchattacks(lambda s: t.APGD(s.model, eps=linf, steps=100, loss="dlr")),
        "Square-500 Linf": torchattacks(lambda s: t.Square(s.model, eps=linf, n_queries=500, resc_schedule=False)),
        "DeepFool L2": torchattacks(lambda s: t.DeepFool(s.model, steps=50)),
        "EAD L1": torchattacks(
            lambda s: t.EADL1(s.model, kappa=0, lr=0.01, beta=0.01, max_iterations=150, binary_search_steps=9)
        ),
        "SPSA-10x128 Linf": torchattacks(
            lambda s: t.SPSA(s.model, eps=linf, delta=0.01, lr=0.01, nb_iter=10, nb_sample=128)
        ),
    }


def _foolbox(linf: float, l2: float) -> dict[str, Contender]:
    import foolbox.attacks as f

    def cw(steps: int, const: float) -> Contender:
        return foolbox(lambda: f.L2CarliniWagnerAttack(binary_search_steps=3, steps=steps, initial_const=const))

    return {
        "FGSM": foolbox(f.LinfFastGradientAttack, linf),
        "PGD-10 Linf": foolbox(lambda: f.LinfPGD(abs_stepsize=linf * PGD_STEP, steps=10), linf),
        "PGD-50 Linf": foolbox(lambda: f.LinfPGD(abs_stepsize=linf * PGD_STEP, steps=50), linf),
        "PGD-50 L2": foolbox(lambda: f.L2PGD(abs_stepsize=l2 * PGD_STEP, steps=50), l2),
        "C&W L2 3x100": cw(100, 1.0),
        "C&W L2 c=.01 3x300": cw(300, 0.01),
        "EAD L1": foolbox(
            lambda: f.EADAttack(binary_search_steps=9, steps=150, initial_const=1e-3, decision_rule="L1")
        ),
        "DeepFool L2": foolbox(lambda: f.L2DeepFoolAttack(steps=50)),
        "DDN-100 L2": foolbox(lambda: f.DDNAttack(steps=100)),
        "FMN-100 L2": foolbox(lambda: f.L2FMNAttack(steps=100)),
    }


def _art(linf: float, l2: float) -> dict[str, Contender]:
    from art.attacks.evasion import AutoProjectedGradientDescent, FastGradientMethod, ProjectedGradientDescentPyTorch

    def pgd(norm: float, eps: float, steps: int) -> Contender:
        return art(
            lambda c: ProjectedGradientDescentPyTorch(
                c,
                norm=norm,
                eps=eps,
                eps_step=eps * PGD_STEP,
                max_iter=steps,
                num_random_init=1,
                batch_size=256,
                verbose=False,
            )
        )

    return {
        "FGSM": art(lambda c: FastGradientMethod(c, eps=linf, batch_size=256)),
        "PGD-10 Linf": pgd(np.inf, linf, 10),
        "PGD-50 Linf": pgd(np.inf, linf, 50),
        "PGD-50 L2": pgd(2, l2, 50),
        "APGD-CE-100 Linf": art(
            lambda c: AutoProjectedGradientDescent(
                c, eps=linf, eps_step=2 * linf, max_iter=100, nb_random_init=1, batch_size=256, verbose=False
            )
        ),
    }


def _adv_lib(linf: float, l2: float) -> dict[str, Contender]:
    import adv_lib.attacks as a

    def cw(steps: int, const: float) -> Contender:
        options = {"initial_const": const, "binary_search_steps": 3, "max_iterations": steps}
        return lambda s: a.carlini_wagner_l2(s.model, s.x, s.y, **options)

    step = linf * PGD_STEP
    return {
        "PGD-10 Linf": lambda s: a.pgd_linf(s.model, s.x, s.y, linf, steps=10, absolute_step_size=step),
        "PGD-50 Linf": lambda s: a.pgd_linf(s.model, s.x, s.y, linf, steps=50, absolute_step_size=step),
        "APGD-CE-100 Linf": lambda s: a.apgd(s.model, s.x, s.y, linf, math.inf, loss_function="ce"),
        "APGD-DLR-100 Linf": lambda s: a.apgd(s.model, s.x, s.y, linf, math.inf, loss_function="dlr"),
        "C&W L2 3x100": cw(100, 1.0),
        "C&W L2 c=.01 3x300": cw(300, 0.01),
        "DeepFool L2": lambda s: a.df(s.model, s.x, s.y, steps=50),
        "DDN-100 L2": lambda s: a.ddn(s.model, s.x, s.y, steps=100, levels=None),
        "FMN-100 L2": lambda s: a.fmn(s.model, s.x, s.y, 2, steps=100),
    }


def _authors(linf: float, l2: float) -> dict[str, Contender]:
    everything = ["apgd-ce", "apgd-t", "fab-t", "square"]
    return {
        "APGD-CE-100 Linf": authors(["apgd-ce"], linf, "Linf"),
        "APGD-DLR-100 Linf": authors(["apgd-dlr"], linf, "Linf"),
        "Square-500 Linf": authors(["square"], linf, "Linf", queries=500),
        "AutoAttack Linf": authors(everything, linf, "Linf"),
        "AutoAttack L2": authors(everything, l2, "L2"),
    }
