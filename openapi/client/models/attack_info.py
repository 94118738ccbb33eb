from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.attack_info_defaults import AttackInfoDefaults
    from ..models.attack_info_schema import AttackInfoSchema


T = TypeVar("T", bound="AttackInfo")


@_attrs_define
class AttackInfo:
    """One attack that can be asked for.

    Attributes:
        name (str):
        summary (str):
        paper (str):
        threat_model (str): With default options; worst cases are taken within one threat model
        black_box (bool): True when it needs no gradients
        atlas (list[str]): Its techniques in MITRE ATLAS; none of a corruption
        defaults (AttackInfoDefaults):
        schema (AttackInfoSchema): JSON Schema of its options
    """

    name: str
    summary: str
    paper: str
    threat_model: str
    black_box: bool
    atlas: list[str]
    defaults: AttackInfoDefaults
    schema: AttackInfoSchema
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        summary = self.summary

        paper = self.paper

        threat_model = self.threat_model

        black_box = self.black_box

        atlas = self.atlas

        defaults = self.defaults.to_dict()

        schema = self.schema.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "summary": summary,
                "paper": paper,
                "threat_model": threat_model,
                "black_box": black_box,
                "atlas": atlas,
                "defaults": defaults,
                "schema": schema,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.attack_info_defaults import AttackInfoDefaults  # noqa: PLC0415
        from ..models.attack_info_schema import AttackInfoSchema  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        summary = d.pop("summary")

        paper = d.pop("paper")

        threat_model = d.pop("threat_model")

        black_box = d.pop("black_box")

        atlas = cast(list[str], d.pop("atlas"))

        defaults = AttackInfoDefaults.from_dict(d.pop("defaults"))

        schema = AttackInfoSchema.from_dict(d.pop("schema"))

        attack_info = cls(
            name=name,
            summary=summary,
            paper=paper,
            threat_model=threat_model,
            black_box=black_box,
            atlas=atlas,
            defaults=defaults,
            schema=schema,
        )

        attack_info.additional_properties = d
        return attack_info

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
