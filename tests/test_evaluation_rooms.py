"""The rooms of `evaluation/` import in one direction."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOMS = ("sets", "grade", "report", "run", "compare", "tune")
"""Each may import the rooms before it."""
EVALUATION = Path(__file__).parent.parent / "qa_service" / "evaluation"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_rooms_before_it(room: str) -> None:
    above = ROOMS[ROOMS.index(room) + 1 :]
    for path in (EVALUATION / room).rglob("*.py"):
        found = re.findall(r"(?:from|import) qa_service\.evaluation\.(\w+)", path.read_text(encoding="utf-8"))
        assert not set(found) & set(above), path
