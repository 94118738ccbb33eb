"""What all tables have in common: names of constraints, types of columns, and whose the rows are."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from advanced_alchemy.base import BasicAttributes
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import JSON, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

Json = dict[str, Any]


class Named(TypeDecorator[Any]):
    """The members of an enum by their values.

    A value that is none comes back as text: one broken row must not take with it what is read beside it.
    """

    impl = String
    cache_ok = True

    def __init__(self, members: type[StrEnum], length: int) -> None:
        super().__init__(length)
        self.members = members

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        """Write it."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        """Read it."""
        try:
            return None if value is None else self.members(value)
        except ValueError:
            return value


class Base(BasicAttributes, DeclarativeBase):
    """The declarative base: constraint names, and how annotations become column types."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {Json: JSON(none_as_null=True), datetime: DateTimeUTC(timezone=True)}


class Tenanted:
    """A row that belongs to a tenant; whoever adds one says to which."""

    tenant_id: Mapped[str] = mapped_column(String(40))
