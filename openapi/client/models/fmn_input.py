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

from ..models.fmn_input_norm import FmnInputNorm
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.mask import Mask


T = TypeVar("T", bound="FmnInput")


@_attrs_define
class FmnInput:
    """
    Attributes:
        name (Literal['fmn'] | Unset):  Default: 'fmn'.
        id (None | str | Unset): Its name in the report; made from the options when null
        mask (list[str] | Mask | None | str | Unset): The only pixels that may change: of masks that come with the
            images, by name; null is all
        norm (FmnInputNorm | Unset): Of the distance that is made small; l0 counts pixels, all channels together
            Default: FmnInputNorm.L2.
        steps (int | Unset): Gradient steps of all rounds, those along the boundary included Default: 100.
        step_size (float | str | Unset): L2 length of the first step (linf: in radii of the ball); falls by a cosine to
            a hundredth Default: 1.0.
        gamma (float | None | Unset): Share by which the ball grows or shrinks at first; falls likewise. Null is 0.5 for
            l2, 0.4 for l1, 0.2 for linf, 0.15 for l0; the paper's is 0.05
    """

    name: Literal["fmn"] | Unset = "fmn"
    id: None | str | Unset = UNSET
    mask: list[str] | Mask | None | str | Unset = UNSET
    norm: FmnInputNorm | Unset = FmnInputNorm.L2
    steps: int | Unset = 100
    step_size: float | str | Unset = 1.0
    gamma: float | None | Unset = UNSET

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

        norm: str | Unset = UNSET
        if not isinstance(self.norm, Unset):
            norm = self.norm.value

        steps = self.steps

        step_size: float | str | Unset
        if isinstance(self.step_size, Unset):
            step_size = UNSET
        else:
            step_size = self.step_size

        gamma: float | None | Unset
        if isinstance(self.gamma, Unset):
            gamma = UNSET
        else:
            gamma = self.gamma

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
        if steps is not UNSET:
            field_dict["steps"] = steps
        if step_size is not UNSET:
            field_dict["step_size"] = step_size
        if gamma is not UNSET:
            field_dict["gamma"] = gamma

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mask import Mask  # noqa: PLC0415

        d = dict(src_dict)
        name = cast(Literal["fmn"] | Unset, d.pop("name", UNSET))
        if name != "fmn":
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

        _norm = d.pop("norm", UNSET)
        norm: FmnInputNorm | Unset
        if isinstance(_norm, Unset):
            norm = UNSET
        else:
            norm = FmnInputNorm(_norm)

        steps = d.pop("steps", UNSET)

        def _parse_step_size(data: object) -> float | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(float | str | Unset, data)

        step_size = _parse_step_size(d.pop("step_size", UNSET))

        def _parse_gamma(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        gamma = _parse_gamma(d.pop("gamma", UNSET))

        fmn_input = cls(
            name=name,
            id=id,
            mask=mask,
            norm=norm,
            steps=steps,
            step_size=step_size,
            gamma=gamma,
        )

        return fmn_input
