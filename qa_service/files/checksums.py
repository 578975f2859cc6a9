"""Checksums of files."""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["sha256_of"]


def sha256_of(*paths: Path) -> str:
    """SHA-256 in hexadecimal of the bytes of the files, one after another, as `cat A B | sha256sum` prints it.

    Raises:
        OSError: a file cannot be read.
    """
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
