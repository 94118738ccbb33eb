"""What every attack says of itself: its options' common part, what is known of it, and its threat model."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, StrictInt, ValidationInfo, field_validator, model_validator

from openapi.base import Change, Frozen, Id
from openapi.patterns import pattern
from openapi.threat_models import AnyNorm, ThreatModel

Norm = Literal["linf", "l2"]


@dataclass(frozen=True)
class Facts:
    """What is known of an attack beyond its options, for all who plan, run, check and show it.

    label: as people write its name. family: it follows gradients, asks for scores alone, or changes images without
    looking at the model. norm: of its distances where its options name none. turn: of the attacks in a ball, who goes
    first when each gets only what those before have left, cheap ones first; None outside of balls. climbs: the loss, in
    one step or in many; None for searches and walks along the boundary. minimal: it looks for the nearest example.
    """

    label: str
    family: Literal["gradient", "score", "corruption"] = "gradient"
    norm: AnyNorm | None = None
    turn: int | None = None
    climbs: Literal["one step", "many steps"] | None = None
    minimal: bool = False

    @property
    def black_box(self) -> bool:
        """Whether it needs no gradients."""
        return self.family != "gradient"

    @property
    def atlas(self) -> tuple[str, ...]:
        """Its techniques in MITRE ATLAS: evading a model (AML.T0015) by data that were crafted in a white box
        (AML.T0043.000) or a black one (AML.T0043.001). Corruptions have no adversary, and none."""
        crafted = {"gradient": "AML.T0043.000", "score": "AML.T0043.001"}.get(self.family)
        return () if crafted is None else (crafted, "AML.T0015")


class Mask(Frozen):
    """Where an attack may change pixels: inside masks of the audited images, which come with them or were found."""

    concepts: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(
        (), max_length=100, description="Names of masks, as the data set has them; all of them together"
    )
    artifact_id: Id | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="Instead of names: an artifact `regions` of an earlier audit of the same data set",
    )
    array: Literal["vulnerable", "tried"] | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="Of an artifact: the pixels where it is not 0; null is `vulnerable`, those that fool alone",
    )
    outside: bool = Field(False, description="Everywhere but there")

    @model_validator(mode="before")
    @classmethod
    def _of_an_artifact(cls, data: Any) -> Any:
        found = isinstance(data, dict) and data.get("artifact_id") is not None and data.get("array") is None
        return {**data, "array": "vulnerable"} if found else data

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.concepts) == (self.artifact_id is not None):
            raise ValueError("name masks in `concepts`, or an artifact in `artifact_id`, one of the two")
        if self.array is not None and self.artifact_id is None:
            raise ValueError("`array` is of an artifact: name one in `artifact_id`, or leave it out")
        return self

    @field_validator("concepts")
    @classmethod
    def _one_order(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """The same masks in another order are the same region, and so the same threat model."""
        return tuple(sorted(set(value)))

    def __str__(self) -> str:
        """``ear+eye``, ``outside eye``, ``vulnerable of art_…``."""
        named = "+".join(self.concepts) or f"{self.array} of {self.artifact_id}"
        return f"outside {named}" if self.outside else named


def _as_mask(value: Any) -> Any:
    """Read a name, or several, as the masks of that name."""
    named = [value] if isinstance(value, str) else value
    if isinstance(named, list | tuple):
        return {"concepts": tuple(named)}
    if isinstance(named, dict) and isinstance(concepts := named.get("concepts"), str | list):
        return {**named, "concepts": (concepts,) if isinstance(concepts, str) else tuple(concepts)}
    return value


MaskField = Annotated[Mask, BeforeValidator(_as_mask, json_schema_input_type=Mask | str | tuple[str, ...])]


#: Name → model of every attack, in the order of the package's modules and of the classes in them.
ATTACKS: dict[str, "type[Attack]"] = {}


class Attack(Frozen):
    """What all attacks share. A class whose `name` has a default is an attack, and enters itself into `ATTACKS`."""

    paper: ClassVar[str]
    summary: ClassVar[str]
    facts: ClassVar[Facts]

    name: str
    id: str | None = Field(
        None,
        max_length=80,
        pattern=pattern(
            r"^[A-Za-z0-9][A-Za-z0-9._+-]*$",
            "write letters, digits, ., _, + and - alone, beginning with a letter or digit",
        ),
        description="Its name in the report; made from the options when null",
    )
    mask: MaskField | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="The only pixels that may change: of masks that come with the images, by name; null is all",
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        name = cls.model_fields["name"].default
        if isinstance(name, str) and ATTACKS.setdefault(name, cls) is not cls:
            raise TypeError(f"there are two attacks called {name!r}")

    @property
    def measured_norm(self) -> AnyNorm:
        """The norm that its distances are in."""
        return getattr(self, "norm", None) or self.facts.norm or "linf"

    @property
    def region(self) -> str | None:
        """The part of the image that may change, in words; None is all of it."""
        return None if self.mask is None else str(self.mask)

    @property
    def threat_model(self) -> ThreatModel:
        """What worst cases are taken over: a ball, the nearest example by a norm, or what the attack alone does."""
        norm, eps = getattr(self, "norm", None), getattr(self, "eps", None)
        if norm is None:
            return ThreatModel(kind="other", change=self.name, region=self.region)
        kind: Literal["minimal", "ball"] = "minimal" if eps is None else "ball"
        return ThreatModel(kind=kind, norm=norm, eps=eps, region=self.region)


class EpsAttack(Attack):
    """An attack inside a ball of radius eps, in units of the [0, 1] pixel domain."""

    norm: Norm = Field("linf", description="Of the ball: L-infinity or L2")
    eps: Change = Field(8 / 255, description='At most 1 for linf. Fractions such as "8/255" are understood')

    @field_validator("eps")
    @classmethod
    def _linf_eps_at_most_one(cls, value: float, info: ValidationInfo) -> float:
        if info.data.get("norm") == "linf" and value > 1:
            raise ValueError('eps must be in (0, 1]: pixels are in [0, 1]; for 8 of 255 levels write "8/255"')
        return value


#: A class by its number or by its name.
ChosenClass = Annotated[StrictInt, Field(ge=0, le=1_000_000)] | Annotated[str, Field(min_length=1, max_length=200)]


class AimedAttack(EpsAttack):
    """An attack in a ball that can aim at one chosen class: `target` is then its number or name.

    Samples of that class are not attacked. The attack goes on until the chosen class is reached; other wrong classes on
    the way are adversarial examples too, and are counted apart.
    """

    #: Values of `target` that are rules for choosing a class and no class.
    rules: ClassVar[tuple[str, ...]] = ()

    @property
    def chosen(self) -> int | str | None:
        """The chosen class; None when a rule chooses, or nothing is aimed at."""
        target: int | str = getattr(self, "target", "")
        return None if target in self.rules else target

    @property
    def threat_model(self) -> ThreatModel:
        return ThreatModel(kind="ball", norm=self.norm, eps=self.eps, target=self.chosen, region=self.region)

    @model_validator(mode="before")
    @classmethod
    def _a_class_is_aimed_at(cls, data: Any) -> Any:
        silent = isinstance(data, dict) and "targeted" in cls.model_fields and data.get("targeted") is None
        if silent and data.get("target", cls.rules[0]) not in cls.rules:
            return {**data, "targeted": True}
        return data

    @field_validator("target", check_fields=False)
    @classmethod
    def _a_chosen_class_is_targeted(cls, value: int | str, info: ValidationInfo) -> int | str:
        if value not in cls.rules and info.data.get("targeted", True) is False:
            raise ValueError("a chosen class needs targeted: true")
        return value


class MinimalL2(Attack):
    """An attack without a ball that looks for the smallest L2 distance."""

    norm: Literal["l2"] = Field("l2", description="Of the distance that is made small")
