"""Options of hardening that only some methods take."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from openapi.hardening_methods import METHODS, HardeningMethod

if TYPE_CHECKING:
    from openapi.hardening_options import HardenOptions

#: What nothing is read of where nothing is trained.
_OF_TRAINING = (
    "awp", "averaging", "augment", "label_smoothing", "choose_by", "patience", "goal", "budget", "keep_frontier",
)  # fmt: skip


def misplaced(options: "HardenOptions") -> tuple[str, str] | None:
    """What is wrong with options that only some methods take: the field, and in words."""
    method, held_out = METHODS[options.method], options.validation > 0
    if options.adversary == "free" and (options.method != "at" or options.awp or options.accumulate > 1):
        return "adversary", "free adversaries come of the training passes of at, without awp and accumulate"
    if options.lambda_choice != "fixed" and not method.stabilises:
        return "lambda_choice", f"lambda_choice weighs L_sns, which {options.method} does not have: leave it out"
    if options.lambda_choice == "search" and not held_out:
        return "lambda_choice", "lambda_choice search compares on held-out training images: set validation, e.g. 0.1"
    if options.layers == "auto" and method.kind != "training":
        return (
            "layers",
            f"layers auto chooses what is stabilised, and {options.method} stabilises nothing: leave it out",
        )
    if options.keep_frontier and options.goal is None and method.kind != "module":
        return "keep_frontier", "keep_frontier leaves what a goal walks: set goal"
    if method.kind == "module" and not held_out:
        return (
            "method",
            f"{options.method} goes back as far as robustness on held-out training images asks: set validation, e.g. 0.1",
        )
    if method.kind == "module" and options.goal is not None:
        return "goal", f"{options.method} has a goal of its own, the robustness that there was: leave goal out"
    if method.kind == "edit" and (given := [name for name in _OF_TRAINING if getattr(options, name)]):
        return given[0], f"{options.method} trains nothing: leave {given[0]} out"
    if method.kind == "edit" and options.sparsity is None and not held_out:
        return "method", "sparsity is chosen on held-out training images: set validation, e.g. 0.1, or sparsity"
    if method.kind != "training" and options.batch_norm == "inserted":
        return "batch_norm", f"{options.method} does not train the whole network: leave batch_norm out"
    if method.kind != "edit" and options.sparsity is not None:
        return "sparsity", f"sparsity belongs to meansparse: {options.method} does not take it"
    return None


def unread(options: "HardenOptions", trained: Sequence[HardeningMethod]) -> tuple[str, str] | None:
    """An option that nobody reads where these methods are trained: the field, and why in words."""
    method = options.method
    if options.selection != "sensitive" and not any(m.stabilises for m in trained):
        return "selection", f"selection chooses the neurons of L_sns, which {method} does not have"
    if options.regulariser is not None and all(m.regulariser is None for m in trained):
        return "regulariser", f"regulariser weighs a pairing term, which {method} does not have"
    if options.adversary != "fresh" and not any(m.adversarial for m in trained):
        return "adversary", f"adversary is of training on adversarial images, which {method} does without"
    if options.criticality != "weights" and options.layers != "auto" and all(m.kind != "module" for m in trained):
        return "criticality", "criticality is by what layers auto and rift judge a layer"
    if all(m.kind == "edit" for m in trained):
        given = [name for name in ("accumulate", "layers") if getattr(options, name) not in (1, "all")]
        if given:
            return given[0], f"{method} trains nothing"
    return None
