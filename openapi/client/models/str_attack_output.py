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


T = TypeVar("T", bound="StrAttackOutput")


@_attrs_define
class StrAttackOutput:
    """
    Attributes:
        name (Literal['strattack'] | Unset):  Default: 'strattack'.
        id (None | str | Unset): Its name in the report; made from the options when null
        mask (Mask | None | Unset): The only pixels that may change: of masks that come with the images, by name; null
            is all
        norm (Literal['l2'] | Unset): Of the distance that is made small Default: 'l2'.
        group (int | None | Unset): Side of a group in pixels; null: 2 up to 32 pixels, else 13
        initial_const (float | Unset): The first c; ten times as much while nothing is found Default: 1.0.
        binary_search_steps (int | Unset): Values of c that are tried Default: 4.
        steps (int | Unset): ADMM rounds in each binary search step Default: 100.
        gamma (float | Unset): Weight of the squared L2 norm Default: 1.0.
        tau (float | Unset): Weight of the sum of the groups' L2 norms Default: 2.0.
        rho (float | Unset): Weight of ADMM's penalty Default: 5.0.
        max_change (float | Unset): The most that a pixel may change, at most 1 has a meaning Default: 1.0.
    """

    name: Literal["strattack"] | Unset = "strattack"
    id: None | str | Unset = UNSET
    mask: Mask | None | Unset = UNSET
    norm: Literal["l2"] | Unset = "l2"
    group: int | None | Unset = UNSET
    initial_const: float | Unset = 1.0
    binary_search_steps: int | Unset = 4
    steps: int | Unset = 100
    gamma: float | Unset = 1.0
    tau: float | Unset = 2.0
    rho: float | Unset = 5.0
    max_change: float | Unset = 1.0

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

        group: int | None | Unset
        if isinstance(self.group, Unset):
            group = UNSET
        else:
            group = self.group

        initial_const = self.initial_const

        binary_search_steps = self.binary_search_steps

        steps = self.steps

        gamma = self.gamma

        tau = self.tau

        rho = self.rho

        max_change = self.max_change

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
        if group is not UNSET:
            field_dict["group"] = group
        if initial_const is not UNSET:
            field_dict["initial_const"] = initial_const
        if binary_search_steps is not UNSET:
            field_dict["binary_search_steps"] = binary_search_steps
        if steps is not UNSET:
            field_dict["steps"] = steps
        if gamma is not UNSET:
            field_dict["gamma"] = gamma
        if tau is not UNSET:
            field_dict["tau"] = tau
        if rho is not UNSET:
            field_dict["rho"] = rho
        if max_change is not UNSET:
            field_dict["max_change"] = max_change

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mask import Mask  # noqa: PLC0415

        d = dict(src_dict)
        name = cast(Literal["strattack"] | Unset, d.pop("name", UNSET))
        if name != "strattack":
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

        norm = cast(Literal["l2"] | Unset, d.pop("norm", UNSET))

        def _parse_group(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        group = _parse_group(d.pop("group", UNSET))

        initial_const = d.pop("initial_const", UNSET)

        binary_search_steps = d.pop("binary_search_steps", UNSET)

        steps = d.pop("steps", UNSET)

        gamma = d.pop("gamma", UNSET)

        tau = d.pop("tau", UNSET)

        rho = d.pop("rho", UNSET)

        max_change = d.pop("max_change", UNSET)

        str_attack_output = cls(
            name=name,
            id=id,
            mask=mask,
            norm=norm,
            group=group,
            initial_const=initial_const,
            binary_search_steps=binary_search_steps,
            steps=steps,
            gamma=gamma,
            tau=tau,
            rho=rho,
            max_change=max_change,
        )

        return str_attack_output
