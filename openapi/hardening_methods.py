"""The hardening methods that can be asked for: what is known of each stands here, once.

The loss that a method minimises and the adversary of its batches are entered under the same name in
`workers.hardening.methods`. The options' schema, the catalog, the command, the manifest and the report follow.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler, PlainValidator
from pydantic_core import CoreSchema, PydanticKnownError

from openapi.base import Frozen, JsonObject


class HardeningMethod(Frozen):
    """One way to train a robust model."""

    name: str
    definition: str = Field(description="What it minimises, with its source, as the report says it")
    regulariser: float | None = Field(
        description="Weight of its pairing term where the request names none; null for a method without one"
    )
    kind: Literal["training", "module", "edit"] = Field(
        "training",
        description="`module` trains one layer alone; `edit` changes the network without training it",
    )
    adversarial: bool = Field(True, description="Whether it trains on adversarial images")
    stabilises: bool = Field(False, description="Whether lambda L_sns over Omega is added to its loss")


#: Name → method, in the order of the catalog.
METHODS: dict[str, HardeningMethod] = {
    method.name: method
    for method in (
        HardeningMethod(
            name="sns",
            definition="minimise L_adv + lambda L_sns (SNS, Eq. 12-13, Algorithm 1); ours: L_sns is the mean over the "
            "batch",
            regulariser=None,
            stabilises=True,
        ),
        HardeningMethod(
            name="pat",
            definition="adversarial training on benign images and their PGD pairs, the baseline of SNS, section 5",
            regulariser=None,
        ),
        HardeningMethod(
            name="at",
            definition="adversarial training on PGD examples alone (Madry et al., ICLR 2018); with steps 1 and a step_size "
            "of 1.25 eps fast adversarial training (Wong et al., ICLR 2020)",
            regulariser=None,
        ),
        HardeningMethod(
            name="alp",
            definition="adversarial logit pairing (Kannan et al., arXiv:1803.06373); ours: mean over classes and batch",
            regulariser=0.5,
        ),
        HardeningMethod(
            name="trades",
            definition="cross-entropy on benign images + weighted KL to the adversarial ones (Zhang et al., ICML 2019)",
            regulariser=6.0,
        ),
        HardeningMethod(
            name="mart",
            definition="misclassification-aware adversarial training (Wang et al., ICLR 2020)",
            regulariser=5.0,
        ),
        HardeningMethod(
            name="rift",
            definition="fine-tune the layer that matters least for robustness on benign images, then go back towards "
            "the uploaded weights until no robustness is lost (RiFT, Zhu et al., ICCV 2023); ours: one gradient step "
            "finds a layer's worst weights, and one layer is a module",
            regulariser=None,
            kind="module",
            adversarial=False,
        ),
        HardeningMethod(
            name="meansparse",
            definition="before each activation, features within sparsity standard deviations of their channel's mean "
            "over the training set become that mean (MeanSparse, Amini et al., arXiv:2406.05927), without training; "
            "ours: sparsity is chosen by PGD with straight-through gradients, for its own are zero there",
            regulariser=None,
            kind="edit",
            adversarial=False,
        ),
    )
}


#: Method → the one that it is shown beside; of all others that is `pat`.
RIVALS = {"pat": "sns"}


def listed(names: list[str], last: str) -> str:
    """Names as a sentence lists them: ``a, b or c`` where `last` is ``or``."""
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else "".join(names)


def regularisers() -> str:
    """The methods' default weights, in words."""
    return ", ".join(f"{m.regulariser:g} for {m.name}" for m in METHODS.values() if m.regulariser is not None)


def _known(name: Any) -> str:
    if not isinstance(name, str) or name not in METHODS:
        raise PydanticKnownError("literal_error", {"expected": listed([repr(known) for known in METHODS], "or")})
    return name


class _Names:
    """The JSON Schema of a method's name: those that are entered when it is written."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonObject:
        return {"enum": list(METHODS), "type": "string"}


#: The name of a method of `METHODS`.
MethodName = Annotated[str, PlainValidator(_known), _Names()]
