from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.importance_chance import ImportanceChance
    from ..models.mean_importance import MeanImportance
    from ..models.target_importance import TargetImportance
    from ..models.targeted_attack import TargetedAttack


T = TypeVar("T", bound="NeuronReportImportanceSection")


@_attrs_define
class NeuronReportImportanceSection:
    """
    Attributes:
        layer (str): The penultimate layer, whose neurons the last layer reads
        neurons (int):
        k (int):
        attack (TargetedAttack):
        targets (list[TargetImportance]):
        mean (MeanImportance): Over the targets that have a value.
        chance (ImportanceChance): What rankings without any relation give.
        contribution (list[float]): Of every neuron, mean phi over the targets
        sensitivity (list[float]): Of every neuron, mean sigma over the targets
    """

    layer: str
    neurons: int
    k: int
    attack: TargetedAttack
    targets: list[TargetImportance]
    mean: MeanImportance
    chance: ImportanceChance
    contribution: list[float]
    sensitivity: list[float]

    def to_dict(self) -> dict[str, Any]:
        layer = self.layer

        neurons = self.neurons

        k = self.k

        attack = self.attack.to_dict()

        targets = []
        for targets_item_data in self.targets:
            targets_item = targets_item_data.to_dict()
            targets.append(targets_item)

        mean = self.mean.to_dict()

        chance = self.chance.to_dict()

        contribution = self.contribution

        sensitivity = self.sensitivity

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "layer": layer,
                "neurons": neurons,
                "k": k,
                "attack": attack,
                "targets": targets,
                "mean": mean,
                "chance": chance,
                "contribution": contribution,
                "sensitivity": sensitivity,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.importance_chance import ImportanceChance  # noqa: PLC0415
        from ..models.mean_importance import MeanImportance  # noqa: PLC0415
        from ..models.target_importance import TargetImportance  # noqa: PLC0415
        from ..models.targeted_attack import TargetedAttack  # noqa: PLC0415

        d = dict(src_dict)
        layer = d.pop("layer")

        neurons = d.pop("neurons")

        k = d.pop("k")

        attack = TargetedAttack.from_dict(d.pop("attack"))

        targets = []
        _targets = d.pop("targets")
        for targets_item_data in _targets:
            targets_item = TargetImportance.from_dict(targets_item_data)

            targets.append(targets_item)

        mean = MeanImportance.from_dict(d.pop("mean"))

        chance = ImportanceChance.from_dict(d.pop("chance"))

        contribution = cast(list[float], d.pop("contribution"))

        sensitivity = cast(list[float], d.pop("sensitivity"))

        neuron_report_importance_section = cls(
            layer=layer,
            neurons=neurons,
            k=k,
            attack=attack,
            targets=targets,
            mean=mean,
            chance=chance,
            contribution=contribution,
            sensitivity=sensitivity,
        )

        return neuron_report_importance_section
