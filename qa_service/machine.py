"""The cores and the memory that this process may use. A container's limits count (Linux, cgroup v2)."""

from __future__ import annotations

import math
import os
from pathlib import Path

__all__ = ["cores", "free_memory"]

CGROUP = Path("/sys/fs/cgroup")
OWN_GROUP = Path("/proc/self/cgroup")
MEMINFO = Path("/proc/meminfo")
UNKNOWN_MEMORY = 1024 * 1024 * 1024
"""Bytes to assume where the system does not tell."""


def cores() -> int:
    """Cores that this process may use, at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for group in _groups():
        quota, _, period = _read(group / "cpu.max").partition(" ")
        if quota.isdigit() and period.strip().isdigit():
            allowed = min(allowed, math.ceil(int(quota) / int(period)))
    return max(1, allowed)


def free_memory() -> int:
    """Bytes that processes can still take before the system or the container runs out of memory."""
    found = [int(line.split()[1]) * 1024 for line in _read(MEMINFO).splitlines() if line.startswith("MemAvailable:")]
    for group in _groups():
        limit, used = _read(group / "memory.max").strip(), _read(group / "memory.current").strip()
        if limit.isdigit() and used.isdigit():
            # pages of files count as used, but the system takes them back when memory is needed
            stat = _read(group / "memory.stat").splitlines()
            pages = sum(int(line.split()[1]) for line in stat if line.startswith("file "))
            found.append(max(0, int(limit) - int(used) + pages))
    return min(found, default=UNKNOWN_MEMORY)


def _groups() -> list[Path]:
    """The control group of this process and those above it. A limit of any of them holds, such as systemd's."""
    own = next((line[3:] for line in _read(OWN_GROUP).splitlines() if line.startswith("0::")), "")
    group = CGROUP / own.strip("/")
    return [group, *(above for above in group.parents if above.is_relative_to(CGROUP))]


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
