"""Logs on standard error, as lines for people or as JSON for collectors; the same on both sides of the wire."""

import contextvars
import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from openapi.base import storable
from openapi.text import one_line, visible
from openapi.wire.settings import Settings

#: What a log record holds besides what its caller put in by `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message", "about"}


#: API keys, secrets of webhooks, passwords in addresses, and credentials in headers: none of it belongs in a log.
_SECRETS = re.compile(
    r"\b(?P<kept>trm_|whsec_)[A-Za-z0-9+/=_-]{8,}"
    r"|(?P<scheme>://)[^/@\s]*:[^/@\s]+(?P<at>@)"
    r"|(?P<header>\bBearer )[!-~]{8,}"
)


def without_secrets(text: str) -> str:
    """The text with every secret that can be told by its form replaced by ``***``."""
    return _SECRETS.sub(lambda m: f"{m['kept'] or m['scheme'] or m['header']}***{m['at'] or ''}", text)


class TextFormatter(logging.Formatter):
    """One line a record; what a message holds of foreign text can neither begin a line nor colour a terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s:%(about)s %(message)s", defaults={"about": ""})

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the library's name
        """The line, on one line."""
        return without_secrets(visible(super().formatMessage(record)))

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """The traceback, set in: no line of it can be taken for a record."""
        return "\n".join(f"  {without_secrets(visible(line))}" for line in super().formatException(ei).split("\n"))


#: What the lines of this task or thread are about: `request`, `tenant`, `job`, `shard`.
_about: contextvars.ContextVar[dict[str, str]] = contextvars.ContextVar("about", default={})  # noqa: B039


def about(**ids: str) -> None:
    """From here on every line of this task or thread carries these ids."""
    _about.set({**_about.get(), **ids})


def only_about(**ids: str) -> None:
    """As `about`, and nothing of before: a connection's next request may begin with what the last one was about."""
    _about.set(ids)


@contextmanager
def regarding(**ids: str) -> Iterator[None]:
    """Inside the block every line of this task or thread, and of tasks begun there, carries these ids."""
    token = _about.set({**_about.get(), **ids})
    try:
        yield
    finally:
        _about.reset(token)


class _About(logging.Filter):
    """Puts the ids into every record: as fields, and as one text for lines that people read."""

    def filter(self, record: logging.LogRecord) -> bool:
        ids = _about.get()
        for name, value in ids.items():
            record.__dict__.setdefault(name, value)
        record.about = "".join(f" [{value}]" for value in ids.values())
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `time`, `level`, `logger`, `message`, `process`, extras, and `error` with its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            **{key: value for key, value in vars(record).items() if key not in _OWN},
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return without_secrets(one_line(json.dumps(storable(line), default=str, ensure_ascii=False)))


def set_up_logs(settings: Settings) -> None:
    """Send every logger of this process, and its warnings, to standard error in the settings' level and format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if settings.log_format == "json" else TextFormatter())
    handler.addFilter(_About())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    logging.captureWarnings(True)
    for chatty in ("httpx", "httpcore", "aiosqlite", "botocore", "alembic.runtime.plugins"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
