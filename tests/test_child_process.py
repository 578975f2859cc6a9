"""Processes beside a server stand back behind it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from qa_service.evaluation.run.child_process import AUTOGROUP, launch

PROGRAM = """
import os
from qa_service.evaluation.run.child_process import AUTOGROUP, stand_back
stand_back()
print(os.nice(0), os.getsid(0) == os.getpid(), AUTOGROUP.read_text().split()[-1] if AUTOGROUP.exists() else "5")
"""


def test_it_has_a_lower_priority_among_processes_and_among_sessions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "standing_back.py").write_text(PROGRAM)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = os.nice(0), AUTOGROUP.read_text() if AUTOGROUP.exists() else ""
    said, _ = launch("standing_back", stdout=subprocess.PIPE).communicate()
    assert said.split() == [str(before[0] + 5).encode(), b"True", b"5"]  # above what the tests run at
    assert (os.nice(0), AUTOGROUP.read_text() if AUTOGROUP.exists() else "") == before
