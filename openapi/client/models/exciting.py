from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.exciting_image import ExcitingImage


T = TypeVar("T", bound="Exciting")


@_attrs_define
class Exciting:
    """The images with the largest activations, largest first.

    Attributes:
        benign (list[ExcitingImage]):
        adversarial (list[ExcitingImage] | None): Null of neurons of `receptive_fields`, which look through benign
            images alone
    """

    benign: list[ExcitingImage]
    adversarial: list[ExcitingImage] | None

    def to_dict(self) -> dict[str, Any]:
        benign = []
        for benign_item_data in self.benign:
            benign_item = benign_item_data.to_dict()
            benign.append(benign_item)

        adversarial: list[dict[str, Any]] | None
        if isinstance(self.adversarial, list):
            adversarial = []
            for adversarial_type_0_item_data in self.adversarial:
                adversarial_type_0_item = adversarial_type_0_item_data.to_dict()
                adversarial.append(adversarial_type_0_item)

        else:
            adversarial = self.adversarial

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "benign": benign,
                "adversarial": adversarial,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.exciting_image import ExcitingImage  # noqa: PLC0415

        d = dict(src_dict)
        benign = []
        _benign = d.pop("benign")
        for benign_item_data in _benign:
            benign_item = ExcitingImage.from_dict(benign_item_data)

            benign.append(benign_item)

        def _parse_adversarial(data: object) -> list[ExcitingImage] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                adversarial_type_0 = []
                _adversarial_type_0 = data
                for adversarial_type_0_item_data in _adversarial_type_0:
                    adversarial_type_0_item = ExcitingImage.from_dict(adversarial_type_0_item_data)

                    adversarial_type_0.append(adversarial_type_0_item)

                return adversarial_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[ExcitingImage] | None, data)

        adversarial = _parse_adversarial(d.pop("adversarial"))

        exciting = cls(
            benign=benign,
            adversarial=adversarial,
        )

        return exciting
