from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.picture import Picture


T = TypeVar("T", bound="ExcitingImage")


@_attrs_define
class ExcitingImage:
    """An image that excites the neuron, with its activation there and in its adversarial twin.

    Attributes:
        index (int):
        label (int):
        activation (float):
        activation_adv (float):
        fields (bool): As of an image in /images
        pictures (list[Picture]):
    """

    index: int
    label: int
    activation: float
    activation_adv: float
    fields: bool
    pictures: list[Picture]

    def to_dict(self) -> dict[str, Any]:
        index = self.index

        label = self.label

        activation = self.activation

        activation_adv = self.activation_adv

        fields = self.fields

        pictures = []
        for pictures_item_data in self.pictures:
            pictures_item = pictures_item_data.to_dict()
            pictures.append(pictures_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "index": index,
                "label": label,
                "activation": activation,
                "activation_adv": activation_adv,
                "fields": fields,
                "pictures": pictures,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.picture import Picture  # noqa: PLC0415

        d = dict(src_dict)
        index = d.pop("index")

        label = d.pop("label")

        activation = d.pop("activation")

        activation_adv = d.pop("activation_adv")

        fields = d.pop("fields")

        pictures = []
        _pictures = d.pop("pictures")
        for pictures_item_data in _pictures:
            pictures_item = Picture.from_dict(pictures_item_data)

            pictures.append(pictures_item)

        exciting_image = cls(
            index=index,
            label=label,
            activation=activation,
            activation_adv=activation_adv,
            fields=fields,
            pictures=pictures,
        )

        return exciting_image
