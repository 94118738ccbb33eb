"""How each peer's library is called: a row says with what, and gets a contender.

A contender is a function (subject) → x_adv. Nobody's attack is changed, and all get the same batch of images at once.
"""

import contextlib
import importlib.util
import io
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor

import workers.models.vision_ops  # noqa: F401  - peers import torchvision, which a CPU build of torch refuses otherwise
from tests.tools.benchmarks.subject import Subject

Contender = Callable[[Subject], Tensor]
#: (linf, l2) → the contenders that one library has, by the names of their rows; it is there when this is called.
Offers = Callable[[float, float], Mapping[str, Contender]]
#: adversarial-library draws curves with it; its archive builds nowhere any more, and no attack calls it.
_DRAWING = "visdom"
LIBRARIES = ("torchattacks", "foolbox", "art", "adv_lib", "autoattack")

#: What is left out, and why.
MISSING: dict[str, str] = {}


def offered(offers: Sequence[Offers], row: str, linf: float, l2: float) -> dict[str, Contender]:
    """Return the installed libraries' versions of one row; `offers` are in the order of `LIBRARIES`."""
    found: dict[str, Contender] = {}
    for library, rows in zip(LIBRARIES, offers, strict=True):
        if installed(library) is not None and (contender := rows(linf, l2).get(row)) is not None:
            found[library] = contender
    return found


def installed(library: str) -> Any | None:
    """Import a peer, or None with its reason kept in `MISSING`."""
    if library == "adv_lib" and _DRAWING not in sys.modules and importlib.util.find_spec(_DRAWING) is None:
        sys.modules[_DRAWING] = ModuleType(_DRAWING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(library if library != "adv_lib" else "adv_lib.attacks")
    except (ImportError, RuntimeError, AttributeError) as error:
        MISSING[library] = f"{type(error).__name__}: {error}"
        return None


def classes(s: Subject) -> int:
    """Return how many classes the subject knows; not counted as a pass."""
    with torch.no_grad():
        return int(s.model.model(s.x[:1]).shape[1])


def torchattacks(make: Callable[[Subject], Any]) -> Contender:
    """A torchattacks attack, made around the subject's model."""
    return lambda s: make(s)(s.x, s.y)


def foolbox(make: Callable[[], Any], radius: float | None = None) -> Contender:
    """A foolbox attack in a ball of this radius; of minimal norm without one."""
    from foolbox import PyTorchModel

    def run(s: Subject) -> Tensor:
        _, clipped, _ = make()(PyTorchModel(s.model, bounds=(0, 1), device=s.x.device), s.x, s.y, epsilons=radius)
        return clipped  # type: ignore[no-any-return]

    return run


def art(make: Callable[[Any], Any]) -> Contender:
    """An attack of the Adversarial Robustness Toolbox, made for its own classifier."""
    from art.estimators.classification import PyTorchClassifier

    def run(s: Subject) -> Tensor:
        shape, loss = tuple(s.x.shape[1:]), torch.nn.CrossEntropyLoss()
        kind = "gpu" if s.x.is_cuda else "cpu"
        classifier = PyTorchClassifier(s.model, loss, shape, classes(s), clip_values=(0.0, 1.0), device_type=kind)
        return torch.from_numpy(np.asarray(make(classifier).generate(s.x.cpu().numpy(), s.y.cpu().numpy())))

    return run


def authors(attacks_to_run: list[str], eps: float, norm: str, queries: int = 5000) -> Contender:
    """AutoAttack's authors' code on some of its parts; at most 9 targets, one restart."""
    from autoattack import AutoAttack

    def run(s: Subject) -> Tensor:
        with contextlib.redirect_stdout(io.StringIO()):
            adversary = AutoAttack(
                s.model,
                norm=norm,
                eps=eps,
                version="custom",
                attacks_to_run=attacks_to_run,
                device=str(s.x.device),
                verbose=False,
                seed=0,
            )
            adversary.apgd.n_restarts = 1
            adversary.apgd_targeted.n_target_classes = adversary.fab.n_target_classes = min(9, classes(s) - 1)
            adversary.apgd_targeted.n_restarts = adversary.fab.n_restarts = adversary.square.n_restarts = 1
            adversary.square.n_queries = queries
            return adversary.run_standard_evaluation(s.x, s.y, bs=256)  # type: ignore[no-any-return]

    return run
