from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.class_band import ClassBand
    from ..models.exciting import Exciting
    from ..models.neuron_detail_measures_type_0 import NeuronDetailMeasuresType0
    from ..models.own_cluster import OwnCluster


T = TypeVar("T", bound="NeuronDetail")


@_attrs_define
class NeuronDetail:
    """One neuron with all that is known of it.

    Attributes:
        neuron (int):
        sensitivity (float | None): sigma (SNS, Eq. 1), over all pairs
        ratio (float | None): sigma_ratio (SNS, Eq. 11)
        rank (int | None): By sigma in its layer
        skipped (int | None): Samples that the ratio leaves out
        dead (bool | None):
        measures (NeuronDetailMeasuresType0 | None): Of vulnerability, over the images that `n` counts; see the report's
            definitions
        layer (str):
        origin (None | str): Layer and channel, where the last layer reads several layers together
        bands (list[ClassBand] | None): c_i(x, y) by class y; null of other layers
        images (Exciting | None): Of every neuron of the layer that the last layer reads (`vulnerability`), and of the
            most and the least sensitive ones of the layers of `receptive_fields`; else null
        cluster (None | OwnCluster):
    """

    neuron: int
    sensitivity: float | None
    ratio: float | None
    rank: int | None
    skipped: int | None
    dead: bool | None
    measures: NeuronDetailMeasuresType0 | None
    layer: str
    origin: None | str
    bands: list[ClassBand] | None
    images: Exciting | None
    cluster: None | OwnCluster

    def to_dict(self) -> dict[str, Any]:
        from ..models.exciting import Exciting  # noqa: PLC0415
        from ..models.neuron_detail_measures_type_0 import NeuronDetailMeasuresType0  # noqa: PLC0415
        from ..models.own_cluster import OwnCluster  # noqa: PLC0415

        neuron = self.neuron

        sensitivity: float | None
        sensitivity = self.sensitivity

        ratio: float | None
        ratio = self.ratio

        rank: int | None
        rank = self.rank

        skipped: int | None
        skipped = self.skipped

        dead: bool | None
        dead = self.dead

        measures: dict[str, Any] | None
        if isinstance(self.measures, NeuronDetailMeasuresType0):
            measures = self.measures.to_dict()
        else:
            measures = self.measures

        layer = self.layer

        origin: None | str
        origin = self.origin

        bands: list[dict[str, Any]] | None
        if isinstance(self.bands, list):
            bands = []
            for bands_type_0_item_data in self.bands:
                bands_type_0_item = bands_type_0_item_data.to_dict()
                bands.append(bands_type_0_item)

        else:
            bands = self.bands

        images: dict[str, Any] | None
        if isinstance(self.images, Exciting):
            images = self.images.to_dict()
        else:
            images = self.images

        cluster: dict[str, Any] | None
        if isinstance(self.cluster, OwnCluster):
            cluster = self.cluster.to_dict()
        else:
            cluster = self.cluster

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "neuron": neuron,
                "sensitivity": sensitivity,
                "ratio": ratio,
                "rank": rank,
                "skipped": skipped,
                "dead": dead,
                "measures": measures,
                "layer": layer,
                "origin": origin,
                "bands": bands,
                "images": images,
                "cluster": cluster,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.class_band import ClassBand  # noqa: PLC0415
        from ..models.exciting import Exciting  # noqa: PLC0415
        from ..models.neuron_detail_measures_type_0 import NeuronDetailMeasuresType0  # noqa: PLC0415
        from ..models.own_cluster import OwnCluster  # noqa: PLC0415

        d = dict(src_dict)
        neuron = d.pop("neuron")

        def _parse_sensitivity(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        sensitivity = _parse_sensitivity(d.pop("sensitivity"))

        def _parse_ratio(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        ratio = _parse_ratio(d.pop("ratio"))

        def _parse_rank(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        rank = _parse_rank(d.pop("rank"))

        def _parse_skipped(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        skipped = _parse_skipped(d.pop("skipped"))

        def _parse_dead(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        dead = _parse_dead(d.pop("dead"))

        def _parse_measures(data: object) -> NeuronDetailMeasuresType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                measures_type_0 = NeuronDetailMeasuresType0.from_dict(data)

                return measures_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NeuronDetailMeasuresType0 | None, data)

        measures = _parse_measures(d.pop("measures"))

        layer = d.pop("layer")

        def _parse_origin(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        origin = _parse_origin(d.pop("origin"))

        def _parse_bands(data: object) -> list[ClassBand] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                bands_type_0 = []
                _bands_type_0 = data
                for bands_type_0_item_data in _bands_type_0:
                    bands_type_0_item = ClassBand.from_dict(bands_type_0_item_data)

                    bands_type_0.append(bands_type_0_item)

                return bands_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[ClassBand] | None, data)

        bands = _parse_bands(d.pop("bands"))

        def _parse_images(data: object) -> Exciting | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                images_type_0 = Exciting.from_dict(data)

                return images_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Exciting | None, data)

        images = _parse_images(d.pop("images"))

        def _parse_cluster(data: object) -> None | OwnCluster:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                cluster_type_0 = OwnCluster.from_dict(data)

                return cluster_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | OwnCluster, data)

        cluster = _parse_cluster(d.pop("cluster"))

        neuron_detail = cls(
            neuron=neuron,
            sensitivity=sensitivity,
            ratio=ratio,
            rank=rank,
            skipped=skipped,
            dead=dead,
            measures=measures,
            layer=layer,
            origin=origin,
            bands=bands,
            images=images,
            cluster=cluster,
        )

        return neuron_detail
