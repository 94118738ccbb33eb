from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.neuron_options_input_tap import NeuronOptionsInputTap
from ..models.neuron_options_input_zero_policy import NeuronOptionsInputZeroPolicy
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.neuron_options_input_importance_options import (
        NeuronOptionsInputImportanceOptions,
    )
    from ..models.neuron_options_input_receptive_field_options import (
        NeuronOptionsInputReceptiveFieldOptions,
    )
    from ..models.neuron_options_input_similarity_options import (
        NeuronOptionsInputSimilarityOptions,
    )
    from ..models.neuron_options_input_sweep_options import NeuronOptionsInputSweepOptions
    from ..models.suppression_options_input import SuppressionOptionsInput
    from ..models.vulnerability_options_input import VulnerabilityOptionsInput


T = TypeVar("T", bound="NeuronOptionsInput")


@_attrs_define
class NeuronOptionsInput:
    """Sensitivity of every neuron (σ), and further analyses, each null unless it is asked for.

    Attributes:
        tap (NeuronOptionsInputTap | Unset):  Default: NeuronOptionsInputTap.CONV.
        eps (float | str | Unset): L-infinity eps of the full-strength PGD pairs Default: 0.00784313725490196.
        steps (int | Unset):  Default: 10.
        step_size (float | None | str | Unset):
        max_samples (int | None | Unset): Pairs; null is every evaluated sample
        top_fraction (float | Unset): Share of a layer's neurons in Omega (Eq. 2) Default: 0.1.
        zero_policy (NeuronOptionsInputZeroPolicy | Unset):  Default: NeuronOptionsInputZeroPolicy.SKIP.
        sweep (NeuronOptionsInputSweepOptions | None | Unset): Sensitivity against ε (SNS, Table II, Fig. 14); null
            leaves it out
        importance (NeuronOptionsInputImportanceOptions | None | Unset): Importance of penultimate neurons (SNS, Eq.
            3-6); null leaves it out
        similarity (NeuronOptionsInputSimilarityOptions | None | Unset): Similarity of sensitive neurons across target
            classes (SNS, Eq. 7-10); null leaves it out
        suppression (None | SuppressionOptionsInput | Unset): Suppression of neurons (SNS, Fig. 9); null leaves it out
        receptive_fields (NeuronOptionsInputReceptiveFieldOptions | None | Unset): Receptive fields of sensitive neurons
            (SNS, Figs 4-7); null leaves it out
        vulnerability (None | Unset | VulnerabilityOptionsInput): Vulnerability of penultimate neurons; null leaves it
            out
    """

    tap: NeuronOptionsInputTap | Unset = NeuronOptionsInputTap.CONV
    eps: float | str | Unset = 0.00784313725490196
    steps: int | Unset = 10
    step_size: float | None | str | Unset = UNSET
    max_samples: int | None | Unset = UNSET
    top_fraction: float | Unset = 0.1
    zero_policy: NeuronOptionsInputZeroPolicy | Unset = NeuronOptionsInputZeroPolicy.SKIP
    sweep: NeuronOptionsInputSweepOptions | None | Unset = UNSET
    importance: NeuronOptionsInputImportanceOptions | None | Unset = UNSET
    similarity: NeuronOptionsInputSimilarityOptions | None | Unset = UNSET
    suppression: None | SuppressionOptionsInput | Unset = UNSET
    receptive_fields: NeuronOptionsInputReceptiveFieldOptions | None | Unset = UNSET
    vulnerability: None | Unset | VulnerabilityOptionsInput = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.neuron_options_input_importance_options import (
            NeuronOptionsInputImportanceOptions,  # noqa: PLC0415
        )
        from ..models.neuron_options_input_receptive_field_options import (
            NeuronOptionsInputReceptiveFieldOptions,  # noqa: PLC0415
        )
        from ..models.neuron_options_input_similarity_options import (
            NeuronOptionsInputSimilarityOptions,  # noqa: PLC0415
        )
        from ..models.neuron_options_input_sweep_options import (
            NeuronOptionsInputSweepOptions,  # noqa: PLC0415
        )
        from ..models.suppression_options_input import SuppressionOptionsInput  # noqa: PLC0415
        from ..models.vulnerability_options_input import VulnerabilityOptionsInput  # noqa: PLC0415

        tap: str | Unset = UNSET
        if not isinstance(self.tap, Unset):
            tap = self.tap.value

        eps: float | str | Unset
        if isinstance(self.eps, Unset):
            eps = UNSET
        else:
            eps = self.eps

        steps = self.steps

        step_size: float | None | str | Unset
        if isinstance(self.step_size, Unset):
            step_size = UNSET
        else:
            step_size = self.step_size

        max_samples: int | None | Unset
        if isinstance(self.max_samples, Unset):
            max_samples = UNSET
        else:
            max_samples = self.max_samples

        top_fraction = self.top_fraction

        zero_policy: str | Unset = UNSET
        if not isinstance(self.zero_policy, Unset):
            zero_policy = self.zero_policy.value

        sweep: dict[str, Any] | None | Unset
        if isinstance(self.sweep, Unset):
            sweep = UNSET
        elif isinstance(self.sweep, NeuronOptionsInputSweepOptions):
            sweep = self.sweep.to_dict()
        else:
            sweep = self.sweep

        importance: dict[str, Any] | None | Unset
        if isinstance(self.importance, Unset):
            importance = UNSET
        elif isinstance(self.importance, NeuronOptionsInputImportanceOptions):
            importance = self.importance.to_dict()
        else:
            importance = self.importance

        similarity: dict[str, Any] | None | Unset
        if isinstance(self.similarity, Unset):
            similarity = UNSET
        elif isinstance(self.similarity, NeuronOptionsInputSimilarityOptions):
            similarity = self.similarity.to_dict()
        else:
            similarity = self.similarity

        suppression: dict[str, Any] | None | Unset
        if isinstance(self.suppression, Unset):
            suppression = UNSET
        elif isinstance(self.suppression, SuppressionOptionsInput):
            suppression = self.suppression.to_dict()
        else:
            suppression = self.suppression

        receptive_fields: dict[str, Any] | None | Unset
        if isinstance(self.receptive_fields, Unset):
            receptive_fields = UNSET
        elif isinstance(self.receptive_fields, NeuronOptionsInputReceptiveFieldOptions):
            receptive_fields = self.receptive_fields.to_dict()
        else:
            receptive_fields = self.receptive_fields

        vulnerability: dict[str, Any] | None | Unset
        if isinstance(self.vulnerability, Unset):
            vulnerability = UNSET
        elif isinstance(self.vulnerability, VulnerabilityOptionsInput):
            vulnerability = self.vulnerability.to_dict()
        else:
            vulnerability = self.vulnerability

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if tap is not UNSET:
            field_dict["tap"] = tap
        if eps is not UNSET:
            field_dict["eps"] = eps
        if steps is not UNSET:
            field_dict["steps"] = steps
        if step_size is not UNSET:
            field_dict["step_size"] = step_size
        if max_samples is not UNSET:
            field_dict["max_samples"] = max_samples
        if top_fraction is not UNSET:
            field_dict["top_fraction"] = top_fraction
        if zero_policy is not UNSET:
            field_dict["zero_policy"] = zero_policy
        if sweep is not UNSET:
            field_dict["sweep"] = sweep
        if importance is not UNSET:
            field_dict["importance"] = importance
        if similarity is not UNSET:
            field_dict["similarity"] = similarity
        if suppression is not UNSET:
            field_dict["suppression"] = suppression
        if receptive_fields is not UNSET:
            field_dict["receptive_fields"] = receptive_fields
        if vulnerability is not UNSET:
            field_dict["vulnerability"] = vulnerability

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.neuron_options_input_importance_options import (
            NeuronOptionsInputImportanceOptions,  # noqa: PLC0415
        )
        from ..models.neuron_options_input_receptive_field_options import (
            NeuronOptionsInputReceptiveFieldOptions,  # noqa: PLC0415
        )
        from ..models.neuron_options_input_similarity_options import (
            NeuronOptionsInputSimilarityOptions,  # noqa: PLC0415
        )
        from ..models.neuron_options_input_sweep_options import (
            NeuronOptionsInputSweepOptions,  # noqa: PLC0415
        )
        from ..models.suppression_options_input import SuppressionOptionsInput  # noqa: PLC0415
        from ..models.vulnerability_options_input import VulnerabilityOptionsInput  # noqa: PLC0415

        d = dict(src_dict)
        _tap = d.pop("tap", UNSET)
        tap: NeuronOptionsInputTap | Unset
        if isinstance(_tap, Unset):
            tap = UNSET
        else:
            tap = NeuronOptionsInputTap(_tap)

        def _parse_eps(data: object) -> float | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(float | str | Unset, data)

        eps = _parse_eps(d.pop("eps", UNSET))

        steps = d.pop("steps", UNSET)

        def _parse_step_size(data: object) -> float | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | str | Unset, data)

        step_size = _parse_step_size(d.pop("step_size", UNSET))

        def _parse_max_samples(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_samples = _parse_max_samples(d.pop("max_samples", UNSET))

        top_fraction = d.pop("top_fraction", UNSET)

        _zero_policy = d.pop("zero_policy", UNSET)
        zero_policy: NeuronOptionsInputZeroPolicy | Unset
        if isinstance(_zero_policy, Unset):
            zero_policy = UNSET
        else:
            zero_policy = NeuronOptionsInputZeroPolicy(_zero_policy)

        def _parse_sweep(data: object) -> NeuronOptionsInputSweepOptions | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                sweep_sweep_options = NeuronOptionsInputSweepOptions.from_dict(data)

                return sweep_sweep_options
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NeuronOptionsInputSweepOptions | None | Unset, data)

        sweep = _parse_sweep(d.pop("sweep", UNSET))

        def _parse_importance(data: object) -> NeuronOptionsInputImportanceOptions | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                importance_importance_options = NeuronOptionsInputImportanceOptions.from_dict(data)

                return importance_importance_options
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NeuronOptionsInputImportanceOptions | None | Unset, data)

        importance = _parse_importance(d.pop("importance", UNSET))

        def _parse_similarity(data: object) -> NeuronOptionsInputSimilarityOptions | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                similarity_similarity_options = NeuronOptionsInputSimilarityOptions.from_dict(data)

                return similarity_similarity_options
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NeuronOptionsInputSimilarityOptions | None | Unset, data)

        similarity = _parse_similarity(d.pop("similarity", UNSET))

        def _parse_suppression(data: object) -> None | SuppressionOptionsInput | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                suppression_type_0 = SuppressionOptionsInput.from_dict(data)

                return suppression_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SuppressionOptionsInput | Unset, data)

        suppression = _parse_suppression(d.pop("suppression", UNSET))

        def _parse_receptive_fields(data: object) -> NeuronOptionsInputReceptiveFieldOptions | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                receptive_fields_receptive_field_options = NeuronOptionsInputReceptiveFieldOptions.from_dict(data)

                return receptive_fields_receptive_field_options
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NeuronOptionsInputReceptiveFieldOptions | None | Unset, data)

        receptive_fields = _parse_receptive_fields(d.pop("receptive_fields", UNSET))

        def _parse_vulnerability(data: object) -> None | Unset | VulnerabilityOptionsInput:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                vulnerability_type_0 = VulnerabilityOptionsInput.from_dict(data)

                return vulnerability_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | VulnerabilityOptionsInput, data)

        vulnerability = _parse_vulnerability(d.pop("vulnerability", UNSET))

        neuron_options_input = cls(
            tap=tap,
            eps=eps,
            steps=steps,
            step_size=step_size,
            max_samples=max_samples,
            top_fraction=top_fraction,
            zero_policy=zero_policy,
            sweep=sweep,
            importance=importance,
            similarity=similarity,
            suppression=suppression,
            receptive_fields=receptive_fields,
            vulnerability=vulnerability,
        )

        return neuron_options_input
