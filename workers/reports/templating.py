"""The templates of pages, and how texts and numbers get into them: everything is escaped."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from openapi.hardening_methods import METHODS
from openapi.report import AttackReport
from openapi.text import visible
from workers.reports import formatting
from workers.reports.figures import figure_style, key


@cache
def environment() -> Environment:
    """Jinja with the filters of `workers.reports.formatting`."""
    env = Environment(
        loader=PackageLoader("workers.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
    env.filters.update(
        percent=formatting.percent,
        interval=formatting.interval,
        fall=formatting.fall,
        count=formatting.count,
        counted=formatting.counted_data,
        number=formatting.number,
        given=formatting.given,
        plain=formatting.plain,
        threat=formatting.threat_text,
        norm=formatting.norm_text,
        href=formatting.safe_href,
        json=_json,
        name=formatting.name_text,
    )
    env.tests["stabilising"] = lambda method: method in METHODS and METHODS[method].stabilises
    env.globals["key"] = key
    env.globals["attack_text"] = _attack_text
    return env


def compile_templates() -> None:
    """Compile all of them, which takes longer than most reports: a process that forks reports does it once."""
    for name in environment().list_templates(["html"]):
        environment().get_template(name)


@cache
def page_style() -> Markup:
    """The whole style sheet of a page."""
    own = (resources.files("workers.reports.templates") / "style.css").read_text("utf-8")
    return figure_style() + Markup(own)


def _attack_text(of: AttackReport | Mapping[str, Any]) -> str:
    if isinstance(of, AttackReport):
        return formatting.attack_text(of.name, of.params)
    return formatting.attack_text(of["name"], of["params"])


def _json(value: Any) -> Markup:
    lines = json.dumps(value, indent=1, ensure_ascii=False).split("\n")
    return Markup("\n").join(visible(line) for line in lines)
