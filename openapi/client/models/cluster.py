from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="Cluster")


@_attrs_define
class Cluster:
    """Neurons that are joined at or below the height of the cut.

    Attributes:
        cluster (int): Its number, from left to right in the dendrogram
        neurons (list[int]): From left to right
        height (float): At which all of them are joined; 0 for one neuron
        role (list[float]): Mean contribution c_i(x, y) to each of `classes`, over its neurons
    """

    cluster: int
    neurons: list[int]
    height: float
    role: list[float]

    def to_dict(self) -> dict[str, Any]:
        cluster = self.cluster

        neurons = self.neurons

        height = self.height

        role = self.role

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "cluster": cluster,
                "neurons": neurons,
                "height": height,
                "role": role,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        cluster = d.pop("cluster")

        neurons = cast(list[int], d.pop("neurons"))

        height = d.pop("height")

        role = cast(list[float], d.pop("role"))

        cluster = cls(
            cluster=cluster,
            neurons=neurons,
            height=height,
            role=role,
        )

        return cluster
