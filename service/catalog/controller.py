"""`/v1/presets`, `/v1/attacks`, `/v1/hardening-methods`: what can be asked for, with its JSON Schema and defaults."""

from typing import Any

from litestar import Controller, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticUndefined

from openapi.attacks import ATTACKS
from openapi.attacks.base import Attack
from openapi.hardening_methods import METHODS, HardeningMethod
from openapi.presets import PRESETS, Preset
from service.http.bodies import answer
from service.http.docs import Doc, get_or_head
from service.pages import Page


class AttackInfo(BaseModel):
    """One attack that can be asked for."""

    model_config = ConfigDict(frozen=True)

    name: str
    summary: str
    paper: str
    threat_model: str = Field(description="With default options; worst cases are taken within one threat model")
    black_box: bool = Field(description="True when it needs no gradients")
    atlas: tuple[str, ...] = Field(description="Its techniques in MITRE ATLAS; none of a corruption")
    defaults: dict[str, Any]
    schema_: dict[str, Any] = Field(alias="schema", description="JSON Schema of its options")


def attack_info(kind: type[Attack]) -> AttackInfo:
    """Describe an attack by its contract model."""
    schema = kind.model_json_schema(by_alias=True)
    defaults = {
        field.alias or name: field.get_default(call_default_factory=True, validated_data={})
        for name, field in kind.model_fields.items()
        if field.get_default(call_default_factory=True, validated_data={}) is not PydanticUndefined
    }
    return AttackInfo(
        name=str(defaults["name"]),
        summary=kind.summary,
        paper=kind.paper,
        threat_model=str(kind.model_validate({"name": defaults["name"]}).threat_model),
        black_box=kind.facts.black_box,
        atlas=kind.facts.atlas,
        defaults=defaults,
        schema=schema,
    )


class CatalogController(Controller):
    """What can be asked for."""

    path = "/"
    tags = ["catalog"]

    @get_or_head("/presets", operation_id="listPresets", doc=Doc({200: Page[Preset]}))
    async def presets(self) -> Response[Any]:
        """List the named attack lists, every default written out."""
        return answer(Page[Preset](items=tuple(PRESETS.values()), next_cursor=None))

    @get_or_head("/attacks", operation_id="listAttacks", doc=Doc({200: Page[AttackInfo]}))
    async def attacks(self) -> Response[Any]:
        """List the attacks with options, defaults, threat model and paper."""
        return answer(Page[AttackInfo](items=tuple(attack_info(kind) for kind in ATTACKS.values()), next_cursor=None))

    @get_or_head("/hardening-methods", operation_id="listHardeningMethods", doc=Doc({200: Page[HardeningMethod]}))
    async def hardening_methods(self) -> Response[Any]:
        """List the methods that a hardening can train by, each with what it minimises and its source."""
        return answer(Page[HardeningMethod](items=tuple(METHODS.values()), next_cursor=None))
