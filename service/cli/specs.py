"""Command-line shorthand → request bodies: attacks, hardening, policies."""

import json
import re
import tomllib
from pathlib import Path

import click
from pydantic import JsonValue

from openapi.base import JsonObject

_RULE = re.compile(r"^\s*(?P<metric>[^<>=\s].*?)\s*(?P<op>>=|<=|==|=|>|<|\s)\s*(?P<value>[-+.\d/eE%]+)\s*$")

#: Characters of a file with options or rules: what a server's default for `TREMOR_MAX_BODY_BYTES` takes.
_LARGEST_FILE = 4 * 1024**2
#: Characters of a wrong value that a message repeats.
_SHOWN = 100


def spec(text: str, key: str = "name") -> JsonObject:
    """Read ``pgd:eps=8/255,steps=20``, or a JSON object, as ``{"name": "pgd", "eps": "8/255", "steps": 20}``."""
    text = text.strip()
    if text.startswith("{"):
        return _object(text)
    name, _, options = text.partition(":")
    body: JsonObject = {key: name.strip()}
    for part in filter(None, (part.strip() for part in options.split(","))):
        given = option(part, "pgd:eps=8/255,steps=20")
        if twice := given.keys() & body.keys():
            raise click.BadParameter(f"{text!r}: {twice.pop()!r} is given twice")
        body |= given
    return body


def option(text: str, example: str = "epochs=5") -> JsonObject:
    """Read one ``name=value``; example: what the message about another text shows."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise click.BadParameter(f"{text!r}: write options as name=value, e.g. {example}")
    return {name.strip(): _scalar(value.strip())}


def _scalar(text: str) -> JsonValue:
    """JSON where it is JSON (numbers, true, null, quoted strings), else the text itself (``8/255``, ``l2``)."""
    try:
        found: JsonValue = json.loads(text)
    except json.JSONDecodeError:
        return text
    return found


def label(text: str) -> JsonObject:
    """Read ``--label``: ``team=vision``. The value is a text, whatever it looks like."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise click.BadParameter(f"{text!r}: write labels as name=value, e.g. team=vision")
    return {name.strip(): value.strip()}


#: What ``--choose`` may say beside indices.
_CHOICES = ("first", "random", "per_class")


def choice(text: str) -> list[int] | str:
    """Read ``--choose``: a word, or indices as ``0,5,7``."""
    try:
        if text[:1].isdigit():
            return [int(part) for part in text.split(",")]
        if text in _CHOICES:
            return text
        raise ValueError(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r}: write first, random, per_class, or indices such as 0,5,7") from error


def rule(text: str) -> JsonObject:
    """Read ``worst_case.robust_accuracy>=0.4``; a bare ``metric=0.4`` means at least 0.4, and 40% is 0.4."""
    match = _RULE.match(text)
    if not match:
        raise click.BadParameter(f"{text!r}: write METRIC>=VALUE, e.g. worst_case.robust_accuracy>=0.4")
    op = match["op"].strip()
    return {"metric": match["metric"], "op": ">=" if op in ("", "=") else op, "value": _value(match["value"], text)}


def _value(number: str, text: str) -> float:
    try:
        if number.endswith("%"):
            return float(number[:-1]) / 100
        top, _, bottom = number.partition("/")
        return float(top) / float(bottom or 1)
    except (ValueError, ZeroDivisionError) as error:
        raise click.BadParameter(f"{text!r}: {number!r} is not a number") from error


def policy(path: Path) -> list[JsonObject]:
    """Read the rules of a policy file: JSON or TOML, ``{"rules": [{"metric", "op", "value"} or "METRIC>=VALUE"]}``."""
    try:
        text = _read(path)
        content = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (ValueError, OSError, RecursionError) as error:
        raise click.BadParameter(f"{path}: {error}") from error
    if isinstance(content, dict) and (unknown := sorted(set(content) - {"rules"})):
        raise click.BadParameter(f"{path}: there is no such field: {unknown[0]!r}; a policy holds 'rules' alone")
    rules = content.get("rules") if isinstance(content, dict) else content
    if not isinstance(rules, list) or not rules:
        raise click.BadParameter(f"{path}: expected a non-empty list under 'rules'")
    return [rule(item) if isinstance(item, str) else item for item in rules]


def metadata(text: str | None) -> JsonObject:
    """Read ``--input``: a JSON object, or the name of a file that holds one."""
    if not text:
        return {}
    if not text.lstrip().startswith("{"):
        try:
            text = _read(Path(text))
        except (OSError, ValueError) as error:
            shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
            why = error.strerror if isinstance(error, OSError) else error
            raise click.BadParameter(
                f"{shown!r} is neither a JSON object nor a readable file ({why}); write an object such as "
                '{"name": value}, or the name of a file with one'
            ) from error
    return _object(text)


def _read(path: Path) -> str:
    """A small text file. `ValueError` for one that no request could hold, read no further than to know it."""
    with path.open(encoding="utf-8") as file:
        text = file.read(_LARGEST_FILE + 1)
    if len(text) > _LARGEST_FILE:
        raise ValueError(f"it holds more than {_LARGEST_FILE:,} characters; a file of data in its place?")
    return text


def _object(text: str) -> JsonObject:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"not valid JSON: {error}") from error
    if not isinstance(found, dict):
        raise click.BadParameter(f'not a JSON object such as {{"name": value}}, but {type(found).__name__}')
    return found
