"""What a tenant has, and how much it may have."""

from pydantic import Field

from openapi.base import Frozen


class Limits(Frozen):
    """How much a tenant may have; null is no limit."""

    bytes: int | None = Field(description="Bytes that it keeps")
    queued: int = Field(description="Jobs that have not ended")
    running: int | None = Field(description="Units of work that workers have at a time")
    requests_per_minute: int | None = Field(description="Calls, where keys are asked for")


class Usage(Frozen):
    """What a tenant has at this moment."""

    bytes: int = Field(
        description="Bytes of models, data sets and artifacts, equal content once, and of uploads on their way"
    )
    queued: int = Field(description="Jobs that wait for their first worker")
    running: int = Field(description="Jobs that have begun and not ended")
    limits: Limits
