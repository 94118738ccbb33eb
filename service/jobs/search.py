"""Which jobs a list shows."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select

from service.db.tables import Job, Model


@dataclass(frozen=True)
class Search:
    """What is searched for; None is anything.

    model: a model's id, or a part of its name in any case. label, tag: ``key:value``; labels are the job's, tags its
    model's.
    """

    status: str | None = None
    label: str | None = None
    model: str | None = None
    tag: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """As conditions of a query of `Job`."""
        if self.status is not None:
            yield Job.status == self.status
        if self.label is not None:
            key, _, value = self.label.partition(":")
            yield Job.request["labels"][key].as_string() == value
        if self.model is not None:
            named = select(Model.id).where(Model.name.icontains(self.model, autoescape=True))
            yield or_(Job.model_id == self.model, Job.model_id.in_(named))
        if self.tag is not None:
            key, _, value = self.tag.partition(":")
            yield Job.model_id.in_(select(Model.id).where(Model.meta["tags"][key].as_string() == value))


ALL = Search()
