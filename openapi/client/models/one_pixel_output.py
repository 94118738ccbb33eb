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


T = TypeVar("T", bound="OnePixelOutput")


@_attrs_define
class OnePixelOutput:
    """
    Attributes:
        name (Literal['one_pixel'] | Unset):  Default: 'one_pixel'.
        id (None | str | Unset): Its name in the report; made from the options when null
        mask (Mask | None | Unset): The only pixels that may change: of masks that come with the images, by name; null
            is all
        pixels (int | Unset): Pixels that may change Default: 1.
        population (int | Unset): Candidates of a generation; each is one query Default: 400.
        generations (int | Unset): Generations after the first, at most Default: 100.
        mutation (float | Unset): F: the weight of the difference of two candidates Default: 0.5.
    """

    name: Literal["one_pixel"] | Unset = "one_pixel"
    id: None | str | Unset = UNSET
    mask: Mask | None | Unset = UNSET
    pixels: int | Unset = 1
    population: int | Unset = 400
    generations: int | Unset = 100
    mutation: float | Unset = 0.5

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

        pixels = self.pixels

        population = self.population

        generations = self.generations

        mutation = self.mutation

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if id is not UNSET:
            field_dict["id"] = id
        if mask is not UNSET:
            field_dict["mask"] = mask
        if pixels is not UNSET:
            field_dict["pixels"] = pixels
        if population is not UNSET:
            field_dict["population"] = population
        if generations is not UNSET:
            field_dict["generations"] = generations
        if mutation is not UNSET:
            field_dict["mutation"] = mutation

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mask import Mask  # noqa: PLC0415

        d = dict(src_dict)
        name = cast(Literal["one_pixel"] | Unset, d.pop("name", UNSET))
        if name != "one_pixel":
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

        pixels = d.pop("pixels", UNSET)

        population = d.pop("population", UNSET)

        generations = d.pop("generations", UNSET)

        mutation = d.pop("mutation", UNSET)

        one_pixel_output = cls(
            name=name,
            id=id,
            mask=mask,
            pixels=pixels,
            population=population,
            generations=generations,
            mutation=mutation,
        )

        return one_pixel_output
