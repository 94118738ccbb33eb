from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.gpu_memory import GpuMemory
    from ..models.worker_info_sandbox_missing import WorkerInfoSandboxMissing
    from ..models.worker_info_versions import WorkerInfoVersions


T = TypeVar("T", bound="WorkerInfo")


@_attrs_define
class WorkerInfo:
    """What a worker tells about itself with every heartbeat.

    `sandbox_missing` says why a layer is not in force, `trouble` why it cannot work at present. `gpu_memory`: as the
    job
    in work last told, else as a probe found it; None without CUDA.

        Attributes:
            id (str):
            device (str):
            sandbox (str):
            at (float):
            device_name (None | str | Unset):
            sandbox_layers (list[str] | Unset):
            sandbox_missing (WorkerInfoSandboxMissing | Unset):
            trouble (None | str | Unset):
            versions (WorkerInfoVersions | Unset):
            threads (int | Unset):  Default: 1.
            slots (int | Unset):  Default: 1.
            shard_id (None | str | Unset):
            gpu_memory (GpuMemory | None | Unset):
    """

    id: str
    device: str
    sandbox: str
    at: float
    device_name: None | str | Unset = UNSET
    sandbox_layers: list[str] | Unset = UNSET
    sandbox_missing: WorkerInfoSandboxMissing | Unset = UNSET
    trouble: None | str | Unset = UNSET
    versions: WorkerInfoVersions | Unset = UNSET
    threads: int | Unset = 1
    slots: int | Unset = 1
    shard_id: None | str | Unset = UNSET
    gpu_memory: GpuMemory | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.gpu_memory import GpuMemory  # noqa: PLC0415

        id = self.id

        device = self.device

        sandbox = self.sandbox

        at = self.at

        device_name: None | str | Unset
        if isinstance(self.device_name, Unset):
            device_name = UNSET
        else:
            device_name = self.device_name

        sandbox_layers: list[str] | Unset = UNSET
        if not isinstance(self.sandbox_layers, Unset):
            sandbox_layers = self.sandbox_layers

        sandbox_missing: dict[str, Any] | Unset = UNSET
        if not isinstance(self.sandbox_missing, Unset):
            sandbox_missing = self.sandbox_missing.to_dict()

        trouble: None | str | Unset
        if isinstance(self.trouble, Unset):
            trouble = UNSET
        else:
            trouble = self.trouble

        versions: dict[str, Any] | Unset = UNSET
        if not isinstance(self.versions, Unset):
            versions = self.versions.to_dict()

        threads = self.threads

        slots = self.slots

        shard_id: None | str | Unset
        if isinstance(self.shard_id, Unset):
            shard_id = UNSET
        else:
            shard_id = self.shard_id

        gpu_memory: dict[str, Any] | None | Unset
        if isinstance(self.gpu_memory, Unset):
            gpu_memory = UNSET
        elif isinstance(self.gpu_memory, GpuMemory):
            gpu_memory = self.gpu_memory.to_dict()
        else:
            gpu_memory = self.gpu_memory

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "device": device,
                "sandbox": sandbox,
                "at": at,
            }
        )
        if device_name is not UNSET:
            field_dict["device_name"] = device_name
        if sandbox_layers is not UNSET:
            field_dict["sandbox_layers"] = sandbox_layers
        if sandbox_missing is not UNSET:
            field_dict["sandbox_missing"] = sandbox_missing
        if trouble is not UNSET:
            field_dict["trouble"] = trouble
        if versions is not UNSET:
            field_dict["versions"] = versions
        if threads is not UNSET:
            field_dict["threads"] = threads
        if slots is not UNSET:
            field_dict["slots"] = slots
        if shard_id is not UNSET:
            field_dict["shard_id"] = shard_id
        if gpu_memory is not UNSET:
            field_dict["gpu_memory"] = gpu_memory

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.gpu_memory import GpuMemory  # noqa: PLC0415
        from ..models.worker_info_sandbox_missing import WorkerInfoSandboxMissing  # noqa: PLC0415
        from ..models.worker_info_versions import WorkerInfoVersions  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        device = d.pop("device")

        sandbox = d.pop("sandbox")

        at = d.pop("at")

        def _parse_device_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        device_name = _parse_device_name(d.pop("device_name", UNSET))

        sandbox_layers = cast(list[str], d.pop("sandbox_layers", UNSET))

        _sandbox_missing = d.pop("sandbox_missing", UNSET)
        sandbox_missing: WorkerInfoSandboxMissing | Unset
        if isinstance(_sandbox_missing, Unset):
            sandbox_missing = UNSET
        else:
            sandbox_missing = WorkerInfoSandboxMissing.from_dict(_sandbox_missing)

        def _parse_trouble(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        trouble = _parse_trouble(d.pop("trouble", UNSET))

        _versions = d.pop("versions", UNSET)
        versions: WorkerInfoVersions | Unset
        if isinstance(_versions, Unset):
            versions = UNSET
        else:
            versions = WorkerInfoVersions.from_dict(_versions)

        threads = d.pop("threads", UNSET)

        slots = d.pop("slots", UNSET)

        def _parse_shard_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        shard_id = _parse_shard_id(d.pop("shard_id", UNSET))

        def _parse_gpu_memory(data: object) -> GpuMemory | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                gpu_memory_type_0 = GpuMemory.from_dict(data)

                return gpu_memory_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(GpuMemory | None | Unset, data)

        gpu_memory = _parse_gpu_memory(d.pop("gpu_memory", UNSET))

        worker_info = cls(
            id=id,
            device=device,
            sandbox=sandbox,
            at=at,
            device_name=device_name,
            sandbox_layers=sandbox_layers,
            sandbox_missing=sandbox_missing,
            trouble=trouble,
            versions=versions,
            threads=threads,
            slots=slots,
            shard_id=shard_id,
            gpu_memory=gpu_memory,
        )

        return worker_info
