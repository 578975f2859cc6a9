"""The count of requests that the workers of a server share."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qa_service.web import shared_rates
from qa_service.web.shared_rates import SharedRates


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(shared_rates.time, "time", lambda: now[0])
    return now


@pytest.fixture
def handles(tmp_path: Path) -> Iterator[list[SharedRates]]:
    opened = [SharedRates(f"shared-rates://{tmp_path}/rates") for _ in range(2)]
    yield opened
    for handle in opened:
        handle.close()


def test_two_handles_count_together_and_requests_leave_the_window(
    handles: list[SharedRates], clock: list[float]
) -> None:
    one, other = handles
    assert one.acquire_entry("a", 3, 60)
    clock[0] += 10
    assert other.acquire_entry("a", 3, 60)
    assert one.acquire_entry("a", 3, 60)
    assert not other.acquire_entry("a", 3, 60)
    assert other.acquire_entry("b", 3, 60)
    assert one.get_moving_window("a", 3, 60) == (1000, 3)
    clock[0] = 1060.5  # the first request is more than 60 s old
    assert other.get_moving_window("a", 3, 60) == (1010, 2)
    assert other.acquire_entry("a", 3, 60)
    assert not one.acquire_entry("a", 3, 60)
    assert not one.acquire_entry("b", 3, 60, amount=3)
    one.clear("a")
    assert other.get_moving_window("a", 3, 60) == (1060.5, 0)
    assert other.reset() == 1


def test_the_limit_is_exact_for_many_threads(handles: list[SharedRates]) -> None:
    with ThreadPoolExecutor(8) as pool:
        admitted = list(pool.map(lambda number: handles[number % 2].acquire_entry("a", 17, 60), range(60)))
    assert sum(admitted) == 17
