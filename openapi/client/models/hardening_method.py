from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.hardening_method_kind import HardeningMethodKind
from ..types import UNSET, Unset

T = TypeVar("T", bound="HardeningMethod")


@_attrs_define
class HardeningMethod:
    """One way to train a robust model.

    Attributes:
        name (str):
        definition (str): What it minimises, with its source, as the report says it
        regulariser (float | None): Weight of its pairing term where the request names none; null for a method without
            one
        kind (HardeningMethodKind | Unset): `module` trains one layer alone; `edit` changes the network without training
            it Default: HardeningMethodKind.TRAINING.
        adversarial (bool | Unset): Whether it trains on adversarial images Default: True.
        stabilises (bool | Unset): Whether lambda L_sns over Omega is added to its loss Default: False.
    """

    name: str
    definition: str
    regulariser: float | None
    kind: HardeningMethodKind | Unset = HardeningMethodKind.TRAINING
    adversarial: bool | Unset = True
    stabilises: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        definition = self.definition

        regulariser: float | None
        regulariser = self.regulariser

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind.value

        adversarial = self.adversarial

        stabilises = self.stabilises

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "definition": definition,
                "regulariser": regulariser,
            }
        )
        if kind is not UNSET:
            field_dict["kind"] = kind
        if adversarial is not UNSET:
            field_dict["adversarial"] = adversarial
        if stabilises is not UNSET:
            field_dict["stabilises"] = stabilises

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        definition = d.pop("definition")

        def _parse_regulariser(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        regulariser = _parse_regulariser(d.pop("regulariser"))

        _kind = d.pop("kind", UNSET)
        kind: HardeningMethodKind | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = HardeningMethodKind(_kind)

        adversarial = d.pop("adversarial", UNSET)

        stabilises = d.pop("stabilises", UNSET)

        hardening_method = cls(
            name=name,
            definition=definition,
            regulariser=regulariser,
            kind=kind,
            adversarial=adversarial,
            stabilises=stabilises,
        )

        return hardening_method
