"""Tables I to IV of the SNS paper."""

from collections.abc import Mapping, Sequence

import numpy as np

from openapi.analyses.sensitivity import Tap
from openapi.attacks import Attack, Cw, Fgsm, GaussianNoise, Nattack, Pgd, Spsa
from openapi.hardening_options import HardenOptions
from workers.neurons.ranking import sensitivity_ratio
from workers.reproduce.lab import Lab, Robust
from workers.reproduce.outcomes import Cell, Outcome, Table, paired, published, share

#: S of the paper and its λ, by network (SNS, section V-C).
STABILISED = {
    "vgg16": (tuple(f"conv{i}" for i in range(8, 14)), 5.0),
    "resnet18": (("l3b2c1", "l3b2c2", "l4b1c1", "l4b1c2", "l4b2c1", "l4b2c2"), 6.0),
}
#: How often SNS with random neurons is trained: the paper tells the mean of three.
RANDOM_DRAWS = 3
#: Row of Table III → method and selection.
_METHODS = {
    "pat": ("pat", "sensitive"),
    "alp": ("alp", "sensitive"),
    "sns dynamic": ("sns", "dynamic"),
    "sns all": ("sns", "all"),
    "sns random": ("sns", "random"),
    "sns sensitive": ("sns", "sensitive"),
}

#: Where Table II reads a layer, and its word for it.
_PLACES: tuple[tuple[Tap, str], ...] = (("conv", "conv"), ("act", "ReLU"))


def options_of(lab: Lab, name: str, layers: tuple[str, ...] | None = None) -> HardenOptions:
    """How a row of Table III is trained: PGD eps 8, k = 10, alpha = eps/sqrt(k); baselines train every layer."""
    method, selection = _METHODS[name]
    chosen, weight = STABILISED.get(lab.net, ((), 0.0))
    scale = lab.scale
    return HardenOptions.model_validate(
        {
            "method": method,
            "selection": selection,
            "layers": [lab.names[alias] for alias in layers or chosen] if method == "sns" else "all",
            "lambda": weight,
            "eps": 8 / 255,
            "steps": 10,
            "epochs": scale.robust_epochs,
            "batch_size": scale.batch_size,
            "optimizer": "sgd",
            "lr": scale.robust_lr,
            "weight_decay": 5e-4,
            "max_grad_norm": 1.0,
            "pairs": min(1000, scale.train),
        }
    )


def trained(lab: Lab, name: str) -> str:
    """Train what a row is of, and say under which name the lab has it."""
    if name == "vanilla":
        lab.model("vanilla")
    else:
        lab.model(name, options_of(lab, name))
    return name


def table1(lab: Lab) -> Outcome:
    """Table I: PGD at eps 2 to 8 and Gaussian noise of severity 1 to 5, on the vanilla and the PAT network."""
    told = published("sns-table1")
    rows = {}
    for name in ("vanilla", "pat"):
        trained(lab, name)
        specs: list[Attack] = [Pgd(eps=e / 255) for e in (2, 4, 6, 8)]
        specs += [GaussianNoise(severity=s) for s in range(1, 6)]
        found = [lab.correct(name, lab.scale.test), *(lab.robust(name, spec, lab.scale.test) for spec in specs)]
        rows[name] = [share(robust, number) for robust, number in zip(found, told["rows"][name], strict=True)]
    return Outcome([Table(told["title"], told["columns"], rows, "%")])


def table2(lab: Lab) -> Outcome:
    """Table II: mean ratio of the four last convolutions and of the ReLU behind each, at eps 1 to 8."""
    told = published("sns-table2")
    rows: dict[str, list[Cell]] = {}
    for name in ("vanilla", "pat"):
        trained(lab, name)
        for number in range(10, 14):
            for tap, word in _PLACES:
                row = f"{name} {word}{number}"
                ratios = [_ratio(lab, name, eps, tap, f"conv{number}") for eps in range(1, 9)]
                rows[row] = [Cell(r, p) for r, p in zip(ratios, told["rows"][row], strict=True)]
    conv = [rows[f"{name} conv{n}"][7].value or 0.0 for name in ("vanilla", "pat") for n in range(10, 14)]
    relu = [rows[f"{name} ReLU{n}"][7].value or 0.0 for name in ("vanilla", "pat") for n in range(10, 14)]
    lower = sum(conv[4 + i] < conv[i] for i in range(4))
    above = sum(r > c for r, c in zip(relu, conv, strict=True))
    findings = [
        f"the PAT network's ratio at eps 8 is below the vanilla one's in {lower} of 4 convolutions",
        f"a ReLU's ratio at eps 8 is above its convolution's in {above} of 8 places",
    ]
    return Outcome([Table(told["title"], told["columns"], rows)], findings=findings)


def _ratio(lab: Lab, name: str, eps: int, tap: Tap, layer: str) -> float | None:
    sums = lab.sums(name, eps / 255, min(lab.scale.test, 500), tap)
    ratio = sensitivity_ratio(sums.layer(lab.names[layer]))
    defined = ratio[~np.isnan(ratio)]
    return float(defined.mean()) if len(defined) else None


def attacks_of(lab: Lab) -> dict[str, tuple[Attack, int]]:
    """Column of Tables III and IV → the attack (SNS, section IV-A) and how many images it gets."""
    scale, few = lab.scale, lab.scale.few
    part = scale.queries
    return {
        "cw": (Cw(), few),
        "pgd l2": (Pgd(norm="l2", eps=80 / 255), scale.test),
        "pgd linf": (Pgd(eps=8 / 255), scale.test),
        "fgsm": (Fgsm(eps=8 / 255), scale.test),
        "spsa": (Spsa(eps=8 / 255, directions=round(512 * part), steps=round(100 * part)), few),
        "nattack": (Nattack(eps=8 / 255, samples=round(300 * part), steps=round(100 * part)), few),
    }


def table3(lab: Lab) -> Outcome:
    """Table III: six hardenings of VGG-16 against six attacks."""
    return _hardened(lab, "sns-table3")


def table4(lab: Lab) -> Outcome:
    """Table IV: PAT, ALP and SNS on ResNet-18; the paper's is of ImageNet, ours of the images at hand."""
    return _hardened(lab, "sns-table4")


def _hardened(lab: Lab, which: str) -> Outcome:
    told, attacks = published(which), attacks_of(lab)
    rows: dict[str, list[Cell]] = {}
    pgd: dict[str, Robust] = {}
    for name, numbers in told["rows"].items():
        trained(lab, name)
        found = {column: lab.robust(name, spec, n) for column, (spec, n) in attacks.items()}
        pgd[name] = found["pgd linf"]
        columns = [lab.correct(name, lab.scale.test), *found.values()]
        rows[name] = [share(robust, number) for robust, number in zip(columns, numbers, strict=True)]
    last = "sns sensitive"
    findings = [paired("PGD L-infinity, eps 8", pgd[last], pgd[name], (last, name)) for name in pgd if name != last]
    if "sns random" in rows:
        findings.append(_random_draws(lab, attacks, told["columns"]))
    return Outcome([Table(told["title"], told["columns"], rows, "%")], findings=findings)


def _random_draws(lab: Lab, attacks: Mapping[str, tuple[Attack, int]], columns: Sequence[str]) -> str:
    """Mean and standard deviation over trainings with other random neurons (and the other numbers of their seeds)."""
    found = []
    for draw in range(RANDOM_DRAWS):
        name = f"sns random {draw + 1}" if draw else "sns random"
        lab.model(name, options_of(lab, "sns random"), draw=draw)
        robust = [lab.correct(name, lab.scale.test), *(lab.robust(name, spec, n) for spec, n in attacks.values())]
        found.append([100 * float(outcome.mean()) for outcome in robust])
    mean, deviation = np.mean(found, 0), np.std(found, 0, ddof=1)
    told = (f"{column} {m:.1f} ± {d:.1f}" for column, m, d in zip(columns, mean, deviation, strict=True))
    return f"sns random, mean ± standard deviation of {RANDOM_DRAWS} draws: {', '.join(told)}"
