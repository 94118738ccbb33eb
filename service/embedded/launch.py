"""Run a program that dies with its parent: ``python -I -S launch.py PARENT_PID NICE PROGRAM ARGS…``.

The kernel sends SIGKILL when the parent ends (PR_SET_PDEATHSIG), however it ends; the setting survives exec. A parent
that was gone before the setting is noticed by its process id. Linux only; elsewhere the program is run as it is.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    parent, nice, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit("the parent process has ended")
    os.nice(nice)
    # A Ctrl-C in the terminal is the supervisor's to handle: it ends its children in order.
    os.setpgid(0, 0)
    os.execv(program[0], program)
