from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.layer_sensitivity import LayerSensitivity
    from ..models.neuron_report_importance_section import NeuronReportImportanceSection
    from ..models.neuron_report_receptive_field_section import (
        NeuronReportReceptiveFieldSection,
    )
    from ..models.neuron_report_similarity_section import NeuronReportSimilaritySection
    from ..models.neuron_report_suppression_section import NeuronReportSuppressionSection
    from ..models.neuron_report_sweep_section import NeuronReportSweepSection
    from ..models.neuron_report_vulnerability_section import (
        NeuronReportVulnerabilitySection,
    )
    from ..models.pair_info import PairInfo


T = TypeVar("T", bound="NeuronReport")


@_attrs_define
class NeuronReport:
    """Sensitivity, and what further analyses were asked for; one that is missing is null, with the reason in `checks`.

    Attributes:
        tap (str):
        pairs (PairInfo):
        layers (list[LayerSensitivity]):
        sweep (NeuronReportSweepSection | None | Unset): Sensitivity against ε (SNS, Table II, Fig. 14)
        importance (NeuronReportImportanceSection | None | Unset): Importance of penultimate neurons (SNS, Eq. 3-6)
        similarity (NeuronReportSimilaritySection | None | Unset): Similarity of sensitive neurons across target classes
            (SNS, Eq. 7-10)
        suppression (NeuronReportSuppressionSection | None | Unset): Suppression of neurons (SNS, Fig. 9)
        receptive_fields (NeuronReportReceptiveFieldSection | None | Unset): Receptive fields of sensitive neurons (SNS,
            Figs 4-7)
        vulnerability (NeuronReportVulnerabilitySection | None | Unset): Vulnerability of penultimate neurons
    """

    tap: str
    pairs: PairInfo
    layers: list[LayerSensitivity]
    sweep: NeuronReportSweepSection | None | Unset = UNSET
    importance: NeuronReportImportanceSection | None | Unset = UNSET
    similarity: NeuronReportSimilaritySection | None | Unset = UNSET
    suppression: NeuronReportSuppressionSection | None | Unset = UNSET
    receptive_fields: NeuronReportReceptiveFieldSection | None | Unset = UNSET
    vulnerability: NeuronReportVulnerabilitySection | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.neuron_report_importance_section import (
            NeuronReportImportanceSection,  # noqa: PLC0415
        )
        from ..models.neuron_report_receptive_field_section import (
            NeuronReportReceptiveFieldSection,  # noqa: PLC0415
        )
        from ..models.neuron_report_similarity_section import (
            NeuronReportSimilaritySection,  # noqa: PLC0415
        )
        from ..models.neuron_report_suppression_section import (
            NeuronReportSuppressionSection,  # noqa: PLC0415
        )
        from ..models.neuron_report_sweep_section import NeuronReportSweepSection  # noqa: PLC0415
        from ..models.neuron_report_vulnerability_section import (
            NeuronReportVulnerabilitySection,  # noqa: PLC0415
        )

        tap = self.tap

        pairs = self.pairs.to_dict()

        layers = []
        for layers_item_data in self.layers:
            layers_item = layers_item_data.to_dict()
            layers.append(layers_item)

        sweep: dict[str, Any] | None | Unset
        if isinstance(self.sweep, Unset):
            sweep = UNSET
        elif isinstance(self.sweep, NeuronReportSweepSection):
            sweep = self.sweep.to_dict()
        else:
            sweep = self.sweep

        importance: dict[str, Any] | None | Unset
        if isinstance(self.importance, Unset):
            importance = UNSET
        elif isinstance(self.importance, NeuronReportImportanceSection):
            importance = self.importance.to_dict()
        else:
            importance = self.importance

        similarity: dict[str, Any] | None | Unset
        if isinstance(self.similarity, Unset):
            similarity = UNSET
        elif isinstance(self.similarity, NeuronReportSimilaritySection):
            similarity = self.similarity.to_dict()
        else:
            similarity = self.similarity

        suppression: dict[str, Any] | None | Unset
        if isinstance(self.suppression, Unset):
            suppression = UNSET
        elif isinstance(self.suppression, NeuronReportSuppressionSection):
            suppression = self.suppression.to_dict()
        else:
            suppression = self.suppression

        receptive_fields: dict[str, Any] | None | Unset
        if isinstance(self.receptive_fields, Unset):
            receptive_fields = UNSET
        elif isinstance(self.receptive_fields, NeuronReportReceptiveFieldSection):
            receptive_fields = self.receptive_fields.to_dict()
        else:
            receptive_fields = self.receptive_fields

        vulnerability: dict[str, Any] | None | Unset
        if isinstance(self.vulnerability, Unset):
            vulnerability = UNSET
        elif isinstance(self.vulnerability, NeuronReportVulnerabilitySection):
            vulnerability = self.vulnerability.to_dict()
        else:
            vulnerability = self.vulnerability

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tap": tap,
                "pairs": pairs,
                "layers": layers,
            }
        )
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
        from ..models.layer_sensitivity import LayerSensitivity  # noqa: PLC0415
        from ..models.neuron_report_importance_section import (
            NeuronReportImportanceSection,  # noqa: PLC0415
        )
        from ..models.neuron_report_receptive_field_section import (
            NeuronReportReceptiveFieldSection,  # noqa: PLC0415
        )
        from ..models.neuron_report_similarity_section import (
            NeuronReportSimilaritySection,  # noqa: PLC0415
        )
        from ..models.neuron_report_suppression_section import (
            NeuronReportSuppressionSection,  # noqa: PLC0415
        )
        from ..models.neuron_report_sweep_section import NeuronReportSweepSection  # noqa: PLC0415
        from ..models.neuron_report_vulnerability_section import (
            NeuronReportVulnerabilitySection,  # noqa: PLC0415
        )
        from ..models.pair_info import PairInfo  # noqa: PLC0415

        d = dict(src_dict)
        tap = d.pop("tap")

        pairs = PairInfo.from_dict(d.pop("pairs"))

        layers = []
        _layers = d.pop("layers")
        for layers_item_data in _layers:
            layers_item = LayerSensitivity.from_dict(layers_item_data)

            layers.append(layers_item)

        def _parse_sweep(data: object) -> NeuronReportSweepSection | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                sweep_sweep_section = NeuronReportSweepSection.from_dict(data)

                return sweep_sweep_section
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NeuronReportSweepSection | None | Unset, data)

        sweep = _parse_sweep(d.pop("sweep", UNSET))

        def _parse_importance(data: object) -> NeuronReportImportanceSection | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                importance_importance_section = NeuronReportImportanceSection.from_dict(data)

                return importance_importance_section
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NeuronReportImportanceSection | None | Unset, data)

        importance = _parse_importance(d.pop("importance", UNSET))

        def _parse_similarity(data: object) -> NeuronReportSimilaritySection | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                similarity_similarity_section = NeuronReportSimilaritySection.from_dict(data)

                return similarity_similarity_section
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NeuronReportSimilaritySection | None | Unset, data)

        similarity = _parse_similarity(d.pop("similarity", UNSET))

        def _parse_suppression(data: object) -> NeuronReportSuppressionSection | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                suppression_suppression_section = NeuronReportSuppressionSection.from_dict(data)

                return suppression_suppression_section
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NeuronReportSuppressionSection | None | Unset, data)

        suppression = _parse_suppression(d.pop("suppression", UNSET))

        def _parse_receptive_fields(data: object) -> NeuronReportReceptiveFieldSection | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                receptive_fields_receptive_field_section = NeuronReportReceptiveFieldSection.from_dict(data)

                return receptive_fields_receptive_field_section
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NeuronReportReceptiveFieldSection | None | Unset, data)

        receptive_fields = _parse_receptive_fields(d.pop("receptive_fields", UNSET))

        def _parse_vulnerability(data: object) -> NeuronReportVulnerabilitySection | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                vulnerability_vulnerability_section = NeuronReportVulnerabilitySection.from_dict(data)

                return vulnerability_vulnerability_section
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NeuronReportVulnerabilitySection | None | Unset, data)

        vulnerability = _parse_vulnerability(d.pop("vulnerability", UNSET))

        neuron_report = cls(
            tap=tap,
            pairs=pairs,
            layers=layers,
            sweep=sweep,
            importance=importance,
            similarity=similarity,
            suppression=suppression,
            receptive_fields=receptive_fields,
            vulnerability=vulnerability,
        )

        return neuron_report
