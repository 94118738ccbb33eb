"""How often each statement is asked, and how long its answers take."""

import re
import time
from collections import defaultdict
from typing import Any

from sqlalchemy import event


class Queries:
    """Seconds of each statement, in words of which there are few."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.count: defaultdict[str, int] = defaultdict(int)

    def watch(self, engine: Any) -> None:
        """Measure every statement of an engine from here on."""
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)

    def _before(self, connection: Any, *_: Any) -> None:
        connection.info["begun"] = time.perf_counter()

    def _after(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if (begun := connection.info.pop("begun", None)) is not None:
            name = _named(statement)
            self.seconds[name] += time.perf_counter() - begun
            self.count[name] += 1


def _named(statement: str) -> str:
    words = " ".join(statement.split())
    verb = words.split(" ", 1)[0].upper()
    table = re.search(r"\b(?:FROM|INTO|UPDATE) (\w+)", words)
    by = re.search(r"WHERE (.{0,60})", words)
    where = " by " + " ".join(re.sub(r"[^a-z_. ]", " ", by[1]).split())[:40] if by else ""
    return f"{verb}{' ' + table[1] if table else ''}{where}"
