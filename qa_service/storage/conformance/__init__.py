"""The tests that every engine passes, as mix-ins. A test module subclasses `EngineTests` and gives the engine:

    class TestLocalEngine(EngineTests):
        @classmethod
        def new_engine(cls, folder: Path) -> Engine:
            return LocalEngine(folder)

Only tests import this package, since it needs pytest.
"""

from __future__ import annotations

from qa_service.storage.conformance.history import HistoryTests
from qa_service.storage.conformance.locking import LockTests
from qa_service.storage.conformance.old_snapshots import OldSnapshotTests
from qa_service.storage.conformance.reading import ReadTests
from qa_service.storage.conformance.searching import SearchTests
from qa_service.storage.conformance.writing import WriteTests

__all__ = [
    "EngineTests",
    "HistoryTests",
    "LockTests",
    "OldSnapshotTests",
    "ReadTests",
    "SearchTests",
    "WriteTests",
]


class EngineTests(WriteTests, LockTests, OldSnapshotTests, SearchTests, ReadTests, HistoryTests):
    """All tests of an engine."""
