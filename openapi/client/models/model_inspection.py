from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.model_inspection_format import ModelInspectionFormat
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.head import Head
    from ..models.input_spec import InputSpec
    from ..models.layer_info import LayerInfo
    from ..models.maps import Maps
    from ..models.model_inspection_agreement import ModelInspectionAgreement


T = TypeVar("T", bound="ModelInspection")


@_attrs_define
class ModelInspection:
    """What a confined worker found in the file: the result of the `inspect_model` job.

    Attributes:
        format_ (ModelInspectionFormat):
        input_ (InputSpec): What the file expects of an image.

            For a pixel in [0, 1] the file receives ``(lo + pixel * (hi - lo) - mean) / std`` per channel (channels counted
            in
            the order that the file receives them), in the file's own layout, channel order, rank and dtype.
            Everything is optional at upload; inspection fills it in.
        num_classes (int):
        num_parameters (int):
        trainable (bool): False when the file holds no parameters that training could change
        differentiable (bool): False for e.g. quantised models: only black-box attacks apply
        layers (list[LayerInfo]):
        warnings (list[str] | Unset):
        producer (None | str | Unset):
        head (Head | None | Unset): Left out where it was not looked for, as in older inspections
        maps (Maps | None | Unset): Left out where they were not looked for, as in older inspections
        logits (str | Unset): Where logits are read: 'output', or 'before_' and what the file ends in: 'softmax',
            'log_softmax', 'sigmoid', 'label' (ArgMax) or 'top' (TopK) Default: 'output'.
        cost_ms_per_image (float | None | Unset): Measured forward + backward time on the inspecting worker
        agreement (ModelInspectionAgreement | Unset): Largest relative difference to the original's runtime
            (`relative`), and how large the file's precision can make it (`explained`)
    """

    format_: ModelInspectionFormat
    input_: InputSpec
    num_classes: int
    num_parameters: int
    trainable: bool
    differentiable: bool
    layers: list[LayerInfo]
    warnings: list[str] | Unset = UNSET
    producer: None | str | Unset = UNSET
    head: Head | None | Unset = UNSET
    maps: Maps | None | Unset = UNSET
    logits: str | Unset = "output"
    cost_ms_per_image: float | None | Unset = UNSET
    agreement: ModelInspectionAgreement | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.head import Head  # noqa: PLC0415
        from ..models.maps import Maps  # noqa: PLC0415

        format_ = self.format_.value

        input_ = self.input_.to_dict()

        num_classes = self.num_classes

        num_parameters = self.num_parameters

        trainable = self.trainable

        differentiable = self.differentiable

        layers = []
        for layers_item_data in self.layers:
            layers_item = layers_item_data.to_dict()
            layers.append(layers_item)

        warnings: list[str] | Unset = UNSET
        if not isinstance(self.warnings, Unset):
            warnings = self.warnings

        producer: None | str | Unset
        if isinstance(self.producer, Unset):
            producer = UNSET
        else:
            producer = self.producer

        head: dict[str, Any] | None | Unset
        if isinstance(self.head, Unset):
            head = UNSET
        elif isinstance(self.head, Head):
            head = self.head.to_dict()
        else:
            head = self.head

        maps: dict[str, Any] | None | Unset
        if isinstance(self.maps, Unset):
            maps = UNSET
        elif isinstance(self.maps, Maps):
            maps = self.maps.to_dict()
        else:
            maps = self.maps

        logits = self.logits

        cost_ms_per_image: float | None | Unset
        if isinstance(self.cost_ms_per_image, Unset):
            cost_ms_per_image = UNSET
        else:
            cost_ms_per_image = self.cost_ms_per_image

        agreement: dict[str, Any] | Unset = UNSET
        if not isinstance(self.agreement, Unset):
            agreement = self.agreement.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "format": format_,
                "input": input_,
                "num_classes": num_classes,
                "num_parameters": num_parameters,
                "trainable": trainable,
                "differentiable": differentiable,
                "layers": layers,
            }
        )
        if warnings is not UNSET:
            field_dict["warnings"] = warnings
        if producer is not UNSET:
            field_dict["producer"] = producer
        if head is not UNSET:
            field_dict["head"] = head
        if maps is not UNSET:
            field_dict["maps"] = maps
        if logits is not UNSET:
            field_dict["logits"] = logits
        if cost_ms_per_image is not UNSET:
            field_dict["cost_ms_per_image"] = cost_ms_per_image
        if agreement is not UNSET:
            field_dict["agreement"] = agreement

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.head import Head  # noqa: PLC0415
        from ..models.input_spec import InputSpec  # noqa: PLC0415
        from ..models.layer_info import LayerInfo  # noqa: PLC0415
        from ..models.maps import Maps  # noqa: PLC0415
        from ..models.model_inspection_agreement import ModelInspectionAgreement  # noqa: PLC0415

        d = dict(src_dict)
        format_ = ModelInspectionFormat(d.pop("format"))

        input_ = InputSpec.from_dict(d.pop("input"))

        num_classes = d.pop("num_classes")

        num_parameters = d.pop("num_parameters")

        trainable = d.pop("trainable")

        differentiable = d.pop("differentiable")

        layers = []
        _layers = d.pop("layers")
        for layers_item_data in _layers:
            layers_item = LayerInfo.from_dict(layers_item_data)

            layers.append(layers_item)

        warnings = cast(list[str], d.pop("warnings", UNSET))

        def _parse_producer(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        producer = _parse_producer(d.pop("producer", UNSET))

        def _parse_head(data: object) -> Head | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                head_type_0 = Head.from_dict(data)

                return head_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Head | None | Unset, data)

        head = _parse_head(d.pop("head", UNSET))

        def _parse_maps(data: object) -> Maps | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                maps_type_0 = Maps.from_dict(data)

                return maps_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Maps | None | Unset, data)

        maps = _parse_maps(d.pop("maps", UNSET))

        logits = d.pop("logits", UNSET)

        def _parse_cost_ms_per_image(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        cost_ms_per_image = _parse_cost_ms_per_image(d.pop("cost_ms_per_image", UNSET))

        _agreement = d.pop("agreement", UNSET)
        agreement: ModelInspectionAgreement | Unset
        if isinstance(_agreement, Unset):
            agreement = UNSET
        else:
            agreement = ModelInspectionAgreement.from_dict(_agreement)

        model_inspection = cls(
            format_=format_,
            input_=input_,
            num_classes=num_classes,
            num_parameters=num_parameters,
            trainable=trainable,
            differentiable=differentiable,
            layers=layers,
            warnings=warnings,
            producer=producer,
            head=head,
            maps=maps,
            logits=logits,
            cost_ms_per_image=cost_ms_per_image,
            agreement=agreement,
        )

        return model_inspection
