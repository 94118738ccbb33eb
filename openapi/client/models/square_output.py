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

from ..models.square_output_norm import SquareOutputNorm
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.mask import Mask


T = TypeVar("T", bound="SquareOutput")


@_attrs_define
class SquareOutput:
    """
    Attributes:
        name (Literal['square'] | Unset):  Default: 'square'.
        id (None | str | Unset): Its name in the report; made from the options when null
        mask (Mask | None | Unset): The only pixels that may change: of masks that come with the images, by name; null
            is all
        norm (SquareOutputNorm | Unset): Of the ball: L-infinity or L2 Default: SquareOutputNorm.LINF.
        eps (float | Unset): At most 1 for linf. Fractions such as "8/255" are understood Default: 0.03137254901960784.
        queries (int | Unset): At most, a sample and restart Default: 5000.
        p_init (float | Unset): Share of the pixels in the first patch Default: 0.8.
        restarts (int | Unset): Runs from new random points on what is still robust Default: 1.
    """

    name: Literal["square"] | Unset = "square"
    id: None | str | Unset = UNSET
    mask: Mask | None | Unset = UNSET
    norm: SquareOutputNorm | Unset = SquareOutputNorm.LINF
    eps: float | Unset = 0.03137254901960784
    queries: int | Unset = 5000
    p_init: float | Unset = 0.8
    restarts: int | Unset = 1

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

        queries = self.queries

        p_init = self.p_init

        restarts = self.restarts

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
        if queries is not UNSET:
            field_dict["queries"] = queries
        if p_init is not UNSET:
            field_dict["p_init"] = p_init
        if restarts is not UNSET:
            field_dict["restarts"] = restarts

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mask import Mask  # noqa: PLC0415

        d = dict(src_dict)
        name = cast(Literal["square"] | Unset, d.pop("name", UNSET))
        if name != "square":
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
        norm: SquareOutputNorm | Unset
        if isinstance(_norm, Unset):
            norm = UNSET
        else:
            norm = SquareOutputNorm(_norm)

        eps = d.pop("eps", UNSET)

        queries = d.pop("queries", UNSET)

        p_init = d.pop("p_init", UNSET)

        restarts = d.pop("restarts", UNSET)

        square_output = cls(
            name=name,
            id=id,
            mask=mask,
            norm=norm,
            eps=eps,
            queries=queries,
            p_init=p_init,
            restarts=restarts,
        )

        return square_output
