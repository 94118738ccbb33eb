"""What `tremor reproduce` runs: ``python -m workers.reproduce NAME SCALE OUT MINUTES DATA``; see that command."""

import sys
import traceback
from pathlib import Path

from openapi.problems import DatasetRejected, TremorError
from workers.reproduce.command import reproduce

#: The command line's exit codes (`service.cli.exits`): a folder of the user's, what could not be done, a fault of our
#: own, and, as sysexits.h has it, try again. 1 is a failed policy's alone.
USAGE, FAILED, INTERNAL, UNFINISHED = 2, 3, 70, 75

name, scale, out, minutes, data = sys.argv[1:]
try:
    done = reproduce(name, scale, Path(data) if data else None, Path(out), float(minutes) if minutes else None)
except TremorError as error:
    print(f"Error: {error}", file=sys.stderr)
    sys.exit(USAGE if isinstance(error, DatasetRejected) else FAILED)
except Exception:
    traceback.print_exc()
    sys.exit(INTERNAL)
sys.exit(0 if done else UNFINISHED)
