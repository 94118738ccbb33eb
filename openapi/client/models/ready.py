from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.ready_status import ReadyStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.ready_checks import ReadyChecks
    from ..models.ready_sandbox_missing import ReadySandboxMissing
    from ..models.worker_info import WorkerInfo


T = TypeVar("T", bound="Ready")


@_attrs_define
class Ready:
    """Whether work can be taken, and why not.

    Attributes:
        status (ReadyStatus):
        checks (ReadyChecks):
        workers (list[WorkerInfo] | Unset):
        sandbox (None | str | Unset):
        sandbox_missing (ReadySandboxMissing | Unset):
    """

    status: ReadyStatus
    checks: ReadyChecks
    workers: list[WorkerInfo] | Unset = UNSET
    sandbox: None | str | Unset = UNSET
    sandbox_missing: ReadySandboxMissing | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status.value

        checks = self.checks.to_dict()

        workers: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.workers, Unset):
            workers = []
            for workers_item_data in self.workers:
                workers_item = workers_item_data.to_dict()
                workers.append(workers_item)

        sandbox: None | str | Unset
        if isinstance(self.sandbox, Unset):
            sandbox = UNSET
        else:
            sandbox = self.sandbox

        sandbox_missing: dict[str, Any] | Unset = UNSET
        if not isinstance(self.sandbox_missing, Unset):
            sandbox_missing = self.sandbox_missing.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "checks": checks,
            }
        )
        if workers is not UNSET:
            field_dict["workers"] = workers
        if sandbox is not UNSET:
            field_dict["sandbox"] = sandbox
        if sandbox_missing is not UNSET:
            field_dict["sandbox_missing"] = sandbox_missing

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.ready_checks import ReadyChecks  # noqa: PLC0415
        from ..models.ready_sandbox_missing import ReadySandboxMissing  # noqa: PLC0415
        from ..models.worker_info import WorkerInfo  # noqa: PLC0415

        d = dict(src_dict)
        status = ReadyStatus(d.pop("status"))

        checks = ReadyChecks.from_dict(d.pop("checks"))

        _workers = d.pop("workers", UNSET)
        workers: list[WorkerInfo] | Unset = UNSET
        if _workers is not UNSET:
            workers = []
            for workers_item_data in _workers:
                workers_item = WorkerInfo.from_dict(workers_item_data)

                workers.append(workers_item)

        def _parse_sandbox(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sandbox = _parse_sandbox(d.pop("sandbox", UNSET))

        _sandbox_missing = d.pop("sandbox_missing", UNSET)
        sandbox_missing: ReadySandboxMissing | Unset
        if isinstance(_sandbox_missing, Unset):
            sandbox_missing = UNSET
        else:
            sandbox_missing = ReadySandboxMissing.from_dict(_sandbox_missing)

        ready = cls(
            status=status,
            checks=checks,
            workers=workers,
            sandbox=sandbox,
            sandbox_missing=sandbox_missing,
        )

        ready.additional_properties = d
        return ready

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
