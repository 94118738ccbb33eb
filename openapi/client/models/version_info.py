from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.version_info_status import VersionInfoStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.problem import Problem


T = TypeVar("T", bound="VersionInfo")


@_attrs_define
class VersionInfo:
    """A version of a registered model, and how far its audit is.

    Attributes:
        id (str):
        integration_id (str):
        model (str):
        version (str):
        status (VersionInfoStatus):
        created_at (str):
        model_id (None | str | Unset):
        audit_id (None | str | Unset):
        problem (None | Problem | Unset): Why it is refused, or what kept the last try from going on
    """

    id: str
    integration_id: str
    model: str
    version: str
    status: VersionInfoStatus
    created_at: str
    model_id: None | str | Unset = UNSET
    audit_id: None | str | Unset = UNSET
    problem: None | Problem | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.problem import Problem  # noqa: PLC0415

        id = self.id

        integration_id = self.integration_id

        model = self.model

        version = self.version

        status = self.status.value

        created_at = self.created_at

        model_id: None | str | Unset
        if isinstance(self.model_id, Unset):
            model_id = UNSET
        else:
            model_id = self.model_id

        audit_id: None | str | Unset
        if isinstance(self.audit_id, Unset):
            audit_id = UNSET
        else:
            audit_id = self.audit_id

        problem: dict[str, Any] | None | Unset
        if isinstance(self.problem, Unset):
            problem = UNSET
        elif isinstance(self.problem, Problem):
            problem = self.problem.to_dict()
        else:
            problem = self.problem

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "integration_id": integration_id,
                "model": model,
                "version": version,
                "status": status,
                "created_at": created_at,
            }
        )
        if model_id is not UNSET:
            field_dict["model_id"] = model_id
        if audit_id is not UNSET:
            field_dict["audit_id"] = audit_id
        if problem is not UNSET:
            field_dict["problem"] = problem

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.problem import Problem  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        integration_id = d.pop("integration_id")

        model = d.pop("model")

        version = d.pop("version")

        status = VersionInfoStatus(d.pop("status"))

        created_at = d.pop("created_at")

        def _parse_model_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        model_id = _parse_model_id(d.pop("model_id", UNSET))

        def _parse_audit_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        audit_id = _parse_audit_id(d.pop("audit_id", UNSET))

        def _parse_problem(data: object) -> None | Problem | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                problem_type_0 = Problem.from_dict(data)

                return problem_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Problem | Unset, data)

        problem = _parse_problem(d.pop("problem", UNSET))

        version_info = cls(
            id=id,
            integration_id=integration_id,
            model=model,
            version=version,
            status=status,
            created_at=created_at,
            model_id=model_id,
            audit_id=audit_id,
            problem=problem,
        )

        return version_info
