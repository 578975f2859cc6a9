"""Percentiles and memory."""

from __future__ import annotations

import math
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["own_peak_mib", "percentile", "tree_peak_mib"]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed (nearest rank); no interpolation."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def own_peak_mib() -> float:
    """Most resident memory this process ever had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def tree_peak_mib(pid: int) -> float | None:
    """Sum of the peaks of a process and all below it, as /proc tells; None where there is none.

    Pages that the processes share count once for each, so this errs upwards.
    """
    if not Path("/proc/self/status").exists():
        return None
    children: dict[int, list[int]] = {}
    peaks: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            lines = (folder / "status").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue  # it ended meanwhile
        fields = dict(line.split(":", 1) for line in lines if ":" in line)
        children.setdefault(int(fields["PPid"]), []).append(int(folder.name))
        peaks[int(folder.name)] = int(fields.get("VmHWM", "0 kB").split()[0])
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        total += peaks.get(one, 0)
        waiting += children.get(one, [])
    return total / 2**10
