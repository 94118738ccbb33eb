"""Made-up explanations, searched regions and a hardening, in the form in which workers leave them."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from openapi.analyses.explain import ExplainSection
from openapi.analyses.regions import RegionSection
from openapi.attacks import Pgd
from openapi.intervals import wilson
from openapi.stages.comparison import AuditHardening, ComparedImages
from tests.service.report import COMPARISON
from workers.explain.shares import GROUP_KINDS, count_kinds, kinds_of_groups, promotion_suppression_ratio, shares
from workers.reports.compared_images import MOST
from workers.reports.worst import png

#: Images that are explained and searched, of so many at most.
LOOKED_AT = 100
_KAPPA, _GRID, _SEGMENT = 1e-3, 2, 8
Labels = npt.NDArray[np.int64]


def explained(labels: Labels, classes: int, side: int, path: Path) -> ExplainSection:
    """Write `explanations.npz`; returns the section. labels: of images 0, 1, …"""
    rng = np.random.default_rng(11)
    n, groups = min(LOOKED_AT, len(labels)), -(-side // _GRID)
    promotion, suppression = rng.normal(0, 0.2, (2, n, groups, groups))
    touched = rng.random((n, groups, groups)) < 0.9
    psr = promotion_suppression_ratio(promotion, suppression, _KAPPA)
    kind = kinds_of_groups(promotion, suppression, _KAPPA)
    x = rng.random((n, 3, side, side), dtype=np.float32)
    target = (labels[:n] + 1) % classes
    arrays = {
        "index": np.arange(n), "label": labels[:n], "target": target, "x": x, "x_adv": (x + 0.02).clip(0, 1),
        "promotion": promotion, "suppression": suppression, "psr": psr, "kind": kind, "touched": touched,
        "maps": rng.random((n, 4, side, side), dtype=np.float32), "x_refined": x,
    }  # fmt: skip
    np.savez(path, **arrays)
    names = list(GROUP_KINDS)
    of_each = [dict(zip(names, row, strict=True)) for row in shares(count_kinds(kind, touched)).tolist()]
    score = {"true": {"score": 0.6, "chance": 0.5}, "target": {"score": 0.5, "chance": 0.5}}
    samples = [
        {
            "index": i, "label": int(labels[i]), "target": int(target[i]), "l2": 1.0, "groups": int(touched[i].sum()),
            "shares": of_each[i], "interpretability": score,
            "refinement": {"before": 1.0, "after": 0.8, "success": True},
        }
        for i in range(n)
    ]  # fmt: skip
    mean = {name: float(np.mean([one[name] for one in of_each])) for name in names}
    return ExplainSection.model_validate(
        {
            "attack": Pgd(), "grid": _GRID, "kappa": _KAPPA, "map": "cam", "quantile": 0.7, "tried": n, "n": n,
            "sparsity": 0.1, "shares": mean, "intervals": {name: (mean[name], mean[name]) for name in names},
            "interpretability": score, "curve": None, "samples": samples,
            "refinement": {"n": n, "before": 1.0, "after": 0.8, "success": 1.0},
        }
    )  # fmt: skip


def searched(labels: Labels, classes: int, side: int, path: Path) -> RegionSection:
    """Write `regions.npz`; returns the section. One value a pixel, squares as regions."""
    rng = np.random.default_rng(12)
    n = min(LOOKED_AT, len(labels))
    across = -(-side // _SEGMENT)
    square = (np.arange(side)[:, None] // _SEGMENT) * across + np.arange(side) // _SEGMENT
    segments = np.repeat(square[None], n, 0).astype(np.int16)
    vulnerable = (rng.random((n, side, side)) < 0.02).astype(np.int16)
    row, y, x = np.nonzero(vulnerable)
    reached = (labels[row] + 1) % classes
    np.savez(
        path, index=np.arange(n), x=rng.integers(0, 256, (n, 3, side, side), dtype=np.uint8), segments=segments,
        vulnerable=vulnerable, tried=np.ones_like(vulnerable), few_pixels=np.ones(n, np.int64), hit_sample=row, hit_y=y,
        hit_x=x, hit_value=np.ones((len(row), 3), np.float32), hit_class=reached,
    )  # fmt: skip
    samples = [_searched(i, int(labels[i]), classes, square, vulnerable[i], rng) for i in range(n)]
    hit = sum(sample["vulnerable_regions"] > 0 for sample in samples)
    return RegionSection.model_validate(
        {
            "segmentation": "grid", "values": "corners", "budget": 1.0, "semantic": "entropy", "n": n,
            "vulnerable": hit, "queries": n * side * side, "samples": samples,
            "curve": {"budget": (0.5, 1.0), "success": (hit / n / 2, hit / n)},
            "few_pixels": {"pixels": (1,), "success": (hit / n,)},
            "spearman": {"value": 0.0, "n": n * (int(square.max()) + 1), "p": 1.0, "p_within": 1.0},
        }
    )  # fmt: skip


def _searched(
    index: int, label: int, classes: int, square: Labels, vulnerable: npt.NDArray[np.int16], rng: np.random.Generator
) -> dict[str, Any]:
    regions: list[dict[str, Any]] = []
    for region in range(int(square.max()) + 1):
        own = vulnerable[square == region]
        found, pixels = int(own.sum()), len(own)
        regions.append(
            {
                "region": region, "pixels": pixels, "tried": pixels, "vulnerable": found, "density": found / pixels,
                "success_rate": found / pixels, "first_hit": 1 if found else None,
                "classes": {str((label + 1) % classes): found} if found else {}, "semantic": float(rng.random()),
            }
        )  # fmt: skip
    return {
        "index": index, "label": label, "predicted": label, "queries": square.size, "regions": regions,
        "vulnerable_regions": sum(region["vulnerable"] > 0 for region in regions), "needed_budget": None,
        "few_pixels": 1,
    }  # fmt: skip


def hardened(identity: str, layers: list[str], labels: Labels, won: Labels, names: tuple[str, ...]) -> AuditHardening:
    """A hardening that won some images and lost none. won: their indices."""
    n = len(labels)
    before, after = (_side(0, n), _side(len(won), n))
    state = {"sensitivity": 0.03, "of_omega": 0.06, "ratio": 0.2}
    better = {name: value / 2 for name, value in state.items()}
    changes = [{"name": name, "kind": "conv", "stabilised": True, "before": state, "after": better} for name in layers]
    gain = {**COMPARISON["gains"][0], "before": 0, "after": len(won), "n": n, "gained": len(won), "lost": 0, "p": 0.0}
    look = {"n": n, "before": before, "after": after, "gains": [gain], "neurons": changes}
    classes = [_changed(label, name, labels, won) for label, name in enumerate(names)]
    epochs = [
        {
            "epoch": i, "loss": 1.0, "l_adv": 0.9, "l_sns": 0.1, "clean_accuracy": 0.9, "robust_accuracy": 0.1 * i,
            "sensitivity": 0.03, "lr": 0.01, "seconds": 1.0,
        }
        for i in range(4)
    ]  # fmt: skip
    return AuditHardening.model_validate(
        {
            **COMPARISON, "id": identity, "model_id": None, "verdict": "pass", "layers": layers, "frozen": [],
            "log": epochs, "before": before, "after": after, "gains": [gain], "classes": classes, "scrutiny": look,
            "finding": "improved",
        }
    )  # fmt: skip


def compared(side: int, labels: Labels, won: Labels) -> ComparedImages:
    """Pictures of some images that were won; the attack turns them over. won: their indices."""
    found = []
    for index in won[:MOST].tolist():
        pixels = np.random.default_rng(index).random((3, side, side))
        label, sure = int(labels[index]), {"confidence": 0.9}
        before = {**sure, "predicted": label + 1, "fooled": True, "picture": png(1 - pixels)}
        after = {**sure, "predicted": label, "fooled": False, "picture": png(0.5 + pixels / 2)}
        about = {"index": index, "label": label, "won": True, "attack": COMPARISON["before"]["attacks"][0]["id"]}
        found.append({**about, "benign": png(pixels), "before": before, "after": after})
    return ComparedImages.model_validate({"images": found})


def _side(robust: int, n: int) -> dict[str, Any]:
    """Accuracies of one side: all are right, and so many withstand."""
    side = COMPARISON["before"]
    share = {"robust_accuracy": robust / n, "robust": robust, "n": n, "ci95": wilson(robust, n)}
    return {
        "clean": {"accuracy": 1.0, "correct": n, "n": n, "ci95": wilson(n, n)},
        "attacks": [{**attack, **share} for attack in side["attacks"]],
        "worst_case": [{**worst, **share} for worst in side["worst_case"]],
    }


def _changed(label: int, name: str, labels: Labels, won: Labels) -> dict[str, Any]:
    own = won[labels[won] == label].tolist()
    told = {"label": label, "name": name, "n": int((labels == label).sum()), "before": 0, "after": len(own)}
    return {**told, "gained": len(own), "given_up": 0, "won": own[:50], "lost": ()}


def sample_lines(labels: Labels, robust: npt.NDArray[np.bool_], classes: int) -> str:
    """`samples.jsonl`: what the one attack of the comparison did to each image."""
    attack = COMPARISON["before"]["attacks"][0]["id"]
    line = (
        '{"index":%d,"label":%d,"predicted":%d,"correct":true,"attacks":{"%s":{"success":%s,"predicted":%d,'
        '"distance":null,"confidence":0.9}}}\n'
    )
    return "".join(
        line % (i, y, y, attack, "false" if held else "true", y if held else (y + 1) % classes)
        for i, (y, held) in enumerate(zip(labels.tolist(), robust.tolist(), strict=True))
    )
