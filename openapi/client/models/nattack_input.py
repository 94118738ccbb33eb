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

from ..models.nattack_input_norm import NattackInputNorm
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.mask import Mask


T = TypeVar("T", bound="NattackInput")


@_attrs_define
class NattackInput:
    """
    Attributes:
        name (Literal['nattack'] | Unset):  Default: 'nattack'.
        id (None | str | Unset): Its name in the report; made from the options when null
        mask (list[str] | Mask | None | str | Unset): The only pixels that may change: of masks that come with the
            images, by name; null is all
        norm (NattackInputNorm | Unset): Of the ball: L-infinity or L2 Default: NattackInputNorm.LINF.
        eps (float | str | Unset): At most 1 for linf. Fractions such as "8/255" are understood Default:
            0.03137254901960784.
        steps (int | Unset): Moves of the mean at most Default: 100.
        samples (int | Unset): Samples a step Default: 300.
        sigma (float | Unset): Standard deviation; half of it in pixel units Default: 0.1.
        initial_mean (float | Unset): The mean at first; half of it in pixel units Default: 0.0.
        learning_rate (float | Unset): Of the mean Default: 0.008.
    """

    name: Literal["nattack"] | Unset = "nattack"
    id: None | str | Unset = UNSET
    mask: list[str] | Mask | None | str | Unset = UNSET
    norm: NattackInputNorm | Unset = NattackInputNorm.LINF
    eps: float | str | Unset = 0.03137254901960784
    steps: int | Unset = 100
    samples: int | Unset = 300
    sigma: float | Unset = 0.1
    initial_mean: float | Unset = 0.0
    learning_rate: float | Unset = 0.008

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

        samples = self.samples

        sigma = self.sigma

        initial_mean = self.initial_mean

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
        if eps is not UNSET:
            field_dict["eps"] = eps
        if steps is not UNSET:
            field_dict["steps"] = steps
        if samples is not UNSET:
            field_dict["samples"] = samples
        if sigma is not UNSET:
            field_dict["sigma"] = sigma
        if initial_mean is not UNSET:
            field_dict["initial_mean"] = initial_mean
        if learning_rate is not UNSET:
            field_dict["learning_rate"] = learning_rate

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mask import Mask  # noqa: PLC0415

        d = dict(src_dict)
        name = cast(Literal["nattack"] | Unset, d.pop("name", UNSET))
        if name != "nattack":
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
        norm: NattackInputNorm | Unset
        if isinstance(_norm, Unset):
            norm = UNSET
        else:
            norm = NattackInputNorm(_norm)

        def _parse_eps(data: object) -> float | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(float | str | Unset, data)

        eps = _parse_eps(d.pop("eps", UNSET))

        steps = d.pop("steps", UNSET)

        samples = d.pop("samples", UNSET)

        sigma = d.pop("sigma", UNSET)

        initial_mean = d.pop("initial_mean", UNSET)

        learning_rate = d.pop("learning_rate", UNSET)

        nattack_input = cls(
            name=name,
            id=id,
            mask=mask,
            norm=norm,
            eps=eps,
            steps=steps,
            samples=samples,
            sigma=sigma,
            initial_mean=initial_mean,
            learning_rate=learning_rate,
        )

        return nattack_input
