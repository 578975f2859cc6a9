"""A temporary folder that the processes of one server share: metrics, rates, and marks of messages that
are logged once.

The environment variable belongs to prometheus_client and turns on its multiprocess mode.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["first_to", "remove_folder", "server_folder", "sharing_a_folder"]

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def sharing_a_folder() -> Iterator[Path]:
    """Make the folder, for this process and all that it forks within the block. This process removes it at the end.

    Enter the block before prometheus_client is imported: the library reads the variable then.
    """
    parent, before = os.getpid(), os.environ.get(VARIABLE)
    folder = tempfile.mkdtemp(prefix="qa-service-")  # the first worker that ends would delete a TemporaryDirectory
    os.environ[VARIABLE] = folder
    try:
        yield Path(folder)
    finally:
        if os.getpid() == parent:
            remove_folder()
            if before is None:
                del os.environ[VARIABLE]
            else:
                os.environ[VARIABLE] = before


def server_folder() -> Path | None:
    """The shared folder of the server of this process; None outside a server."""
    name = os.environ.get(VARIABLE)
    return Path(name) if name else None


def remove_folder() -> None:
    """Remove the shared folder. Does nothing if it is gone."""
    if (folder := server_folder()) is not None:
        shutil.rmtree(folder, ignore_errors=True)


def first_to(what: str) -> bool:
    """Whether this process is the first of its server that asks for `what`. Always true outside a server."""
    folder = server_folder()
    if folder is None:
        return True
    try:
        os.close(os.open(folder / f"first-to-{what}", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True
