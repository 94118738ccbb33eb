from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.so_far_judged_on_type_0 import SoFarJudgedOnType0

T = TypeVar("T", bound="SoFar")


@_attrs_define
class SoFar:
    """The best weights of a hardening that was cancelled or failed.

    Attributes:
        epoch (int | None): Whose weights these are; null where the worker did not say
        clean_accuracy (float | None):
        robust_accuracy (float | None):
        judged_on (None | SoFarJudgedOnType0): The accuracies are of the validation split, or of a few training images
        href (str): The artifact: safetensors under the file's own names
    """

    epoch: int | None
    clean_accuracy: float | None
    robust_accuracy: float | None
    judged_on: None | SoFarJudgedOnType0
    href: str

    def to_dict(self) -> dict[str, Any]:
        epoch: int | None
        epoch = self.epoch

        clean_accuracy: float | None
        clean_accuracy = self.clean_accuracy

        robust_accuracy: float | None
        robust_accuracy = self.robust_accuracy

        judged_on: None | str
        if isinstance(self.judged_on, SoFarJudgedOnType0):
            judged_on = self.judged_on.value
        else:
            judged_on = self.judged_on

        href = self.href

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "epoch": epoch,
                "clean_accuracy": clean_accuracy,
                "robust_accuracy": robust_accuracy,
                "judged_on": judged_on,
                "href": href,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_epoch(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        epoch = _parse_epoch(d.pop("epoch"))

        def _parse_clean_accuracy(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        clean_accuracy = _parse_clean_accuracy(d.pop("clean_accuracy"))

        def _parse_robust_accuracy(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        robust_accuracy = _parse_robust_accuracy(d.pop("robust_accuracy"))

        def _parse_judged_on(data: object) -> None | SoFarJudgedOnType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                judged_on_type_0 = SoFarJudgedOnType0(data)

                return judged_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SoFarJudgedOnType0, data)

        judged_on = _parse_judged_on(d.pop("judged_on"))

        href = d.pop("href")

        so_far = cls(
            epoch=epoch,
            clean_accuracy=clean_accuracy,
            robust_accuracy=robust_accuracy,
            judged_on=judged_on,
            href=href,
        )

        return so_far
