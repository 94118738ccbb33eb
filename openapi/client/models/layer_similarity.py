from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="LayerSimilarity")


@_attrs_define
class LayerSimilarity:
    """A layer's sensitive neurons, compared over all pairs of targets; each number beside its chance level.

    Attributes:
        name (str):
        neurons (int):
        k (int):
        levenshtein (float): Average over pairs (Eq. 9)
        levenshtein_chance (float):
        levenshtein_indel (float):
        levenshtein_indel_chance (float):
        jaccard (float): Total: common to all targets over in any (Eq. 10)
        jaccard_chance (float):
    """

    name: str
    neurons: int
    k: int
    levenshtein: float
    levenshtein_chance: float
    levenshtein_indel: float
    levenshtein_indel_chance: float
    jaccard: float
    jaccard_chance: float

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        neurons = self.neurons

        k = self.k

        levenshtein = self.levenshtein

        levenshtein_chance = self.levenshtein_chance

        levenshtein_indel = self.levenshtein_indel

        levenshtein_indel_chance = self.levenshtein_indel_chance

        jaccard = self.jaccard

        jaccard_chance = self.jaccard_chance

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "neurons": neurons,
                "k": k,
                "levenshtein": levenshtein,
                "levenshtein_chance": levenshtein_chance,
                "levenshtein_indel": levenshtein_indel,
                "levenshtein_indel_chance": levenshtein_indel_chance,
                "jaccard": jaccard,
                "jaccard_chance": jaccard_chance,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        neurons = d.pop("neurons")

        k = d.pop("k")

        levenshtein = d.pop("levenshtein")

        levenshtein_chance = d.pop("levenshtein_chance")

        levenshtein_indel = d.pop("levenshtein_indel")

        levenshtein_indel_chance = d.pop("levenshtein_indel_chance")

        jaccard = d.pop("jaccard")

        jaccard_chance = d.pop("jaccard_chance")

        layer_similarity = cls(
            name=name,
            neurons=neurons,
            k=k,
            levenshtein=levenshtein,
            levenshtein_chance=levenshtein_chance,
            levenshtein_indel=levenshtein_indel,
            levenshtein_indel_chance=levenshtein_indel_chance,
            jaccard=jaccard,
            jaccard_chance=jaccard_chance,
        )

        return layer_similarity
