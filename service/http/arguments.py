"""The arguments that handlers take, by short names."""

from typing import Any, TypeAlias

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import FromPath

from service.context import Services

#: The request itself.
Req: TypeAlias = Request[Any, Any, Any]

#: The parts of the process.
Parts: TypeAlias = NamedDependency[Services]

#: An id in the path.
Id: TypeAlias = FromPath[str]
