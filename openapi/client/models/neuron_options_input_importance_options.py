from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NeuronOptionsInputImportanceOptions")


@_attrs_define
class NeuronOptionsInputImportanceOptions:
    """Pairs aimed at each target: images of another class, kept only if their example is classified as the target.

    Attributes:
        k (int | Unset): Neurons in the rankings of Eq. 4, 5 and 7 Default: 20.
        targets (list[int] | Literal['all'] | Unset): Classes to aim at; `all` for models of at most 100 classes
            Default: 'all'.
        eps (float | None | str | Unset): L-infinity eps of the targeted PGD; null is that of `neurons`
        steps (int | None | Unset): null is those of `neurons`
        max_samples (int | None | Unset): Images; null is every evaluated sample
    """

    k: int | Unset = 20
    targets: list[int] | Literal["all"] | Unset = "all"
    eps: float | None | str | Unset = UNSET
    steps: int | None | Unset = UNSET
    max_samples: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        k = self.k

        targets: list[int] | Literal["all"] | Unset
        if isinstance(self.targets, Unset):
            targets = UNSET
        elif isinstance(self.targets, list):
            targets = self.targets

        else:
            targets = self.targets

        eps: float | None | str | Unset
        if isinstance(self.eps, Unset):
            eps = UNSET
        else:
            eps = self.eps

        steps: int | None | Unset
        if isinstance(self.steps, Unset):
            steps = UNSET
        else:
            steps = self.steps

        max_samples: int | None | Unset
        if isinstance(self.max_samples, Unset):
            max_samples = UNSET
        else:
            max_samples = self.max_samples

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if k is not UNSET:
            field_dict["k"] = k
        if targets is not UNSET:
            field_dict["targets"] = targets
        if eps is not UNSET:
            field_dict["eps"] = eps
        if steps is not UNSET:
            field_dict["steps"] = steps
        if max_samples is not UNSET:
            field_dict["max_samples"] = max_samples

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        k = d.pop("k", UNSET)

        def _parse_targets(data: object) -> list[int] | Literal["all"] | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                targets_type_0 = cast(Literal["all"], data)

                return targets_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, list):
                raise TypeError()
            targets_type_1 = cast(list[int], data)

            return targets_type_1

        targets = _parse_targets(d.pop("targets", UNSET))

        def _parse_eps(data: object) -> float | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | str | Unset, data)

        eps = _parse_eps(d.pop("eps", UNSET))

        def _parse_steps(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        steps = _parse_steps(d.pop("steps", UNSET))

        def _parse_max_samples(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_samples = _parse_max_samples(d.pop("max_samples", UNSET))

        neuron_options_input_importance_options = cls(
            k=k,
            targets=targets,
            eps=eps,
            steps=steps,
            max_samples=max_samples,
        )

        return neuron_options_input_importance_options
