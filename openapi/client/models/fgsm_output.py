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

from ..models.fgsm_output_norm import FgsmOutputNorm
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.mask import Mask


T = TypeVar("T", bound="FgsmOutput")


@_attrs_define
class FgsmOutput:
    """
    Attributes:
        name (Literal['fgsm'] | Unset):  Default: 'fgsm'.
        id (None | str | Unset): Its name in the report; made from the options when null
        mask (Mask | None | Unset): The only pixels that may change: of masks that come with the images, by name; null
            is all
        norm (FgsmOutputNorm | Unset): Of the ball: L-infinity or L2 Default: FgsmOutputNorm.LINF.
        eps (float | Unset): At most 1 for linf. Fractions such as "8/255" are understood Default: 0.03137254901960784.
        targeted (bool | Unset): Towards `target`; any wrong class still counts as a success Default: False.
        target (int | Literal['runner_up'] | str | Unset): Second-highest clean logit, or one class for all by its
            number or name; its samples are not attacked Default: 'runner_up'.
    """

    name: Literal["fgsm"] | Unset = "fgsm"
    id: None | str | Unset = UNSET
    mask: Mask | None | Unset = UNSET
    norm: FgsmOutputNorm | Unset = FgsmOutputNorm.LINF
    eps: float | Unset = 0.03137254901960784
    targeted: bool | Unset = False
    target: int | Literal["runner_up"] | str | Unset = "runner_up"

    def to_dict(self) -> dict[str, Any]:
        from ..models.mask import Mask  # noqa: PLC0415

        name = self.name

        id: None | str | Unset
        if isinstance(self.id, Unset):
            id = UNSET
        else:
            id = self.id

        mask: dict[str, Any] | None | Unset
        if isinstance(self.mask, Unset):
            mask = UNSET
        elif isinstance(self.mask, Mask):
            mask = self.mask.to_dict()
        else:
            mask = self.mask

        norm: str | Unset = UNSET
        if not isinstance(self.norm, Unset):
            norm = self.norm.value

        eps = self.eps

        targeted = self.targeted

        target: int | Literal["runner_up"] | str | Unset
        if isinstance(self.target, Unset):
            target = UNSET
        else:
            target = self.target

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
        if eps is not UNSET:
            field_dict["eps"] = eps
        if targeted is not UNSET:
            field_dict["targeted"] = targeted
        if target is not UNSET:
            field_dict["target"] = target

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mask import Mask  # noqa: PLC0415

        d = dict(src_dict)
        name = cast(Literal["fgsm"] | Unset, d.pop("name", UNSET))
        if name != "fgsm":
            raise ValueError("of another name")

        def _parse_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        id = _parse_id(d.pop("id", UNSET))

        def _parse_mask(data: object) -> Mask | None | Unset:
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
            return cast(Mask | None | Unset, data)

        mask = _parse_mask(d.pop("mask", UNSET))

        _norm = d.pop("norm", UNSET)
        norm: FgsmOutputNorm | Unset
        if isinstance(_norm, Unset):
            norm = UNSET
        else:
            norm = FgsmOutputNorm(_norm)

        eps = d.pop("eps", UNSET)

        targeted = d.pop("targeted", UNSET)

        def _parse_target(data: object) -> int | Literal["runner_up"] | str | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                target_type_0 = cast(Literal["runner_up"], data)

                return target_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(int | Literal["runner_up"] | str | Unset, data)

        target = _parse_target(d.pop("target", UNSET))

        fgsm_output = cls(
            name=name,
            id=id,
            mask=mask,
            norm=norm,
            eps=eps,
            targeted=targeted,
            target=target,
        )

        return fgsm_output
