"""How long audits have run that may run for so long only."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime


class Budgets:
    """Seconds of running by job, as one process measures them.

    Who has watched an audit from its start measures by a clock that never jumps. Who comes later (after a restart) has
    the database's clock alone to tell how long it has run by then, and measures from there on by its own. Where several
    processes watch, an audit is late when the first of them finds it so: a jump of the database's clock moves the end
    only of audits that were running then, and only where a process was started after it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: dict[str, float] = {}
        self._looked: float | None = None

    def used(self, started: Mapping[str, datetime], now: datetime) -> dict[str, float]:
        """Seconds that each job has run. `started`: all that run, and when they began by the clock that says `now`."""
        moment = self._clock()
        most = float("inf") if self._looked is None else moment - self._looked
        for job_id, at in started.items():
            if job_id not in self._began:
                # One that was not running at the last look has begun since.
                self._began[job_id] = moment - min(max(0.0, (now - at).total_seconds()), most)
        self._began = {job_id: began for job_id, began in self._began.items() if job_id in started}
        self._looked = moment
        return {job_id: moment - began for job_id, began in self._began.items()}
