from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.artifact_info import ArtifactInfo
    from ..models.attack_report import AttackReport
    from ..models.check import Check
    from ..models.class_report import ClassReport
    from ..models.clean import Clean
    from ..models.explain_section import ExplainSection
    from ..models.neuron_report import NeuronReport
    from ..models.region_section import RegionSection
    from ..models.replay_report import ReplayReport
    from ..models.report_config import ReportConfig
    from ..models.report_dataset import ReportDataset
    from ..models.report_definitions import ReportDefinitions
    from ..models.report_environment import ReportEnvironment
    from ..models.report_hardening_type_0 import ReportHardeningType0
    from ..models.report_model import ReportModel
    from ..models.report_timings import ReportTimings
    from ..models.report_verdict import ReportVerdict
    from ..models.stopped import Stopped
    from ..models.worst_case import WorstCase


T = TypeVar("T", bound="Report")


@_attrs_define
class Report:
    """The whole answer of an audit. A missing part is null with a reason in `checks`.

    Attributes:
        id (str):
        created_at (str):
        model (ReportModel):
        dataset (ReportDataset):
        config (ReportConfig):
        definitions (ReportDefinitions):
        environment (ReportEnvironment):
        clean (Clean):
        attacks (list[AttackReport]):
        worst_case (list[WorstCase]):
        checks (list[Check]):
        neurons (NeuronReport | None):
        regions (None | RegionSection):
        explain (ExplainSection | None):
        hardening (None | ReportHardeningType0):
        verdict (ReportVerdict):
        artifacts (list[ArtifactInfo]):
        timings (ReportTimings):
        schema_version (str | Unset):  Default: '1.6'.
        classes (list[ClassReport] | Unset):
        replay (None | ReplayReport | Unset): null where no earlier audit's examples were tried first
        stopped (None | Stopped | Unset): null when everything ran
    """

    id: str
    created_at: str
    model: ReportModel
    dataset: ReportDataset
    config: ReportConfig
    definitions: ReportDefinitions
    environment: ReportEnvironment
    clean: Clean
    attacks: list[AttackReport]
    worst_case: list[WorstCase]
    checks: list[Check]
    neurons: NeuronReport | None
    regions: None | RegionSection
    explain: ExplainSection | None
    hardening: None | ReportHardeningType0
    verdict: ReportVerdict
    artifacts: list[ArtifactInfo]
    timings: ReportTimings
    schema_version: str | Unset = "1.6"
    classes: list[ClassReport] | Unset = UNSET
    replay: None | ReplayReport | Unset = UNSET
    stopped: None | Stopped | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.explain_section import ExplainSection  # noqa: PLC0415
        from ..models.neuron_report import NeuronReport  # noqa: PLC0415
        from ..models.region_section import RegionSection  # noqa: PLC0415
        from ..models.replay_report import ReplayReport  # noqa: PLC0415
        from ..models.report_hardening_type_0 import ReportHardeningType0  # noqa: PLC0415
        from ..models.stopped import Stopped  # noqa: PLC0415

        id = self.id

        created_at = self.created_at

        model = self.model.to_dict()

        dataset = self.dataset.to_dict()

        config = self.config.to_dict()

        definitions = self.definitions.to_dict()

        environment = self.environment.to_dict()

        clean = self.clean.to_dict()

        attacks = []
        for attacks_item_data in self.attacks:
            attacks_item = attacks_item_data.to_dict()
            attacks.append(attacks_item)

        worst_case = []
        for worst_case_item_data in self.worst_case:
            worst_case_item = worst_case_item_data.to_dict()
            worst_case.append(worst_case_item)

        checks = []
        for checks_item_data in self.checks:
            checks_item = checks_item_data.to_dict()
            checks.append(checks_item)

        neurons: dict[str, Any] | None
        if isinstance(self.neurons, NeuronReport):
            neurons = self.neurons.to_dict()
        else:
            neurons = self.neurons

        regions: dict[str, Any] | None
        if isinstance(self.regions, RegionSection):
            regions = self.regions.to_dict()
        else:
            regions = self.regions

        explain: dict[str, Any] | None
        if isinstance(self.explain, ExplainSection):
            explain = self.explain.to_dict()
        else:
            explain = self.explain

        hardening: dict[str, Any] | None
        if isinstance(self.hardening, ReportHardeningType0):
            hardening = self.hardening.to_dict()
        else:
            hardening = self.hardening

        verdict = self.verdict.to_dict()

        artifacts = []
        for artifacts_item_data in self.artifacts:
            artifacts_item = artifacts_item_data.to_dict()
            artifacts.append(artifacts_item)

        timings = self.timings.to_dict()

        schema_version = self.schema_version

        classes: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.classes, Unset):
            classes = []
            for classes_item_data in self.classes:
                classes_item = classes_item_data.to_dict()
                classes.append(classes_item)

        replay: dict[str, Any] | None | Unset
        if isinstance(self.replay, Unset):
            replay = UNSET
        elif isinstance(self.replay, ReplayReport):
            replay = self.replay.to_dict()
        else:
            replay = self.replay

        stopped: dict[str, Any] | None | Unset
        if isinstance(self.stopped, Unset):
            stopped = UNSET
        elif isinstance(self.stopped, Stopped):
            stopped = self.stopped.to_dict()
        else:
            stopped = self.stopped

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "created_at": created_at,
                "model": model,
                "dataset": dataset,
                "config": config,
                "definitions": definitions,
                "environment": environment,
                "clean": clean,
                "attacks": attacks,
                "worst_case": worst_case,
                "checks": checks,
                "neurons": neurons,
                "regions": regions,
                "explain": explain,
                "hardening": hardening,
                "verdict": verdict,
                "artifacts": artifacts,
                "timings": timings,
            }
        )
        if schema_version is not UNSET:
            field_dict["schema_version"] = schema_version
        if classes is not UNSET:
            field_dict["classes"] = classes
        if replay is not UNSET:
            field_dict["replay"] = replay
        if stopped is not UNSET:
            field_dict["stopped"] = stopped

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.artifact_info import ArtifactInfo  # noqa: PLC0415
        from ..models.attack_report import AttackReport  # noqa: PLC0415
        from ..models.check import Check  # noqa: PLC0415
        from ..models.class_report import ClassReport  # noqa: PLC0415
        from ..models.clean import Clean  # noqa: PLC0415
        from ..models.explain_section import ExplainSection  # noqa: PLC0415
        from ..models.neuron_report import NeuronReport  # noqa: PLC0415
        from ..models.region_section import RegionSection  # noqa: PLC0415
        from ..models.replay_report import ReplayReport  # noqa: PLC0415
        from ..models.report_config import ReportConfig  # noqa: PLC0415
        from ..models.report_dataset import ReportDataset  # noqa: PLC0415
        from ..models.report_definitions import ReportDefinitions  # noqa: PLC0415
        from ..models.report_environment import ReportEnvironment  # noqa: PLC0415
        from ..models.report_hardening_type_0 import ReportHardeningType0  # noqa: PLC0415
        from ..models.report_model import ReportModel  # noqa: PLC0415
        from ..models.report_timings import ReportTimings  # noqa: PLC0415
        from ..models.report_verdict import ReportVerdict  # noqa: PLC0415
        from ..models.stopped import Stopped  # noqa: PLC0415
        from ..models.worst_case import WorstCase  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        created_at = d.pop("created_at")

        model = ReportModel.from_dict(d.pop("model"))

        dataset = ReportDataset.from_dict(d.pop("dataset"))

        config = ReportConfig.from_dict(d.pop("config"))

        definitions = ReportDefinitions.from_dict(d.pop("definitions"))

        environment = ReportEnvironment.from_dict(d.pop("environment"))

        clean = Clean.from_dict(d.pop("clean"))

        attacks = []
        _attacks = d.pop("attacks")
        for attacks_item_data in _attacks:
            attacks_item = AttackReport.from_dict(attacks_item_data)

            attacks.append(attacks_item)

        worst_case = []
        _worst_case = d.pop("worst_case")
        for worst_case_item_data in _worst_case:
            worst_case_item = WorstCase.from_dict(worst_case_item_data)

            worst_case.append(worst_case_item)

        checks = []
        _checks = d.pop("checks")
        for checks_item_data in _checks:
            checks_item = Check.from_dict(checks_item_data)

            checks.append(checks_item)

        def _parse_neurons(data: object) -> NeuronReport | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                neurons_type_0 = NeuronReport.from_dict(data)

                return neurons_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NeuronReport | None, data)

        neurons = _parse_neurons(d.pop("neurons"))

        def _parse_regions(data: object) -> None | RegionSection:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                regions_type_0 = RegionSection.from_dict(data)

                return regions_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RegionSection, data)

        regions = _parse_regions(d.pop("regions"))

        def _parse_explain(data: object) -> ExplainSection | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                explain_type_0 = ExplainSection.from_dict(data)

                return explain_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ExplainSection | None, data)

        explain = _parse_explain(d.pop("explain"))

        def _parse_hardening(data: object) -> None | ReportHardeningType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                hardening_type_0 = ReportHardeningType0.from_dict(data)

                return hardening_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReportHardeningType0, data)

        hardening = _parse_hardening(d.pop("hardening"))

        verdict = ReportVerdict.from_dict(d.pop("verdict"))

        artifacts = []
        _artifacts = d.pop("artifacts")
        for artifacts_item_data in _artifacts:
            artifacts_item = ArtifactInfo.from_dict(artifacts_item_data)

            artifacts.append(artifacts_item)

        timings = ReportTimings.from_dict(d.pop("timings"))

        schema_version = d.pop("schema_version", UNSET)

        _classes = d.pop("classes", UNSET)
        classes: list[ClassReport] | Unset = UNSET
        if _classes is not UNSET:
            classes = []
            for classes_item_data in _classes:
                classes_item = ClassReport.from_dict(classes_item_data)

                classes.append(classes_item)

        def _parse_replay(data: object) -> None | ReplayReport | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                replay_type_0 = ReplayReport.from_dict(data)

                return replay_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReplayReport | Unset, data)

        replay = _parse_replay(d.pop("replay", UNSET))

        def _parse_stopped(data: object) -> None | Stopped | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                stopped_type_0 = Stopped.from_dict(data)

                return stopped_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Stopped | Unset, data)

        stopped = _parse_stopped(d.pop("stopped", UNSET))

        report = cls(
            id=id,
            created_at=created_at,
            model=model,
            dataset=dataset,
            config=config,
            definitions=definitions,
            environment=environment,
            clean=clean,
            attacks=attacks,
            worst_case=worst_case,
            checks=checks,
            neurons=neurons,
            regions=regions,
            explain=explain,
            hardening=hardening,
            verdict=verdict,
            artifacts=artifacts,
            timings=timings,
            schema_version=schema_version,
            classes=classes,
            replay=replay,
            stopped=stopped,
        )

        return report
