from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.comparison_report_verdict import ComparisonReportVerdict
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.attack_paired import AttackPaired
    from ..models.class_paired import ClassPaired
    from ..models.compared_audit import ComparedAudit
    from ..models.left_out import LeftOut
    from ..models.paired import Paired
    from ..models.samples_left_out import SamplesLeftOut
    from ..models.threat_paired import ThreatPaired


T = TypeVar("T", bound="ComparisonReport")


@_attrs_define
class ComparisonReport:
    """Both audits on the samples that both evaluated, under the attacks that both ran.

    Attributes:
        base (ComparedAudit): One side.
        candidate (ComparedAudit): One side.
        dataset_name (str):
        n (int): Samples that both evaluated
        clean (Paired): The samples that an audit holds, against those of another.
        attacks (list[AttackPaired]):
        worst_case (list[ThreatPaired]):
        classes (list[ClassPaired]): By class, in the worst case over the bounded threat models (over all, if none is)
        left_out (list[LeftOut]): Attacks that do not count
        verdict (ComparisonReportVerdict):
        rule (str): What the verdict says of which rows, in a sentence
        reasons (list[str]): The rows that decided, in words
        samples_left_out (list[SamplesLeftOut] | Unset): Samples that do not count
    """

    base: ComparedAudit
    candidate: ComparedAudit
    dataset_name: str
    n: int
    clean: Paired
    attacks: list[AttackPaired]
    worst_case: list[ThreatPaired]
    classes: list[ClassPaired]
    left_out: list[LeftOut]
    verdict: ComparisonReportVerdict
    rule: str
    reasons: list[str]
    samples_left_out: list[SamplesLeftOut] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        base = self.base.to_dict()

        candidate = self.candidate.to_dict()

        dataset_name = self.dataset_name

        n = self.n

        clean = self.clean.to_dict()

        attacks = []
        for attacks_item_data in self.attacks:
            attacks_item = attacks_item_data.to_dict()
            attacks.append(attacks_item)

        worst_case = []
        for worst_case_item_data in self.worst_case:
            worst_case_item = worst_case_item_data.to_dict()
            worst_case.append(worst_case_item)

        classes = []
        for classes_item_data in self.classes:
            classes_item = classes_item_data.to_dict()
            classes.append(classes_item)

        left_out = []
        for left_out_item_data in self.left_out:
            left_out_item = left_out_item_data.to_dict()
            left_out.append(left_out_item)

        verdict = self.verdict.value

        rule = self.rule

        reasons = self.reasons

        samples_left_out: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.samples_left_out, Unset):
            samples_left_out = []
            for samples_left_out_item_data in self.samples_left_out:
                samples_left_out_item = samples_left_out_item_data.to_dict()
                samples_left_out.append(samples_left_out_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "base": base,
                "candidate": candidate,
                "dataset_name": dataset_name,
                "n": n,
                "clean": clean,
                "attacks": attacks,
                "worst_case": worst_case,
                "classes": classes,
                "left_out": left_out,
                "verdict": verdict,
                "rule": rule,
                "reasons": reasons,
            }
        )
        if samples_left_out is not UNSET:
            field_dict["samples_left_out"] = samples_left_out

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.attack_paired import AttackPaired  # noqa: PLC0415
        from ..models.class_paired import ClassPaired  # noqa: PLC0415
        from ..models.compared_audit import ComparedAudit  # noqa: PLC0415
        from ..models.left_out import LeftOut  # noqa: PLC0415
        from ..models.paired import Paired  # noqa: PLC0415
        from ..models.samples_left_out import SamplesLeftOut  # noqa: PLC0415
        from ..models.threat_paired import ThreatPaired  # noqa: PLC0415

        d = dict(src_dict)
        base = ComparedAudit.from_dict(d.pop("base"))

        candidate = ComparedAudit.from_dict(d.pop("candidate"))

        dataset_name = d.pop("dataset_name")

        n = d.pop("n")

        clean = Paired.from_dict(d.pop("clean"))

        attacks = []
        _attacks = d.pop("attacks")
        for attacks_item_data in _attacks:
            attacks_item = AttackPaired.from_dict(attacks_item_data)

            attacks.append(attacks_item)

        worst_case = []
        _worst_case = d.pop("worst_case")
        for worst_case_item_data in _worst_case:
            worst_case_item = ThreatPaired.from_dict(worst_case_item_data)

            worst_case.append(worst_case_item)

        classes = []
        _classes = d.pop("classes")
        for classes_item_data in _classes:
            classes_item = ClassPaired.from_dict(classes_item_data)

            classes.append(classes_item)

        left_out = []
        _left_out = d.pop("left_out")
        for left_out_item_data in _left_out:
            left_out_item = LeftOut.from_dict(left_out_item_data)

            left_out.append(left_out_item)

        verdict = ComparisonReportVerdict(d.pop("verdict"))

        rule = d.pop("rule")

        reasons = cast(list[str], d.pop("reasons"))

        _samples_left_out = d.pop("samples_left_out", UNSET)
        samples_left_out: list[SamplesLeftOut] | Unset = UNSET
        if _samples_left_out is not UNSET:
            samples_left_out = []
            for samples_left_out_item_data in _samples_left_out:
                samples_left_out_item = SamplesLeftOut.from_dict(samples_left_out_item_data)

                samples_left_out.append(samples_left_out_item)

        comparison_report = cls(
            base=base,
            candidate=candidate,
            dataset_name=dataset_name,
            n=n,
            clean=clean,
            attacks=attacks,
            worst_case=worst_case,
            classes=classes,
            left_out=left_out,
            verdict=verdict,
            rule=rule,
            reasons=reasons,
            samples_left_out=samples_left_out,
        )

        return comparison_report
