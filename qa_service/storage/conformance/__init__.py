"""The tests that every engine passes, as mix-ins. A test module subclasses `EngineTests` and gives the engine:

    class TestLocalEngine(EngineTests):
        @pytest.fixture
        def engine(self, tmp_path: Path) -> Engine:
            return LocalEngine(tmp_path)

Only tests import this package, since it needs pytest.
"""

from __future__ import annotations

from qa_service.storage.conformance.history import HistoryTests
from qa_service.storage.conformance.reading import ReadTests
from qa_service.storage.conformance.searching import SearchTests
from qa_service.storage.conformance.writing import WriteTests

__all__ = ["EngineTests", "HistoryTests", "ReadTests", "SearchTests", "WriteTests"]


class EngineTests(WriteTests, SearchTests, ReadTests, HistoryTests):
    """All of them."""
