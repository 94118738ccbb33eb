"""Ids as arguments of commands. What is none would be another address of the API: `../audits/…` an audit's."""

import re
from collections.abc import Mapping

import click


class Identity(click.ParamType[str]):
    """An id of something; `prefixes`: prefix → what it is an id of."""

    name = "id"

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = dict(prefixes)

    def matches(self, value: str) -> bool:
        """Whether this is such an id."""
        prefix, _, rest = value.partition("_")
        return prefix in self._prefixes and re.fullmatch("[0-9a-z]{26}", rest) is not None

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The id as it is; raises `click.BadParameter` where it is none."""
        if not self.matches(value):
            known = " or ".join(f"{what} ({key}_…)" for key, what in self._prefixes.items())
            self.fail(f"{value!r} is no id of {known}", param, ctx)
        return value


JOB = Identity({"aud": "an audit", "hrd": "a hardening"})
AUDIT = Identity({"aud": "an audit"})
POLICY = Identity({"pol": "a policy"})
INTEGRATION = Identity({"int": "an integration"})
