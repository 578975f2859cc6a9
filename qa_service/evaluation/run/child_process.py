"""Starts processes beside a server for long work, so that the server stays quick."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

__all__ = ["launch", "stand_back"]

NICE = 5
"""Niceness of such a process (POSIX, nice): it gets a third of the share of a normal process, so it also progresses on
a busy machine. With 19 (a seventieth) an evaluation beside two busy processes did not start within a minute."""
AUTOGROUP = Path("/proc/self/autogroup")


def launch(module: str, *, stdout: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """A process that runs `module` as a program, with a pipe to its standard input."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module],
        stdin=subprocess.PIPE,
        stdout=stdout,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        start_new_session=True,  # Ctrl-C in the terminal reaches the server alone, which then ends this process
    )


def stand_back() -> None:
    """Lower the priority of this process; call it in a process that `launch` started.

    If Linux groups processes by session, niceness counts only within a session, and the session has its own niceness
    (sched(7), "The autogroup feature").
    """
    os.nice(NICE)
    with suppress(OSError):  # the system lacks this feature
        AUTOGROUP.write_text(str(NICE))
