"""The cores and the memory that this process may use. A container's limits count (Linux, cgroup v2)."""

from __future__ import annotations

import math
import os
from pathlib import Path

__all__ = ["cores", "free_memory"]

CGROUP = Path("/sys/fs/cgroup")
MEMINFO = Path("/proc/meminfo")
UNKNOWN_MEMORY = 1024 * 1024 * 1024
"""Bytes to assume where the system does not tell."""


def cores() -> int:
    """Cores that this process may use, at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, _, period = _read(CGROUP / "cpu.max").partition(" ")
    if quota.isdigit() and period.strip().isdigit():
        allowed = min(allowed, math.ceil(int(quota) / int(period)))
    return max(1, allowed)


def free_memory() -> int:
    """Bytes that processes can still take before the system or the container runs out of memory."""
    found = [int(line.split()[1]) * 1024 for line in _read(MEMINFO).splitlines() if line.startswith("MemAvailable:")]
    limit, used = _read(CGROUP / "memory.max").strip(), _read(CGROUP / "memory.current").strip()
    if limit.isdigit() and used.isdigit():
        # pages of files count as used, but the system takes them back when memory is needed
        pages = [
            int(line.split()[1]) for line in _read(CGROUP / "memory.stat").splitlines() if line.startswith("file ")
        ]
        found.append(max(0, int(limit) - int(used) + sum(pages)))
    return min(found, default=UNKNOWN_MEMORY)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
