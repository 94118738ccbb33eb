"""What `tremor reproduce` runs: ``python -m workers.reproduce NAME SCALE OUT MINUTES DATA``; see that command."""

import sys
from pathlib import Path

from openapi.problems import TremorError
from workers.reproduce.command import reproduce

#: As sysexits.h has it: try again.
UNFINISHED = 75

name, scale, out, minutes, data = sys.argv[1:]
try:
    done = reproduce(name, scale, Path(data) if data else None, Path(out), float(minutes) if minutes else None)
except TremorError as error:
    sys.exit(f"Error: {error}")
sys.exit(0 if done else UNFINISHED)
