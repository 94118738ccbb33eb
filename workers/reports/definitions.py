"""What the report's words mean: every published definition with its place, every decision of Tremor's marked "ours"."""

from collections.abc import Sequence
from typing import Any

from openapi.analyses import OWN, NeuronOptions, further
from openapi.analyses.base import Analysis
from openapi.attacks import ATTACKS
from openapi.audits import AuditRequest
from openapi.hardening_methods import METHODS
from openapi.hardening_options import HardenOptions
from workers.reports.merge import AttackTable
from workers.reports.regions import DEFINITION as REGION

_PAPER = (
    'Zhang et al., "Interpreting and Improving Adversarial Robustness of Deep Neural Networks with Neuron Sensitivity"'
)

_GENERAL = {
    "pixel_domain": (
        "ours: images are attacked in the pixel domain [0, 1]; eps and distances are in its units, and the model's own "
        "normalisation (mean, std) is a part of the model"
    ),
    "clean_accuracy": "share of samples whose largest logit is the label's; ties go to the smaller class number",
    "robust_accuracy": (
        "share of all n samples that are classified correctly and that the attack did not fool; misclassified samples "
        "are not attacked and count as not robust"
    ),
    "success": (
        "ours: an adversarial example counts only when it lies inside the ball and inside [0, 1] in float32 and an "
        "independent forward pass on the stored example confirms it"
    ),
    "success_rate": "fooled over attacked samples; null when none was attacked",
    "targeted": (
        "ours: where one class was chosen as the target of all samples, the confirmed examples of that class over the "
        "attacked samples, which are those that are classified correctly and of another class; `robust_accuracy` "
        "counts every wrong class, and samples of the chosen class as not fooled"
    ),
    "worst_case": (
        "per threat model, the share of samples that are correct and that none of its attacks fooled (per-sample "
        "minimum, as in Croce and Hein, ICML 2020); a threat model is a norm and an eps"
    ),
    "worst_case.headline": (
        "ours: a policy's `worst_case.robust_accuracy` is the least over the bounded threat models; unbounded "
        "attacks, which fool every model in the end, and corruptions are asked for by name"
    ),
    "ci95": (
        "95 % Wilson score interval of a proportion (Wilson, JASA 1927; Newcombe, Stat. Med. 1998, method 3); covers "
        "the choice of samples, not a stronger attack"
    ),
    "distance": (
        "of the successes only, measured on the stored float32 example; `l0` counts pixels that differ in any channel"
    ),
    "passes": "forward and backward passes of the attack itself, per attacked sample; ours: confirming passes left out",
    "step_size": "null in an attack's options is eps / sqrt(steps), as in SNS, section 4",
    "checks": (
        "after Athalye, Carlini and Wagner, ICML 2018, and Carlini et al., arXiv:1902.06705; ours: two outcomes of one "
        "set of samples differ only when McNemar's test says so at 95 %"
    ),
}
_NEURONS = {
    "neuron": "a channel of a feature map or a unit of a linear layer (SNS, section 3)",
    "sensitivity": "sigma(F_l^m) = 1/N sum_i ||F_l^m(x_i) - F_l^m(x'_i)||_1 / dim(F_l^m) (SNS, Eq. 1)",
    "omega": "the most sensitive neurons of a layer, top-k by sigma (SNS, Eq. 2)",
    "ratio": "mean over samples of ||F_l^m(x_i) - F_l^m(x'_i)||_1 / ||F_l^m(x_i)||_1 (SNS, Eq. 11)",
    "ratio.of_means": "ours: the sum of ||F(x) - F(x')||_1 over the sum of ||F(x)||_1, over all neurons and samples",
    "pairs": (
        "benign image and its full-strength L-infinity PGD example (all steps, correctly classified or not), as in "
        "SNS, section 4"
    ),
    "norm_folded": (
        "ours: the file holds no normalisation behind this convolution, as most ONNX exports; its `conv` tap means "
        "what `norm` means in a file that holds one"
    ),
    "dead": "ours: a neuron whose output is 0 on every benign and adversarial sample",
    "ties": "ours: neurons of equal sensitivity are ranked by their index",
}
_ZERO = {
    "skip": "samples with ||F(x)||_1 = 0 are left out of that neuron's ratio and counted as `skipped`",
    "one": "a sample with ||F(x)||_1 = 0 counts as ratio 1 when the output moved and 0 when it did not",
    "eps": "a zero denominator is replaced by a small constant",
}
_TAPS = {
    "conv": "output of the convolution or linear layer itself, before normalisation and activation",
    "norm": "output of the normalisation behind the layer",
    "act": "output of the activation behind the layer",
    "pool": "output of the pooling behind the layer",
}


_LOST = {
    "weights": "accuracy lost on adversarial images made before, when the layer's weights take a gradient step of 2 % "
    "of their norm up the loss (after module robust criticality, Zhu et al., ICCV 2023)",
    "restoration": "accuracy lost on adversarial images made before, when the layer has its uploaded weights again "
    "after a short adversarial training (after Zhang et al., JMLR 2022)",
}
_LAMBDA = {
    "adaptive": "each layer's term of L_sns is multiplied by mean over layers of L_l / L_l, with L_l the sum of "
    "sensitivity over Omega in the uploaded model",
    "search": "the best of lambda / 5, lambda and 5 lambda by the mean of clean and robust accuracy on the validation "
    "split after a short training each",
}


def _hardening(options: HardenOptions) -> dict[str, str]:
    """What the method minimises, and how what its options leave open was found."""
    method = METHODS[options.method]
    found = {"hardening": method.definition}
    if options.layers == "auto":
        found["hardening.layers"] = f"ours: the layers that lose more than the mean layer: {_LOST[options.criticality]}"
    if method.kind == "module":
        found["hardening.layers"] = f"the layer that loses least: {_LOST[options.criticality]}"
    if options.lambda_choice != "fixed":
        found["hardening.lambda"] = f"ours: {_LAMBDA[options.lambda_choice]}"
    return found


def definitions(
    tables: list[AttackTable],
    neurons: NeuronOptions | None,
    hardening: HardenOptions | None,
    *,
    survivors_only: bool = False,
) -> dict[str, str]:
    """The definitions that this report uses."""
    found = {**_GENERAL, "SNS": _PAPER}
    if survivors_only:
        found["survivors_only"] = (
            "ours: each attack met only the samples that the cheaper ones of its threat model had left; its robust "
            "accuracy is that of all of them up to it, and `figures.met` how many samples it met itself"
        )
    if any(t.spec.mask is not None for t in tables):
        found["region"] = REGION
    for name in dict.fromkeys(t.spec.name for t in tables):
        found[f"attacks.{name}"] = f"{ATTACKS[name].summary} ({ATTACKS[name].paper})"
    if neurons is not None:
        found |= _NEURONS
        k = f"k = max(1, floor({neurons.top_fraction:g} C)) of a layer's C neurons"
        found["omega"] += f"; {k}"
        found["tap"] = f"ours: {_TAPS[neurons.tap]}"
        found["zero_policy"] = f"ours: {_ZERO[neurons.zero_policy]}"
        found |= analysis_definitions(neurons)
    if hardening is not None:
        found |= _hardening(hardening)
        found["hardening.verdict"] = (
            "ours: pass only when clean accuracy fell by no more than max_clean_drop and robust accuracy rose in every "
            "bounded threat model, by more than chance explains (McNemar's exact test, 95 %), under the close look too"
        )
        found["hardening.finding"] = (
            "ours: `improved` where every bounded worst case rose beyond chance; `masked` where one did and something "
            "says that gradients mislead: a failed check on the hardened model, or a rise that stronger attacks undo; "
            "else `not_improved`"
        )
        if hardening.scrutiny is not None:
            found["hardening.scrutiny"] = (
                "ours: transfer: full-strength PGD examples of the uploaded model on the hardened one; "
                "straight-through: on the hardened one, PGD of a twin in which operators that are constant in pieces, "
                "and choices between a value and a constant, pass the gradient on (BPDA, Athalye et al., ICML 2018); "
                "sigma and ratio of every layer on each model's own PGD pairs at the training eps (SNS, Fig. 17)"
            )
        if hardening.compare:
            found["hardening.rival"] = "ours: the same options and seed, frozen layers too; only the method differs"
    return found


def analysis_definitions(neurons: NeuronOptions) -> dict[str, str]:
    """The definitions of the further analyses that were asked for, under their names."""
    return _words([a for a in further() if a.asked(neurons) is not None])


def own_definitions(request: AuditRequest | None) -> dict[str, str]:
    """The definitions of the analyses with a field of their own."""
    return _words([a for name, a in OWN.items() if request is not None and getattr(request, name) is not None])


def _words(asked: Sequence[Analysis[Any, Any]]) -> dict[str, str]:
    return {f"{a.name}.{word}" if word else a.name: text for a in asked for word, text in a.definitions.items()}
