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


T = TypeVar("T", bound="IfgsmOutput")


@_attrs_define
class IfgsmOutput:
    """
    Attributes:
        name (Literal['ifgsm'] | Unset):  Default: 'ifgsm'.
        id (None | str | Unset): Its name in the report; made from the options when null
        mask (Mask | None | Unset): The only pixels that may change: of masks that come with the images, by name; null
            is all
        norm (Literal['linf'] | Unset): Always L-infinity Default: 'linf'.
        eps (float | Unset): At most 1 for linf. Fractions such as "8/255" are understood Default: 0.03137254901960784.
        steps (int | Unset): Gradient steps Default: 10.
        step_size (float | None | Unset): null is eps / steps
        targeted (bool | Unset): Towards `target`; any wrong class still counts as a success Default: False.
        target (int | Literal['runner_up'] | str | Unset): Second-highest clean logit, or one class for all by its
            number or name; its samples are not attacked Default: 'runner_up'.
    """

    name: Literal["ifgsm"] | Unset = "ifgsm"
    id: None | str | Unset = UNSET
    mask: Mask | None | Unset = UNSET
    norm: Literal["linf"] | Unset = "linf"
    eps: float | Unset = 0.03137254901960784
    steps: int | Unset = 10
    step_size: float | None | Unset = UNSET
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

        norm = self.norm

        eps = self.eps

        steps = self.steps

        step_size: float | None | Unset
        if isinstance(self.step_size, Unset):
            step_size = UNSET
        else:
            step_size = self.step_size

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
        if steps is not UNSET:
            field_dict["steps"] = steps
        if step_size is not UNSET:
            field_dict["step_size"] = step_size
        if targeted is not UNSET:
            field_dict["targeted"] = targeted
        if target is not UNSET:
            field_dict["target"] = target

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mask import Mask  # noqa: PLC0415

        d = dict(src_dict)
        name = cast(Literal["ifgsm"] | Unset, d.pop("name", UNSET))
        if name != "ifgsm":
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

        norm = cast(Literal["linf"] | Unset, d.pop("norm", UNSET))

        eps = d.pop("eps", UNSET)

        steps = d.pop("steps", UNSET)

        def _parse_step_size(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        step_size = _parse_step_size(d.pop("step_size", UNSET))

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

        ifgsm_output = cls(
            name=name,
            id=id,
            mask=mask,
            norm=norm,
            eps=eps,
            steps=steps,
            step_size=step_size,
            targeted=targeted,
            target=target,
        )

        return ifgsm_output
