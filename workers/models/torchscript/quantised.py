"""Quantised and mobile kernels of TorchScript files."""

from collections.abc import Callable
from typing import Any

from openapi.problems import UnsupportedOperator


def resolve(namespace: str, name: str, where: str) -> Callable[..., Any]:
    """Return the function of a quantised or prepacked operator; `UnsupportedOperator` when there is none."""
    operator = f"{namespace}::{name}"
    raise UnsupportedOperator(f"the operator {operator} at {where} is not supported", operator=operator, entry=where)
