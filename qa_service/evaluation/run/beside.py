"""Processes for long work beside a server, with little effect on the questions that the server answers."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

__all__ = ["launch", "stand_back"]

NICE = 5
"""Niceness (POSIX, nice). With 5 a process gets a third of the time of a process with 0, and it makes progress on a
busy machine. With 19 it gets a seventieth: beside two busy processes an evaluation did not start within a minute."""
AUTOGROUP = Path("/proc/self/autogroup")


def launch(module: str, *, stdout: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Start `module` as a program, with a pipe to its standard input."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module],
        stdin=subprocess.PIPE,
        stdout=stdout,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        start_new_session=True,  # Ctrl-C in the terminal reaches the server alone, which ends this process
    )


def stand_back() -> None:
    """Lower the priority of this process, which `launch` started.

    If Linux groups processes by session, niceness compares processes of one session only. The session has its own
    niceness then (sched(7), "The autogroup feature").
    """
    os.nice(NICE)
    with suppress(OSError):  # a system without autogroups
        AUTOGROUP.write_text(str(NICE))
