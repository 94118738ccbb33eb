from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.both_images import BothImages
    from ..models.perturbation import Perturbation
    from ..models.picture import Picture


T = TypeVar("T", bound="ImageView")


@_attrs_define
class ImageView:
    """One image, benign and under the attack of `neurons.vulnerability`.

    Attributes:
        index (int): Its number in the data set
        label (int):
        predicted (int):
        adversarial (int): Its class under attack
        correct (bool):
        fooled (bool):
        probabilities (BothImages):
        perturbation (Perturbation): x' - x in pixels in [0, 1].
        fields (bool): Whether there are pictures of neurons' fields in it, as `field-benign.png?neurons=3`
        pictures (list[Picture]):
    """

    index: int
    label: int
    predicted: int
    adversarial: int
    correct: bool
    fooled: bool
    probabilities: BothImages
    perturbation: Perturbation
    fields: bool
    pictures: list[Picture]

    def to_dict(self) -> dict[str, Any]:
        index = self.index

        label = self.label

        predicted = self.predicted

        adversarial = self.adversarial

        correct = self.correct

        fooled = self.fooled

        probabilities = self.probabilities.to_dict()

        perturbation = self.perturbation.to_dict()

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
                "predicted": predicted,
                "adversarial": adversarial,
                "correct": correct,
                "fooled": fooled,
                "probabilities": probabilities,
                "perturbation": perturbation,
                "fields": fields,
                "pictures": pictures,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.both_images import BothImages  # noqa: PLC0415
        from ..models.perturbation import Perturbation  # noqa: PLC0415
        from ..models.picture import Picture  # noqa: PLC0415

        d = dict(src_dict)
        index = d.pop("index")

        label = d.pop("label")

        predicted = d.pop("predicted")

        adversarial = d.pop("adversarial")

        correct = d.pop("correct")

        fooled = d.pop("fooled")

        probabilities = BothImages.from_dict(d.pop("probabilities"))

        perturbation = Perturbation.from_dict(d.pop("perturbation"))

        fields = d.pop("fields")

        pictures = []
        _pictures = d.pop("pictures")
        for pictures_item_data in _pictures:
            pictures_item = Picture.from_dict(pictures_item_data)

            pictures.append(pictures_item)

        image_view = cls(
            index=index,
            label=label,
            predicted=predicted,
            adversarial=adversarial,
            correct=correct,
            fooled=fooled,
            probabilities=probabilities,
            perturbation=perturbation,
            fields=fields,
            pictures=pictures,
        )

        return image_view
