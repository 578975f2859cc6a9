"""Processes beside a server: they do what is long, so that whoever asks the server meanwhile hardly notices."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

__all__ = ["launch", "stand_back"]

NICE = 5
"""A third of a processor's share beside a process that is not nice (POSIX, nice): behind the server, yet going on where
the machine is busy all day. By 19, a seventieth, an evaluation beside two busy processes did not start in a minute."""
AUTOGROUP = Path("/proc/self/autogroup")


def launch(module: str, *, stdout: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """A process that runs `module` as a program, with a pipe to its standard input."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module],
        stdin=subprocess.PIPE,
        stdout=stdout,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        start_new_session=True,  # Ctrl-C in the server's terminal is the server's; it ends this one in its own time
    )


def stand_back() -> None:
    """Take a lower priority; called in a process that `launch` started.

    Where Linux groups processes by session, niceness counts within a session alone, and the session has a niceness of
    its own (sched(7), "The autogroup feature").
    """
    os.nice(NICE)
    with suppress(OSError):  # no such feature here
        AUTOGROUP.write_text(str(NICE))
