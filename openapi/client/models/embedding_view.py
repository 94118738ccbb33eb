from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.embedding_view_method import EmbeddingViewMethod

if TYPE_CHECKING:
    from ..models.plane import Plane


T = TypeVar("T", bound="EmbeddingView")


@_attrs_define
class EmbeddingView:
    """Activations of the layer in one plane, column by column: a place in each array is an image.

    Attributes:
        method (EmbeddingViewMethod):
        layer (str):
        index (list[int]):
        label (list[int]):
        predicted (list[int]):
        adversarial (list[int]):
        fooled (list[bool]):
        benign (Plane):
        attacked (Plane):
    """

    method: EmbeddingViewMethod
    layer: str
    index: list[int]
    label: list[int]
    predicted: list[int]
    adversarial: list[int]
    fooled: list[bool]
    benign: Plane
    attacked: Plane

    def to_dict(self) -> dict[str, Any]:
        method = self.method.value

        layer = self.layer

        index = self.index

        label = self.label

        predicted = self.predicted

        adversarial = self.adversarial

        fooled = self.fooled

        benign = self.benign.to_dict()

        attacked = self.attacked.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "method": method,
                "layer": layer,
                "index": index,
                "label": label,
                "predicted": predicted,
                "adversarial": adversarial,
                "fooled": fooled,
                "benign": benign,
                "attacked": attacked,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.plane import Plane  # noqa: PLC0415

        d = dict(src_dict)
        method = EmbeddingViewMethod(d.pop("method"))

        layer = d.pop("layer")

        index = cast(list[int], d.pop("index"))

        label = cast(list[int], d.pop("label"))

        predicted = cast(list[int], d.pop("predicted"))

        adversarial = cast(list[int], d.pop("adversarial"))

        fooled = cast(list[bool], d.pop("fooled"))

        benign = Plane.from_dict(d.pop("benign"))

        attacked = Plane.from_dict(d.pop("attacked"))

        embedding_view = cls(
            method=method,
            layer=layer,
            index=index,
            label=label,
            predicted=predicted,
            adversarial=adversarial,
            fooled=fooled,
            benign=benign,
            attacked=attacked,
        )

        return embedding_view
