from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.mask import Mask


T = TypeVar("T", bound="EadInput")


@_attrs_define
class EadInput:
    """
    Attributes:
        name (Literal['ead'] | Unset):  Default: 'ead'.
        id (None | str | Unset): Its name in the report; made from the options when null
        mask (list[str] | Mask | None | str | Unset): The only pixels that may change: of masks that come with the
            images, by name; null is all
        norm (Literal['l1'] | Unset): Of the distance that is made small Default: 'l1'.
        beta (float | Unset): Weight of L1, and the threshold below which a change is undone Default: 0.01.
        initial_const (float | Unset): The first c; ten times as much while nothing is found Default: 0.001.
        confidence (float | Unset): kappa: the margin that a success must have Default: 0.0.
        binary_search_steps (int | Unset): Values of c that are tried Default: 9.
        steps (int | Unset): At most, in each binary search step Default: 150.
        learning_rate (float | Unset): First step size; falls with the square root of what is left Default: 0.01.
    """

    name: Literal["ead"] | Unset = "ead"
    id: None | str | Unset = UNSET
    mask: list[str] | Mask | None | str | Unset = UNSET
    norm: Literal["l1"] | Unset = "l1"
    beta: float | Unset = 0.01
    initial_const: float | Unset = 0.001
    confidence: float | Unset = 0.0
    binary_search_steps: int | Unset = 9
    steps: int | Unset = 150
    learning_rate: float | Unset = 0.01

    def to_dict(self) -> dict[str, Any]:
        from ..models.mask import Mask  # noqa: PLC0415

        name = self.name

        id: None | str | Unset
        if isinstance(self.id, Unset):
            id = UNSET
        else:
            id = self.id

        mask: dict[str, Any] | list[str] | None | str | Unset
        if isinstance(self.mask, Unset):
            mask = UNSET
        elif isinstance(self.mask, Mask):
            mask = self.mask.to_dict()
        elif isinstance(self.mask, list):
            mask = self.mask

        else:
            mask = self.mask

        norm = self.norm

        beta = self.beta

        initial_const = self.initial_const

        confidence = self.confidence

        binary_search_steps = self.binary_search_steps

        steps = self.steps

        learning_rate = self.learning_rate

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if id is not UNSET:
            field_dict["id"] = id
        if mask is not UNSET:
            field_dict["mask"] = mask
        if norm is not UNSET:
            field_dict["norm"] = norm
        if beta is not UNSET:
            field_dict["beta"] = beta
        if initial_const is not UNSET:
            field_dict["initial_const"] = initial_const
        if confidence is not UNSET:
            field_dict["confidence"] = confidence
        if binary_search_steps is not UNSET:
            field_dict["binary_search_steps"] = binary_search_steps
        if steps is not UNSET:
            field_dict["steps"] = steps
        if learning_rate is not UNSET:
            field_dict["learning_rate"] = learning_rate

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mask import Mask  # noqa: PLC0415

        d = dict(src_dict)
        name = cast(Literal["ead"] | Unset, d.pop("name", UNSET))
        if name != "ead":
            raise ValueError("of another name")

        def _parse_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        id = _parse_id(d.pop("id", UNSET))

        def _parse_mask(data: object) -> list[str] | Mask | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                mask_type_0 = Mask.from_dict(data)

                return mask_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, list):
                    raise TypeError()
                mask_type_2 = cast(list[str], data)

                return mask_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | Mask | None | str | Unset, data)

        mask = _parse_mask(d.pop("mask", UNSET))

        norm = cast(Literal["l1"] | Unset, d.pop("norm", UNSET))

        beta = d.pop("beta", UNSET)

        initial_const = d.pop("initial_const", UNSET)

        confidence = d.pop("confidence", UNSET)

        binary_search_steps = d.pop("binary_search_steps", UNSET)

        steps = d.pop("steps", UNSET)

        learning_rate = d.pop("learning_rate", UNSET)

        ead_input = cls(
            name=name,
            id=id,
            mask=mask,
            norm=norm,
            beta=beta,
            initial_const=initial_const,
            confidence=confidence,
            binary_search_steps=binary_search_steps,
            steps=steps,
            learning_rate=learning_rate,
        )

        return ead_input
