"""The attacks that are compared, as ours and as each peer offers them; a peer that is not installed is left out.

A contender is a function (subject) → x_adv. Settings are equal where the libraries let them be: same eps, steps, step
size, restarts, starting constants. Nobody's attack is changed, and all get the same batch of images at once.
"""

import contextlib
import importlib
import io
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

import workers.models.vision_ops  # noqa: F401  - peers import torchvision, which a CPU build of torch refuses otherwise
from openapi.attacks import ATTACKS
from openapi.threat_models import Attack
from tests.benchmarks.subject import Subject
from workers.attacks.suite import run_attack

Contender = Callable[[Subject], Tensor]
PGD_STEP = 1 / 4  # of eps, for everybody


def ours(spec: Attack) -> Contender:
    def run(s: Subject) -> Tensor:
        return run_attack(s.model, spec, s.x, s.y, torch.arange(len(s.x)), seed=0).x_adv

    return run


def attacks(linf: float, l2: float) -> dict[str, tuple[str, Attack]]:
    """Row name → (norm, our spec)."""

    def a(name: str, **options: Any) -> Attack:
        return ATTACKS[name](**options)

    rows: dict[str, tuple[str, Attack]] = {
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
    found: dict[str, Contender] = {}
    for library, offers in (
        ("torchattacks", _torchattacks),
        ("foolbox", _foolbox),
        ("art", _art),
        ("adv_lib", _adv_lib),
        ("autoattack", _authors),
    ):
        module = installed(library)
        if module is not None and (contender := offers(row, linf, l2)) is not None:
            found[library] = contender
    return found


def installed(library: str) -> Any | None:
    """Import a peer, or None with its reason kept in `MISSING`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(library if library != "adv_lib" else "adv_lib.attacks")
    except (ImportError, RuntimeError, AttributeError) as error:
        MISSING[library] = f"{type(error).__name__}: {error}"
        return None


MISSING: dict[str, str] = {}


def _torchattacks(row: str, linf: float, l2: float) -> Contender | None:
    import torchattacks as t

    offers: dict[str, Callable[[Any], Any]] = {
        "FGSM": lambda m: t.FGSM(m, eps=linf),
        "PGD-10 Linf": lambda m: t.PGD(m, eps=linf, alpha=linf * PGD_STEP, steps=10),
        "PGD-50 Linf": lambda m: t.PGD(m, eps=linf, alpha=linf * PGD_STEP, steps=50),
        "PGD-50 L2": lambda m: t.PGDL2(m, eps=l2, alpha=l2 * PGD_STEP, steps=50),
        "APGD-CE-100 Linf": lambda m: t.APGD(m, eps=linf, steps=100),
        "APGD-DLR-100 Linf": lambda m: t.APGD(m, eps=linf, steps=100, loss="dlr"),
        "Square-500 Linf": lambda m: t.Square(m, eps=linf, n_queries=500, resc_schedule=False),
        "DeepFool L2": lambda m: t.DeepFool(m, steps=50),
        "EAD L1": lambda m: t.EADL1(m, kappa=0, lr=0.01, beta=0.01, max_iterations=150, binary_search_steps=9),
        "SPSA-10x128 Linf": lambda m: t.SPSA(m, eps=linf, delta=0.01, lr=0.01, nb_iter=10, nb_sample=128),
    }
    make = offers.get(row)
    return None if make is None else lambda s: make(s.model)(s.x, s.y)


def _foolbox(row: str, linf: float, l2: float) -> Contender | None:
    import foolbox.attacks as f
    from foolbox import PyTorchModel

    eps = l2 if "L2" in row else linf
    offers: dict[str, tuple[Callable[[], Any], float | None]] = {
        "FGSM": (f.LinfFastGradientAttack, eps),
        "PGD-10 Linf": (lambda: f.LinfPGD(abs_stepsize=eps * PGD_STEP, steps=10), eps),
        "PGD-50 Linf": (lambda: f.LinfPGD(abs_stepsize=eps * PGD_STEP, steps=50), eps),
        "PGD-50 L2": (lambda: f.L2PGD(abs_stepsize=eps * PGD_STEP, steps=50), eps),
        "C&W L2 3x100": (lambda: f.L2CarliniWagnerAttack(binary_search_steps=3, steps=100, initial_const=1.0), None),
        "C&W L2 c=.01 3x300": (
            lambda: f.L2CarliniWagnerAttack(binary_search_steps=3, steps=300, initial_const=0.01),
            None,
        ),
        "EAD L1": (
            lambda: f.EADAttack(binary_search_steps=9, steps=150, initial_const=1e-3, decision_rule="L1"),
            None,
        ),
        "DeepFool L2": (lambda: f.L2DeepFoolAttack(steps=50), None),
        "DDN-100 L2": (lambda: f.DDNAttack(steps=100), None),
        "FMN-100 L2": (lambda: f.L2FMNAttack(steps=100), None),
    }
    if row not in offers:
        return None
    make, radius = offers[row]

    def run(s: Subject) -> Tensor:
        _, clipped, _ = make()(PyTorchModel(s.model, bounds=(0, 1)), s.x, s.y, epsilons=radius)
        return clipped  # type: ignore[no-any-return]

    return run


def _art(row: str, linf: float, l2: float) -> Contender | None:
    from art.attacks.evasion import AutoProjectedGradientDescent, FastGradientMethod, ProjectedGradientDescentPyTorch
    from art.estimators.classification import PyTorchClassifier

    def pgd(norm: float, eps: float, steps: int) -> Callable[[Any], Any]:
        return lambda c: ProjectedGradientDescentPyTorch(
            c,
            norm=norm,
            eps=eps,
            eps_step=eps * PGD_STEP,
            max_iter=steps,
            num_random_init=1,
            batch_size=256,
            verbose=False,
        )

    offers: dict[str, Callable[[Any], Any]] = {
        "FGSM": lambda c: FastGradientMethod(c, eps=linf, batch_size=256),
        "PGD-10 Linf": pgd(np.inf, linf, 10),
        "PGD-50 Linf": pgd(np.inf, linf, 50),
        "PGD-50 L2": pgd(2, l2, 50),
        "APGD-CE-100 Linf": lambda c: AutoProjectedGradientDescent(
            c, eps=linf, eps_step=2 * linf, max_iter=100, nb_random_init=1, batch_size=256, verbose=False
        ),
    }
    if row not in offers:
        return None

    def run(s: Subject) -> Tensor:
        with torch.no_grad():
            classes = s.model.model(s.x[:1]).shape[1]
        shape = tuple(s.x.shape[1:])
        loss = torch.nn.CrossEntropyLoss()
        classifier = PyTorchClassifier(s.model, loss, shape, classes, clip_values=(0.0, 1.0), device_type="cpu")
        return torch.from_numpy(offers[row](classifier).generate(s.x.numpy(), s.y.numpy()))

    return run


def _adv_lib(row: str, linf: float, l2: float) -> Contender | None:
    import adv_lib.attacks as a

    offers: dict[str, Callable[[Any, Tensor, Tensor], Tensor]] = {
        "PGD-10 Linf": lambda m, x, y: a.pgd_linf(m, x, y, linf, steps=10, absolute_step_size=linf * PGD_STEP),
        "PGD-50 Linf": lambda m, x, y: a.pgd_linf(m, x, y, linf, steps=50, absolute_step_size=linf * PGD_STEP),
        "APGD-CE-100 Linf": lambda m, x, y: a.apgd(m, x, y, linf, math.inf, loss_function="ce"),
        "APGD-DLR-100 Linf": lambda m, x, y: a.apgd(m, x, y, linf, math.inf, loss_function="dlr"),
        "C&W L2 3x100": lambda m, x, y: a.carlini_wagner_l2(
            m, x, y, initial_const=1.0, binary_search_steps=3, max_iterations=100
        ),
        "C&W L2 c=.01 3x300": lambda m, x, y: a.carlini_wagner_l2(
            m, x, y, initial_const=0.01, binary_search_steps=3, max_iterations=300
        ),
        "DeepFool L2": lambda m, x, y: a.df(m, x, y, steps=50),
        "DDN-100 L2": lambda m, x, y: a.ddn(m, x, y, steps=100, levels=None),
        "FMN-100 L2": lambda m, x, y: a.fmn(m, x, y, 2, steps=100),
    }
    make = offers.get(row)
    return None if make is None else lambda s: make(s.model, s.x, s.y)


def _authors(row: str, linf: float, l2: float) -> Contender | None:
    parts = {
        "APGD-CE-100 Linf": ["apgd-ce"],
        "APGD-DLR-100 Linf": ["apgd-dlr"],
        "Square-500 Linf": ["square"],
        "AutoAttack Linf": ["apgd-ce", "apgd-t", "fab-t", "square"],
        "AutoAttack L2": ["apgd-ce", "apgd-t", "fab-t", "square"],
    }
    if row not in parts:
        return None
    norm, eps = ("L2", l2) if "L2" in row else ("Linf", linf)
    return authors(parts[row], eps, norm, row)


def authors(attacks_to_run: list[str], eps: float, norm: str, row: str) -> Contender:
    """AutoAttack's authors' code on some of its parts; at most 9 targets, one restart; ``Square-N`` has N queries."""
    from autoattack import AutoAttack

    def run(s: Subject) -> Tensor:
        with torch.no_grad():
            classes = s.model.model(s.x[:1]).shape[1]
        with contextlib.redirect_stdout(io.StringIO()):
            adversary = AutoAttack(
                s.model,
                norm=norm,
                eps=eps,
                version="custom",
                attacks_to_run=attacks_to_run,
                device="cpu",
                verbose=False,
                seed=0,
            )
            adversary.apgd.n_restarts = 1
            adversary.apgd_targeted.n_target_classes = adversary.fab.n_target_classes = min(9, classes - 1)
            adversary.apgd_targeted.n_restarts = adversary.fab.n_restarts = adversary.square.n_restarts = 1
            if row.startswith("Square-"):
                adversary.square.n_queries = int(row.split()[0].removeprefix("Square-"))
            return adversary.run_standard_evaluation(s.x, s.y, bs=256)  # type: ignore[no-any-return]

    return run
