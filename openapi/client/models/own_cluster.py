from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="OwnCluster")


@_attrs_define
class OwnCluster:
    """The neuron's cluster where the dendrogram is cut into `count`.

    Attributes:
        count (int):
        cluster (int):
        neurons (list[int]):
    """

    count: int
    cluster: int
    neurons: list[int]

    def to_dict(self) -> dict[str, Any]:
        count = self.count

        cluster = self.cluster

        neurons = self.neurons

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "count": count,
                "cluster": cluster,
                "neurons": neurons,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        count = d.pop("count")

        cluster = d.pop("cluster")

        neurons = cast(list[int], d.pop("neurons"))

        own_cluster = cls(
            count=count,
            cluster=cluster,
            neurons=neurons,
        )

        return own_cluster
