"""Before torch is imported anywhere: waiting threads must sleep, or two processes on one machine slow each other 5×."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "0")
