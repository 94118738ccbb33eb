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

from ..models.fab_t_input_norm import FabTInputNorm
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.mask import Mask


T = TypeVar("T", bound="FabTInput")


@_attrs_define
class FabTInput:
    """
    Attributes:
        name (Literal['fab_t'] | Unset):  Default: 'fab_t'.
        id (None | str | Unset): Its name in the report; made from the options when null
        mask (list[str] | Mask | None | str | Unset): The only pixels that may change: of masks that come with the
            images, by name; null is all
        norm (FabTInputNorm | Unset): Of the ball: L-infinity or L2 Default: FabTInputNorm.LINF.
        eps (float | str | Unset): At most 1 for linf. Fractions such as "8/255" are understood Default:
            0.03137254901960784.
        steps (int | Unset): Steps a restart and target Default: 100.
        restarts (int | Unset): Runs from new random points on what is still robust Default: 1.
        targets (int | Unset): Wrong classes with the highest clean logits; at most K - 1 Default: 9.
        target (int | Literal['likeliest'] | str | Unset): The `targets` likeliest classes, or one class for all by its
            number or name; its samples are not attacked Default: 'likeliest'.
    """

    name: Literal["fab_t"] | Unset = "fab_t"
    id: None | str | Unset = UNSET
    mask: list[str] | Mask | None | str | Unset = UNSET
    norm: FabTInputNorm | Unset = FabTInputNorm.LINF
    eps: float | str | Unset = 0.03137254901960784
    steps: int | Unset = 100
    restarts: int | Unset = 1
    targets: int | Unset = 9
    target: int | Literal["likeliest"] | str | Unset = "likeliest"

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

        eps: float | str | Unset
        if isinstance(self.eps, Unset):
            eps = UNSET
        else:
            eps = self.eps

        steps = self.steps

        restarts = self.restarts

        targets = self.targets

        target: int | Literal["likeliest"] | str | Unset
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
        if restarts is not UNSET:
            field_dict["restarts"] = restarts
        if targets is not UNSET:
            field_dict["targets"] = targets
        if target is not UNSET:
            field_dict["target"] = target

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mask import Mask  # noqa: PLC0415

        d = dict(src_dict)
        name = cast(Literal["fab_t"] | Unset, d.pop("name", UNSET))
        if name != "fab_t":
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
        norm: FabTInputNorm | Unset
        if isinstance(_norm, Unset):
            norm = UNSET
        else:
            norm = FabTInputNorm(_norm)

        def _parse_eps(data: object) -> float | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(float | str | Unset, data)

        eps = _parse_eps(d.pop("eps", UNSET))

        steps = d.pop("steps", UNSET)

        restarts = d.pop("restarts", UNSET)

        targets = d.pop("targets", UNSET)

        def _parse_target(data: object) -> int | Literal["likeliest"] | str | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                target_type_0 = cast(Literal["likeliest"], data)

                return target_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(int | Literal["likeliest"] | str | Unset, data)

        target = _parse_target(d.pop("target", UNSET))

        fab_t_input = cls(
            name=name,
            id=id,
            mask=mask,
            norm=norm,
            eps=eps,
            steps=steps,
            restarts=restarts,
            targets=targets,
            target=target,
        )

        return fab_t_input
