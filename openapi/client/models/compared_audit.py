from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ComparedAudit")


@_attrs_define
class ComparedAudit:
    """One side.

    Attributes:
        id (str):
        created_at (str):
        model_id (str):
        model_name (str):
        model_sha256 (str):
        dataset_id (str):
        evaluated (int): Samples that it evaluated; n of them were evaluated by both
    """

    id: str
    created_at: str
    model_id: str
    model_name: str
    model_sha256: str
    dataset_id: str
    evaluated: int

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        created_at = self.created_at

        model_id = self.model_id

        model_name = self.model_name

        model_sha256 = self.model_sha256

        dataset_id = self.dataset_id

        evaluated = self.evaluated

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "created_at": created_at,
                "model_id": model_id,
                "model_name": model_name,
                "model_sha256": model_sha256,
                "dataset_id": dataset_id,
                "evaluated": evaluated,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        created_at = d.pop("created_at")

        model_id = d.pop("model_id")

        model_name = d.pop("model_name")

        model_sha256 = d.pop("model_sha256")

        dataset_id = d.pop("dataset_id")

        evaluated = d.pop("evaluated")

        compared_audit = cls(
            id=id,
            created_at=created_at,
            model_id=model_id,
            model_name=model_name,
            model_sha256=model_sha256,
            dataset_id=dataset_id,
            evaluated=evaluated,
        )

        return compared_audit
