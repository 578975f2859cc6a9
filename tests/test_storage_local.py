"""The local engine passes the tests of every engine: with passages in the tail, and after maintenance."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_service.storage.conformance import EngineTests
from qa_service.storage.local.store import LocalEngine
from qa_service.storage.port import Engine, Store


class TestLocalEngine(EngineTests):
    @classmethod
    def new_engine(cls, folder: Path) -> Engine:
        return LocalEngine(folder)

    @classmethod
    def settle(cls, store: Store) -> None:
        if store.maintenance_due():
            store.maintain()


@pytest.mark.slow  # the tests above once more
class TestLocalEngineWithBase(TestLocalEngine):
    """All passages are in the base, and deleted ones are not in it."""

    @classmethod
    def settle(cls, store: Store) -> None:
        store.rebuild()
