from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="FieldImage")


@_attrs_define
class FieldImage:
    """One image; the activations are the largest of the neuron's map.

    Attributes:
        index (int):
        activation (float):
        activation_adv (float): In the image's full-strength adversarial example
        label (int):
    """

    index: int
    activation: float
    activation_adv: float
    label: int

    def to_dict(self) -> dict[str, Any]:
        index = self.index

        activation = self.activation

        activation_adv = self.activation_adv

        label = self.label

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "index": index,
                "activation": activation,
                "activation_adv": activation_adv,
                "label": label,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        index = d.pop("index")

        activation = d.pop("activation")

        activation_adv = d.pop("activation_adv")

        label = d.pop("label")

        field_image = cls(
            index=index,
            activation=activation,
            activation_adv=activation_adv,
            label=label,
        )

        return field_image
