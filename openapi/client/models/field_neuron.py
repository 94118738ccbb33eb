from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..models.field_neuron_group import FieldNeuronGroup

if TYPE_CHECKING:
    from ..models.field_image import FieldImage


T = TypeVar("T", bound="FieldNeuron")


@_attrs_define
class FieldNeuron:
    """
    Attributes:
        neuron (int):
        group (FieldNeuronGroup):
        sensitivity (float): sigma (Eq. 1)
        images (list[FieldImage]): Those that excite it most, largest activation first
    """

    neuron: int
    group: FieldNeuronGroup
    sensitivity: float
    images: list[FieldImage]

    def to_dict(self) -> dict[str, Any]:
        neuron = self.neuron

        group = self.group.value

        sensitivity = self.sensitivity

        images = []
        for images_item_data in self.images:
            images_item = images_item_data.to_dict()
            images.append(images_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "neuron": neuron,
                "group": group,
                "sensitivity": sensitivity,
                "images": images,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.field_image import FieldImage  # noqa: PLC0415

        d = dict(src_dict)
        neuron = d.pop("neuron")

        group = FieldNeuronGroup(d.pop("group"))

        sensitivity = d.pop("sensitivity")

        images = []
        _images = d.pop("images")
        for images_item_data in _images:
            images_item = FieldImage.from_dict(images_item_data)

            images.append(images_item)

        field_neuron = cls(
            neuron=neuron,
            group=group,
            sensitivity=sensitivity,
            images=images,
        )

        return field_neuron
