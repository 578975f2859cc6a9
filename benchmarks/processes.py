"""CPU time and memory of a process with all its descendants, from Linux's /proc."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

__all__ = ["cpu_seconds", "memory_mib", "tree"]

PROC = Path("/proc")


def tree(pid: int) -> list[int]:
    """The process and its descendants that run now."""
    children = defaultdict[int, list[int]](list)
    for folder in PROC.glob("[0-9]*"):
        if fields := _stat(int(folder.name)):
            children[int(fields[1])].append(int(folder.name))
    found = [pid]
    for one in found:  # grows while it is read
        found += children[one]
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of the tree. The time of processes that have ended is missing."""
    ticks = sum(int(fields[11]) + int(fields[12]) for one in tree(pid) if (fields := _stat(one)))
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int) -> dict[str, float]:
    """Sums over the tree in MiB, and the number of processes.

    `rss` counts a shared page once for each process; `pss` divides it among them. `anonymous` is the part of `pss` that
    is not page cache. `peak` adds up the highest `rss` of each process.
    """
    pids = tree(pid)
    wanted = {"Rss": "rss", "Pss": "pss", "Pss_Anon": "anonymous", "VmHWM": "peak"}
    kib = dict.fromkeys(wanted.values(), 0)
    for one in pids:
        for line in [*_lines(one, "smaps_rollup"), *_lines(one, "status")]:
            field, _, value = line.partition(":")
            if field in wanted:
                kib[wanted[field]] += int(value.split()[0])
    return {name: round(size / 1024, 1) for name, size in kib.items()} | {"processes": len(pids)}


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the program's name, the state first; empty if the process has ended."""
    text = "".join(_lines(pid, "stat"))
    return text.rpartition(")")[2].split()


def _lines(pid: int, name: str) -> list[str]:
    try:
        return (PROC / str(pid) / name).read_text(errors="replace").splitlines()
    except OSError:
        return []  # the process has ended
