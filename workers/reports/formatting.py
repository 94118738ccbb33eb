"""Numbers and names as people read them. Every number on the page goes through here, inside a `<data>` element."""

import math
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from openapi.attacks import ATTACKS
from openapi.replays import ReplayedBy
from openapi.report import AttackReport, WorstCase
from openapi.text import counted, of_number, visible
from openapi.threat_models import NORMS, display_name, label_of, threat_label

_LOSSES = {"ce": "CE", "dlr": "DLR"}


def data(value: float | int, text: str) -> Markup:
    """A number with its exact value: ``<data value="0.8840000">88.4 %</data>``."""
    return Markup('<data value="{}">{}</data>').format(repr(value), text)


def percent(value: float | None, digits: int = 1) -> Markup:
    """0.884 → 88.4 %; values that would round to 0 or 100 without being so keep their inequality."""
    if value is None:
        return Markup('<span class="none">–</span>')
    smallest = 10.0**-digits
    shown = 100 * value
    if 0 < shown < smallest / 2:
        return data(value, f"< {smallest:g} %")
    if 100 - smallest / 2 < shown < 100:
        return data(value, f"> {100 - smallest:g} %")
    return data(value, f"{shown:.{digits}f} %")


def fall(drop: float) -> Markup:
    """A loss of accuracy as a signed change in points: 0.246 → −24.6 points."""
    return data(drop, f"{'−' if drop > 0 else '+'}{abs(100 * drop):.1f} points")


def interval(ci: tuple[float, float]) -> Markup:
    """(0.861, 0.904) → 86.1–90.4 %."""
    return Markup("{}–{}").format(data(ci[0], f"{100 * ci[0]:.1f}"), data(ci[1], f"{100 * ci[1]:.1f} %"))


def count(value: int | None) -> Markup:
    """12345 → 12,345."""
    return Markup('<span class="none">–</span>') if value is None else data(value, f"{value:,}")


def counted_data(value: int | None, noun: str) -> Markup:
    """12345 and "image" → 12,345 images."""
    return count(value) + Markup(" ") + of_number(0 if value is None else value, noun)


def number(value: float | int | None, digits: int = 3) -> Markup:
    """Any number with so many significant digits."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return Markup('<span class="none">–</span>')
    return data(value, short(value, digits))


def given(value: float | int | None) -> Markup:
    """A number as somebody wrote it: no digits added, none lost that matter."""
    if value is None:
        return number(None)
    return data(value, f"{value:.6g}")


def short(value: float | int, digits: int = 3) -> str:
    """A number as plain text with so many significant digits, without a needless exponent."""
    if isinstance(value, int) or float(value).is_integer():
        return f"{value:,.0f}" if abs(value) < 1e15 else f"{value:.3g}"
    if 1e-4 <= abs(value) < 1e6:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        return f"{value:,.{decimals}f}"
    return f"{value:.{digits - 1}e}"


def threat_text(of: Mapping[str, Any] | AttackReport | WorstCase | ReplayedBy) -> str:
    """The threat model of a block of the report: L∞, ε = 8/255. From its name where an older report told no more."""
    if isinstance(of, Mapping):
        return threat_label(of)
    threat = None if isinstance(of, ReplayedBy) else of.threat
    return threat.label if threat is not None else label_of(of.threat_model)


def norm_text(norm: str) -> str:
    """``linf`` → L∞."""
    return NORMS.get(norm, norm)


def name_text(name: str) -> str:
    """``pgd`` → PGD, ``defocus_blur`` → Defocus blur."""
    return ATTACKS[name].facts.label if name in ATTACKS else display_name(name)


def attack_text(name: str, params: Mapping[str, Any]) -> str:
    """A short human name: PGD, 20 steps, targeted."""
    parts = [name_text(str(params.get("corruption") or name))]
    for key, word in (("severity", ""), ("steps", "step"), ("queries", "query")):
        if isinstance(params.get(key), int):
            parts.append(counted(params[key], word) if word else f"{key} {params[key]}")
    if isinstance(params.get("restarts"), int) and params["restarts"] > 1:
        parts.append(f"{params['restarts']} restarts")
    target = params.get("target")
    if isinstance(target, int) or target not in (None, "runner_up", "next", "random", "likeliest"):
        parts.append(f"towards class {target}")
    elif params.get("targeted"):
        parts.append("targeted")
    if params.get("loss") not in (None, "ce"):
        parts.append(f"{_LOSSES.get(params['loss'], params['loss'])} loss")
    return ", ".join(parts)


def class_text(label: int, names: tuple[str, ...] | None) -> str:
    """A class by its name, or by its number."""
    return names[label] if names is not None and label < len(names) else str(label)


def safe_href(href: str) -> str:
    """A link to this service or to https, or nothing: links in the report never run anything."""
    return href if href.startswith(("/v1/", "https://")) else ""


def plain(value: Any) -> Markup:
    """A JSON value for people: lists joined, nulls as a dash."""
    if value is None:
        return Markup('<span class="none">–</span>')
    if isinstance(value, bool):
        return Markup("yes" if value else "no")
    if isinstance(value, int | float):
        return number(value, 4)
    if isinstance(value, list | tuple):
        return Markup(", ").join(plain(v) for v in value)
    if isinstance(value, Mapping):
        return Markup(", ").join(Markup("{} {}").format(visible(str(k)), plain(v)) for k, v in value.items())
    return escape(visible(str(value)))
