from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PairInfo")


@_attrs_define
class PairInfo:
    """
    Attributes:
        attack (str):
        eps (float):
        n (int):
        steps (int | None | Unset):
    """

    attack: str
    eps: float
    n: int
    steps: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        attack = self.attack

        eps = self.eps

        n = self.n

        steps: int | None | Unset
        if isinstance(self.steps, Unset):
            steps = UNSET
        else:
            steps = self.steps

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "attack": attack,
                "eps": eps,
                "n": n,
            }
        )
        if steps is not UNSET:
            field_dict["steps"] = steps

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        attack = d.pop("attack")

        eps = d.pop("eps")

        n = d.pop("n")

        def _parse_steps(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        steps = _parse_steps(d.pop("steps", UNSET))

        pair_info = cls(
            attack=attack,
            eps=eps,
            n=n,
            steps=steps,
        )

        return pair_info
