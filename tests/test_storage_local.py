"""The local engine passes the tests of every engine: with passages in the tail, and after maintenance."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_service.storage.conformance import EngineTests
from qa_service.storage.local.store import LocalEngine
from qa_service.storage.port import Engine, Store


class TestLocalEngine(EngineTests):
    @pytest.fixture
    def engine(self, tmp_path: Path) -> Engine:
        return LocalEngine(tmp_path)

    def settle(self, store: Store) -> None:
        if store.maintenance_due():
            store.maintain()


class TestLocalEngineWithBase(TestLocalEngine):
    """All passages are in the base, and deleted ones are not in it."""

    def settle(self, store: Store) -> None:
        store.rebuild()
